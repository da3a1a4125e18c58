"""Names that are markup, and hosts that nobody asked for."""

import urllib.parse
import urllib.request

import playwright.sync_api
import world

MARKUP = "<img src=x onerror=\"document.title='run'\">"


class Hostile(world.Case):
    def test_names_are_text(self):
        here = world.World(instances=1)
        here.daemon()
        page = self.open(here)
        here.control("POST", f"alarms/{urllib.parse.quote(MARKUP, safe='')}", {"state": "ALARM"})
        here.call("TagResource", resourceArn=world.ARN + "daemon/prod/agent", tags=[{"key": "team", "value": "a"}])
        here.control("POST", "faults", {"id": MARKUP, "operation": "Delete*", "effect": "throttle"})
        playwright.sync_api.expect(page.locator("#alarms li")).to_contain_text(MARKUP)
        playwright.sync_api.expect(page.locator("#faults li")).to_contain_text(MARKUP, timeout=10_000)
        self.assertEqual(page.locator("img").count(), 0)
        self.assertEqual(page.title(), "ECS emulator")

    def test_nobody_but_the_emulator_is_asked(self):
        here = world.World(instances=1)
        here.daemon()
        page = self.open(here)
        page.locator("#daemons").get_by_role("button", name="agent", exact=True).click()
        playwright.sync_api.expect(page.get_by_role("dialog")).to_be_visible()
        others = [url for url in self.asked if not url.startswith((here.url + "/", "data:"))]
        self.assertEqual(others, [])

    def test_the_policy_lets_nothing_else_in(self):
        here = world.World(instances=1)
        page = self.open(here)
        with urllib.request.urlopen(here.url) as answer:
            policy = answer.headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        ran = page.evaluate(
            """() => new Promise((resolve) => {
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.addEventListener("securitypolicyviolation", () => resolve(window.ran === true));
              document.body.append(script);
            })"""
        )
        self.assertFalse(ran)
        self.complaints.clear()
