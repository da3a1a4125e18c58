"""Plans over many daemons with real Terraform: round trips and calls of a refresh.

    python3 provider/benches/refresh.py TERRAFORM target/release/terraform-provider-ecs target/release/ecs-emulator [DAEMONS]

Applies the daemons (300 unless told otherwise) on a capacity provider without instances. Then, at each latency of a call, runs
a plan on a state without private state, as after an import, and a plan on the state that the apply has written. Prints the
slope of the time over the latency, in round trips for one daemon, and the calls for one daemon. Times are judged by the
reader against docs/dev/measurements.md; ends with 1 if a plan is not empty.
"""

import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

REGION = "eu-central-1"
PARALLELISM = 10
LATENCIES = (0.0, 0.02, 0.05, 0.1)
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "authorization": f"AWS4-HMAC-SHA256 Credential=AKIABENCH0000000001/20260101/{REGION}/ecs/aws4_request, "
    "SignedHeaders=host, Signature=0",
}


class Emulator:
    """The process, and what is asked of it."""

    def __init__(self, binary, folder):
        scenario = folder / "scenario.toml"
        scenario.write_text(
            f"[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n"
            f"[[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = 0\nregion = '{REGION}'\n")
        command = [binary, "--listen", "127.0.0.1:0", "--scenario", scenario]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def ask(self, method, path, body=None, operation=None):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"))
        headers = dict(HEADERS)
        if not operation:
            headers["content-type"] = "application/json"
        else:
            headers["x-amz-target"] = f"AmazonEC2ContainerServiceV20141113.{operation}"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{operation or path}: {answer.status} {text[:300]}")
        return json.loads(text or "null")

    def latency(self, seconds):
        self.ask("DELETE", "/_emulator/faults")
        if seconds:
            fault = {"operation": "*", "count": None, "effect": {"slow": {"seconds": seconds}}}
            self.ask("POST", f"/_emulator/faults?region={REGION}", fault)

    def calls(self):
        """Requests of ECS so far, by operation."""
        journal = self.ask("GET", "/_emulator/journal")
        entries = journal["entries"] if isinstance(journal, dict) else journal
        counts = {}
        for entry in entries:
            operation = entry.get("operation")
            if operation:
                counts[operation] = counts.get(operation, 0) + 1
        return counts


def configuration(daemons):
    return f"""
terraform {{
  required_providers {{
    ecs = {{ source = "example.com/bench/ecs" }}
  }}
}}

resource "ecs_daemon_task_definition" "agent" {{
  family = "agent"
  container_definition {{
    name  = "main"
    image = "agent:1"
  }}
}}

resource "ecs_daemon" "agent" {{
  count                      = {daemons}
  name                       = "agent-${{count.index}}"
  cluster_arn                = "arn:aws:ecs:{REGION}:123456789012:cluster/prod"
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = ["arn:aws:ecs:{REGION}:123456789012:capacity-provider/fleet"]
  tags                       = {{ team = "platform" }}
}}
"""


class Terraform:
    def __init__(self, terraform, provider, url, folder):
        self.command, self.folder = terraform, folder
        settings = folder / "terraformrc"
        settings.write_text(
            f'provider_installation {{\n  dev_overrides {{\n    "example.com/bench/ecs" = "{provider.parent}"\n  }}\n}}\n')
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "TF_CLI_CONFIG_FILE": str(settings),
            "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIABENCH0000000001",
            "AWS_SECRET_ACCESS_KEY": "x", "TF_ECS_POLL_INTERVAL": "20ms",
        }

    def run(self, *arguments):
        """Seconds; the run must end with 0."""
        began = time.monotonic()
        done = subprocess.run([self.command, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return time.monotonic() - began


def slope(points):
    """Least squares of seconds over latency."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    above = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return above / sum((x - mean_x) ** 2 for x, _ in points)


def measure(terraform, emulator, daemons):
    plan = ["plan", "-detailed-exitcode", "-input=false", "-lock=false", f"-parallelism={PARALLELISM}", "-no-color"]
    waves = daemons / PARALLELISM
    times = {"first plan": [], "second plan": []}
    for latency in LATENCIES:
        (terraform.folder / "terraform.tfstate").write_text(without_private((terraform.folder / "applied").read_text()))
        emulator.latency(latency)
        for name in times:
            before = emulator.calls()
            seconds = terraform.run(*plan) if name == "first plan" else remembered(terraform, plan)
            after = emulator.calls()
            calls = {operation: after[operation] - before.get(operation, 0) for operation in after}
            total = sum(calls.values()) / daemons
            times[name].append((latency, seconds))
            print(f"{name}, {latency * 1000:.0f} ms: {seconds:.2f} s, {total:.3f} calls a daemon "
                  f"({', '.join(f'{name} {count}' for name, count in sorted(calls.items()) if count)})")
    for name, points in times.items():
        print(f"{name}: {slope(points) / waves:.2f} round trips a daemon")


def without_private(state):
    """The state as an import or an older version leaves it: nothing is remembered beside it."""
    document = json.loads(state)
    for resource in document["resources"]:
        for instance in resource["instances"]:
            instance.pop("private", None)
    document["serial"] += 1
    return json.dumps(document)


def remembered(terraform, plan):
    """The plan on the state that the apply has written."""
    (terraform.folder / "terraform.tfstate").write_text((terraform.folder / "applied").read_text())
    return terraform.run(*plan)


def main():
    terraform, provider, emulator_binary = (pathlib.Path(path).resolve() for path in sys.argv[1:4])
    daemons = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        emulator = Emulator(emulator_binary, folder)
        try:
            client = Terraform(terraform, provider, emulator.url, folder)
            (folder / "main.tf").write_text(configuration(daemons))
            client.run("apply", "-auto-approve", "-input=false", "-no-color", f"-parallelism={PARALLELISM}")
            (folder / "applied").write_text((folder / "terraform.tfstate").read_text())
            measure(client, emulator, daemons)
        finally:
            emulator.process.terminate()
            emulator.process.wait()


if __name__ == "__main__":
    main()
