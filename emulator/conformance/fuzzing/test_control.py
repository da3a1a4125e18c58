"""schemathesis, which knows OpenAPI and nothing of this project, sends the control API what its description allows and what
it forbids: no answer may be an error of the emulator, or one that the description does not have, and what it forbids is
refused."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

HERE = pathlib.Path(__file__).parent
REFERENCE = HERE.parents[2] / "schemas" / "ecs-emulator-control.openapi.json"

# Cases for each call, drawn in the same way each time.
EXAMPLES = 20

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
]

# Without instances: a fuzzer moves time by a thousand years, in which each machine would be replaced every other week.
FLEET = """
[[cluster]]
name = "prod"
[[capacity_provider]]
name = "fleet"
cluster = "prod"
instances = 0
"""


class Control(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "fleet.toml").write_text(FLEET)
        command = [os.environ["ECS_ACC_EMULATOR"], "--listen", "127.0.0.1:0", "--scenario", str(self.folder / "fleet.toml")]
        self.said = open(self.folder / "said", "w+")
        self.addCleanup(self.said.close)
        self.emulator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.said, text=True)
        self.addCleanup(self.end)
        self.url = self.emulator.stdout.readline().split()[-1]

    def end(self):
        """Ends the emulator."""
        self.emulator.kill()
        self.emulator.wait()
        self.emulator.stdout.close()

    def fuzz(self, reference):
        """Exit code and report of schemathesis."""
        command = [
            str(pathlib.Path(sys.executable).with_name("schemathesis")),
            "run",
            str(reference),
            f"--url={self.url}",
            "--phases=fuzzing",
            f"--max-examples={EXAMPLES}",
            "--generation-deterministic",
            "--no-shrink",
            "--continue-on-failure",
            "--request-timeout=30",
            "--warnings=off",
            "--no-color",
            f"--checks={','.join(CHECKS)}",
        ]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, env=environment, timeout=240
        )
        return done.returncode, done.stdout + done.stderr

    def test_the_emulator_is_as_described(self):
        code, report = self.fuzz(REFERENCE)
        self.assertEqual(code, 0, report)
        calls = sum(len(methods) for methods in json.loads(REFERENCE.read_text())["paths"].values())
        self.assertIn(f"Tested: {calls}", report)
        with urllib.request.urlopen(f"{self.url}/_emulator/health") as answer:
            self.assertEqual(answer.status, 200)
        self.said.seek(0)
        self.assertNotIn("panicked", self.said.read())

    def test_a_description_that_is_wrong_is_found(self):
        described = json.loads(REFERENCE.read_text())
        health = described["paths"]["/_emulator/health"]["get"]
        described["paths"] = {"/_emulator/health": {"get": health}}
        schema = health["responses"]["200"]["content"]["application/json"]["schema"]
        schema["properties"]["seed"] = {"type": "string"}
        wrong = self.folder / "wrong.json"
        wrong.write_text(json.dumps(described))
        code, report = self.fuzz(wrong)
        self.assertEqual(code, 1, report)
        self.assertIn("Response violates schema", report)


if __name__ == "__main__":
    unittest.main()
