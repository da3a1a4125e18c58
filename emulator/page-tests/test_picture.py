"""What is seen of a rollout, a rollback and a big fleet."""

import playwright.sync_api
import world

expect = playwright.sync_api.expect


class Picture(world.Case):
    def test_a_rollout_goes_through_the_fleet(self):
        here = world.World(instances=12)
        here.daemon()
        page = self.open(here)
        self.cells(page, '[data-task="RUNNING"][data-colour="0"]').to_have_count(12)
        here.update(here.define("agent", "agent:2"))
        here.advance(300)
        self.cells(page, '[data-status="DRAINING"]').to_have_count(3)
        self.cells(page, '[data-colour="1"]').to_have_count(3)
        article = page.locator("#daemons article")
        expect(article).to_contain_text("in progress")
        expect(article).to_contain_text("agent:2 · batch 2 of 4, up to 3 instances · 3 running")
        expect(page.locator(".swatches")).to_contain_text("agent:1on 9 instances")
        here.control("POST", "clock", {"settle": True})
        self.cells(page, '[data-colour="1"][data-status="ACTIVE"]').to_have_count(12)
        expect(article).to_contain_text("successful")

    def test_an_instance_keeps_its_place(self):
        here = world.World(instances=6)
        here.daemon()
        page = self.open(here)
        self.cells(page, "").to_have_count(6)
        before = page.locator(".cell").evaluate_all("cells => cells.map(cell => cell.dataset.arn)")
        here.update(here.define("agent", "agent:2"))
        here.advance(300)
        self.cells(page, '[data-colour="1"]').not_to_have_count(0)
        after = page.locator(".cell").evaluate_all("cells => cells.map(cell => cell.dataset.arn)")
        kept = [arn for arn in before if arn in after]
        self.assertTrue(0 < len(kept) < 6, after)
        for arn in kept:
            self.assertEqual(before.index(arn), after.index(arn))

    def test_the_end_of_a_bake_is_counted_down_to(self):
        here = world.World(instances=2)
        here.daemon()
        page = self.open(here)
        here.update(here.define("agent", "agent:2"), bakeTimeInMinutes=10)
        while here.control("POST", "clock", {"next": "event"})["pending"]:
            if any(event["kind"] == "bake_begin" for event in here.control("GET", "events")):
                break
        expect(page.locator("#daemons article")).to_contain_text("bakes for 10:00")
        here.advance(65)
        expect(page.locator("#daemons article")).to_contain_text("bakes for 8:55")

    def test_a_rollback_says_why(self):
        here = world.World(instances=4)
        here.daemon()
        page = self.open(here, color_scheme="dark")
        here.control("POST", "faults", {"image": "*:broken", "effect": "fails_to_start", "count": "for_ever"})
        here.update(here.define("agent", "agent:broken"))
        here.control("POST", "clock", {"settle": True})
        article = page.locator("#daemons article")
        expect(article).to_contain_text("rollback successful")
        expect(article).to_contain_text("The circuit breaker triggered")
        expect(page.locator("#event-rows tr.bad").first).to_contain_text("ROLLBACK_SUCCESSFUL")
        tasks = page.locator("#event-rows").get_by_role("button", name="task", exact=True)
        expect(tasks).to_have_count(0)
        page.get_by_label("also of instances and tasks").check()
        expect(tasks).not_to_have_count(0)

    def test_services_have_their_tasks(self):
        here = world.World(instances=2)
        containers = [{"name": "main", "image": "web:1", "memory": 64}]
        here.call("RegisterTaskDefinition", family="web", cpu="64", memory="64", containerDefinitions=containers)
        strategy = [{"capacityProvider": "fleet", "weight": 1}]
        here.call(
            "CreateService", cluster="prod", serviceName="web", taskDefinition="web", desiredCount=2, capacityProviderStrategy=strategy
        )
        page = self.open(here)
        here.control("POST", "clock", {"settle": True})
        expect(page.locator("#services article")).to_contain_text("web:1 · 2 of 2 tasks running · steady")
        expect(page.locator("#daemons-title + .empty")).to_contain_text("CreateDaemon")

    def test_thousands_of_instances(self):
        here = world.World(instances=2000)
        here.daemon()
        page = self.open(here)
        self.cells(page, '[data-colour="0"]').to_have_count(2000)
        expect(page.locator(".cells")).to_have_attribute("data-size", "small")
        expect(page.locator(".sum")).to_have_text("2000 instances: 2000 active")

    def test_an_empty_world_and_a_reset(self):
        here = world.World(instances=3)
        page = self.open(here)
        here.daemon()
        self.cells(page, '[data-task="RUNNING"]').to_have_count(3)
        here.control("POST", "reset", {})
        self.cells(page, '[data-task="RUNNING"]').to_have_count(0)
        expect(page.locator("#daemons article")).to_have_count(0)
