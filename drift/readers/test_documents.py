"""What `ecs-drift` reads and writes beside reports, held against the schemas that are published for it."""

import datetime
import json
import re
import unittest

from openapi_spec_validator import OpenAPIV31SpecValidator

import estate
import readers

try:
    import tomllib
except ImportError:  # Python before 3.11 has the package that check-jsonschema brings.
    import tomli as tomllib

PAGE = estate.ROOT / "docs" / "ecs-drift.md"
NIGHTLY = estate.ROOT / "docs" / "guides" / "nightly-drift-check.md"


def as_json(text):
    """TOML as JSON has it, which knows no dates."""

    def plain(value):
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        raise TypeError(value)

    return json.loads(json.dumps(tomllib.loads(text), default=plain))


class Documents(unittest.TestCase):
    """One case for each schema."""

    maxDiff = None

    def check(self, schema, document, *breakages):
        reader = readers.published(schema)
        self.assertEqual(reader(document), [])
        for change in breakages:
            broken = json.loads(json.dumps(document))
            change(broken)
            self.assertNotEqual(reader(broken), [], broken)

    def test_rules_of_the_page(self):
        examples = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
        documents = [as_json(example) for example in examples]
        self.assertEqual(
            [sorted(document) for document in documents],
            [["fail_on", "ignore", "ignore_tags", "min_age", "owner", "severity"], ["input"], ["account"]],
        )
        for document in documents:
            self.check("rules", document, lambda rules: rules.update(ignored=[]))
        self.check("rules", documents[0], lambda rules: rules.update(fail_on="fatal"))
        self.check("rules", documents[1], lambda rules: rules["input"][0].update(role="reader"))

    def test_a_recorded_baseline(self):
        estate.reports()
        text = (estate.estate().folder / "baseline.toml").read_text()
        self.check(
            "baseline",
            as_json(text),
            lambda baseline: baseline["daemon"][0].update(critical="yes"),
            lambda baseline: baseline["daemon"][0].pop("arn"),
            lambda baseline: baseline.update(daemons=[]),
        )

    def test_the_policy_of_the_guide(self):
        """It allows what doctor tries, and a scan calls nothing else."""
        (policy,) = re.findall(r"^```json\n(.*?)^```", NIGHTLY.read_text(), re.DOTALL | re.MULTILINE)
        actions = [statement["Action"] for statement in json.loads(policy)["Statement"]]
        allowed = {action for each in actions for action in ([each] if isinstance(each, str) else each)}
        calls = json.loads(estate.reports()["drifted"]["json"])["statistics"]["api_calls"]
        done = estate.estate().drift("doctor", "--json", *estate.estate().connection())
        tried = {check["name"] for check in json.loads(done.stdout)["checks"] if ":" in check["name"]}
        self.assertEqual(tried, allowed)
        # Asked for only after a rollout that failed.
        after_failures = {"ecs:ListTasks", "ecs:DescribeTasks"}
        called = {f"{'cloudtrail' if call == 'LookupEvents' else 'ecs'}:{call}" for call in calls}
        # Needs no permission.
        self.assertEqual(called - {"ecs:GetCallerIdentity"} - after_failures, allowed - after_failures)

    def test_what_doctor_says(self):
        estate.reports()
        for arguments, outcomes in (((), {"ok"}), (("state.json",), {"ok"})):
            done = estate.estate().drift("doctor", "--json", *estate.estate().connection(), *arguments)
            document = json.loads(done.stdout)
            self.assertEqual({check["outcome"] for check in document["checks"]}, outcomes, done.stdout)
            self.check(
                "doctor",
                document,
                lambda doctor: doctor["checks"][0].update(outcome="fine"),
                lambda doctor: doctor["checks"][0].pop("name"),
                lambda doctor: doctor.pop("checks"),
            )


class ControlReference(unittest.TestCase):
    def test_the_reference_of_the_control_calls_is_openapi(self):
        document = json.loads((estate.ROOT / "schemas" / "ecs-emulator-control.openapi.json").read_text())
        self.assertEqual(list(OpenAPIV31SpecValidator(document).iter_errors()), [])
        document["paths"]["/_emulator/tasks/{id}/stop"]["post"].pop("parameters")
        self.assertNotEqual(list(OpenAPIV31SpecValidator(document).iter_errors()), [])
