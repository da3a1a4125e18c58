"""Clock, alarms, faults and records; by mouse and by keyboard; what is refused."""

import playwright.sync_api
import world

expect = playwright.sync_api.expect


class Controls(world.Case):
    def test_the_clock_is_moved_and_paused(self):
        here = world.World(clock="jump")
        here.daemon()
        page = self.open(here)
        now = page.locator("#now")
        before = now.inner_text()
        page.get_by_role("button", name="+1 h").click()
        expect(page.locator("#notice")).to_contain_text("events until 2026-01-01T01:")
        expect(now).not_to_have_text(before)
        expect(page.locator("#mode")).to_have_text("jump")
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#mode")).to_have_text("manual")
        page.get_by_role("button", name="Resume (jump)").click()
        expect(page.locator("#mode")).to_have_text("jump")

    def test_a_milestone_and_rest(self):
        here = world.World(instances=4)
        here.daemon()
        page = self.open(here)
        here.update(here.define("agent", "agent:2"))
        page.get_by_role("button", name="Next milestone").click()
        expect(page.locator("#daemons article")).to_contain_text("in progress")
        page.get_by_role("button", name="Settle").click()
        expect(page.locator("#daemons article")).to_contain_text("successful")

    def test_an_alarm_rolls_back(self):
        here = world.World(instances=2)
        here.daemon()
        page = self.open(here)
        alarms = {"alarmNames": ["errors"], "enable": True}
        here.update(here.define("agent", "agent:2"), bakeTimeInMinutes=30, alarms=alarms)
        here.advance(900)
        page.get_by_label("Name of an alarm").fill("errors")
        page.locator("#alarms").get_by_role("button", name="Set to ALARM").last.click()
        expect(page.locator("#alarms li")).to_contain_text("errors")
        page.get_by_role("button", name="Settle").click()
        expect(page.locator("#daemons article")).to_contain_text("rollback successful")
        page.locator("#alarms li").get_by_role("button", name="Set to OK").click()
        expect(page.locator("#alarms li .badge")).to_have_text("OK")

    def test_faults_come_and_go_and_mistakes_are_told(self):
        here = world.World(instances=1)
        page = self.open(here)
        page.get_by_text("Add a fault").click()
        faults = page.locator("#faults")
        for kind in faults.get_by_label("Kind of fault").locator("option").all_inner_texts():
            faults.get_by_label("Kind of fault").select_option(kind)
            faults.get_by_role("button", name="Add", exact=True).click()
            expect(page.locator("#notice")).to_have_text("")
        expect(faults.locator("li")).to_have_count(5)
        faults.locator("li").first.get_by_role("button").click()
        expect(faults.locator("li")).to_have_count(4)
        faults.get_by_label("Fault as JSON").fill('{"effect": "flood"}')
        faults.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#notice.error")).to_contain_text("flood")
        faults.get_by_label("Fault as JSON").fill("{")
        faults.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#notice.error")).to_contain_text("JSON")

    def test_a_record_is_what_the_api_describes_and_no_request(self):
        here = world.World(instances=2)
        here.daemon()
        here.control("POST", "faults", {"operation": "Describe*", "effect": "throttle", "count": "for_ever"})
        page = self.open(here)
        requests = len(here.control("GET", "journal"))
        page.locator("#daemons").get_by_role("button", name="agent", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("DescribeDaemon")
        expect(dialog.locator("pre")).to_contain_text('"daemonArn": "arn:aws:ecs:us-east-1:123456789012:daemon/prod/agent"')
        self.assertEqual(len(here.control("GET", "journal")), requests)

    def test_all_of_it_without_a_mouse(self):
        here = world.World(instances=40)
        here.daemon()
        page = self.open(here)
        cells = page.locator(".cell")
        cells.first.focus()
        page.keyboard.press("ArrowRight")
        expect(cells.nth(1)).to_be_focused()
        page.keyboard.press("ArrowDown")
        focused = page.evaluate("[...document.querySelectorAll('.cell')].indexOf(document.activeElement)")
        self.assertGreater(focused, 20)
        page.keyboard.press("Home")
        expect(cells.first).to_be_focused()
        page.keyboard.press("End")
        expect(cells.last).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("DescribeContainerInstances")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(cells.last).to_be_focused()

    def test_what_has_gone_is_told(self):
        here = world.World(instances=1)
        page = self.open(here)
        here.process.terminate()
        here.process.wait()
        expect(page.locator("#notice.error")).to_be_visible()
        self.complaints.clear()
