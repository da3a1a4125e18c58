"""Scans of big estates by the released binary against the emulator as a process: time, memory, calls.

    python3 drift/benches/load.py target/release/ecs-drift target/release/ecs-emulator [CASE[=DAEMONS]...]

Cases: `big`, `big-untagged`, `big-random`, `published`, `plain`, `random`, `config`, `config-for-each`; all of them unless some are
named, a number after `=` makes another size. Each makes its daemons by
CreateDaemon on providers without instances, so that the emulator simulates no fleet, and puts the latency on afterwards
by a fault. Ends with 1 if a count is not as computed or something is lost; times and memory are printed beside their
budgets and judged by the reader, since they depend on the machine.
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
PREFIX = f"arn:aws:ecs:{REGION}:123456789012:"
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "authorization": f"AWS4-HMAC-SHA256 Credential=AKIALOAD000000000001/20260101/{REGION}/ecs/aws4_request, "
    "SignedHeaders=host, Signature=0",
}


class Emulator:
    """The process, and what is asked of it beside the scan."""

    def __init__(self, binary, folder, clusters, *flags):
        scenario = folder / "scenario.toml"
        scenario.write_text("".join(
            f"[[cluster]]\nname = 'c{c:03}'\nregion = '{REGION}'\n"
            f"[[capacity_provider]]\nname = 'p{c:03}'\ncluster = 'c{c:03}'\ninstances = 0\nregion = '{REGION}'\n"
            for c in range(clusters)))
        command = [binary, "--listen", "127.0.0.1:0", "--scenario", scenario, *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.address = self.url.removeprefix("http://")

    def send(self, connection, method, path, body=None, operation=None):
        headers = dict(HEADERS)
        if operation:
            headers["x-amz-target"] = f"AmazonEC2ContainerServiceV20141113.{operation}"
        else:
            headers["content-type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status == 400 and b"ThrottlingException" in text:
            time.sleep(0.2)
            return self.send(connection, method, path, body, operation)
        if answer.status != 200:
            raise SystemExit(f"{operation or path}: {answer.status} {text[:300]}")
        return json.loads(text or "null")

    def connect(self):
        return http.client.HTTPConnection(self.address)

    def end(self):
        self.process.terminate()
        self.process.wait()


def make(emulator, clusters, daemons):
    """Creates the daemons, and answers the values of their states."""
    connection = emulator.connect()
    definition = {"family": "agent", "cpu": "256", "memory": "512",
                  "containerDefinitions": [{"name": "main", "image": "agent:1"}]}
    arn = emulator.send(connection, "POST", "/", definition, "RegisterDaemonTaskDefinition")["daemonTaskDefinitionArn"]
    values = []
    for index in range(daemons):
        cluster, name = f"c{index % clusters:03}", f"agent-{index:05}"
        provider = f"{PREFIX}capacity-provider/p{index % clusters:03}"
        body = {"daemonName": name, "clusterArn": f"{PREFIX}cluster/{cluster}", "daemonTaskDefinitionArn": arn,
                "capacityProviderArns": [provider]}
        made = emulator.send(connection, "POST", "/", body, "CreateDaemon")
        values.append({
            "arn": made["daemonArn"], "name": name, "cluster_arn": body["clusterArn"],
            "daemon_task_definition_arn": arn, "capacity_provider_arns": [provider], "critical": True,
            "enable_ecs_managed_tags": False, "enable_execute_command": False, "propagate_tags": "NONE",
            "deployment_configuration": [], "deployment_arn": made["deploymentArn"], "tags": None, "tags_all": {},
            "rollout_failure": None})
    emulator.send(connection, "POST", "/_emulator/clock", {"settle": True})
    return values


def resource(values, is_of_for_each):
    """A daemon in a state: of a block of its own, or an instance of the one block."""
    own = {"mode": "managed", "type": "ecs_daemon", "schema_version": 0, "values": values, "sensitive_values": {}}
    if is_of_for_each:
        return own | {"address": f'ecs_daemon.agent["{values["name"]}"]', "name": "agent", "index": values["name"]}
    return own | {"address": f"ecs_daemon.{values['name']}", "name": values["name"]}


def state(values, is_of_for_each=False):
    resources = [resource(each, is_of_for_each) for each in values]
    return {"format_version": "1.0", "terraform_version": "1.15.5", "values": {"root_module": {"resources": resources}}}


def configuration(values, is_of_for_each):
    """The daemons as they are written: as many blocks, or one with a map of them."""
    arguments = ("name", "cluster_arn", "daemon_task_definition_arn", "capacity_provider_arns")
    if not is_of_for_each:
        return 'provider "ecs" {}\n' + "".join(
            f'resource "ecs_daemon" "{each["name"]}" {{\n'
            + "".join(f"  {name} = {json.dumps(each[name])}\n" for name in arguments) + "}\n"
            for each in values)
    members = {each["name"]: {name: each[name] for name in arguments} for each in values}
    return (f"locals {{\n  agents = {json.dumps(members)}\n}}\n"
            'provider "ecs" {}\nresource "ecs_daemon" "agent" {\n  for_each = local.agents\n'
            + "".join(f"  {name} = each.value.{name}\n" for name in arguments) + "}\n")


def scan(binary, emulator, folder, values, *flags, is_of_for_each=False):
    """Exit code, report, seconds, peak resident bytes, standard error."""
    (folder / "state.json").write_text(json.dumps(state(values, is_of_for_each)))
    environment = {"AWS_ACCESS_KEY_ID": "AKIADRIFT00000000001", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": REGION}
    command = [binary, "scan", "--endpoint-url", emulator.url, "--output", "json=report.json", *flags, "state.json"]
    with open(folder / "stderr", "wb") as stderr:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=stderr)
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident_peak(process.pid))
            time.sleep(0.01)
        seconds = time.monotonic() - began
    report = json.loads((folder / "report.json").read_text())
    return process.returncode, report, seconds, peak, (folder / "stderr").read_text()


def resident_peak(pid):
    """Peak resident MB so far. Not from `wait4`: that counts this process, too, as it was when it forked."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0)


def formula(daemons, tags):
    """Calls of a scan in which nothing differs: each daemon by itself, deployments and revisions 20 to a call, two sweeps
    of task definitions, and the question who is asking."""
    batched = -(-daemons // 20)
    expected = {"DescribeDaemon": daemons, "DescribeDaemonDeployments": batched, "DescribeDaemonRevisions": batched,
                "ListDaemonTaskDefinitions": 2, "GetCallerIdentity": 1}
    if tags:
        expected["ListTagsForResource"] = daemons
    return expected


def case(binaries, name, clusters, daemons, *, tags, faults=(), emulator_flags=(), written=None, budget=""):
    """`written` is how a configuration beside the state has the daemons: in `blocks`, or by `for_each`."""
    drift, emulator_binary = binaries
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        emulator = Emulator(emulator_binary, folder, clusters, "--journal-limit", "1000", *emulator_flags)
        try:
            values = make(emulator, clusters, daemons)
            for fault in faults:
                emulator.send(emulator.connect(), "POST", f"/_emulator/faults?region={REGION}", fault)
            flags = ["--tags"] if tags else []
            is_of_for_each = written == "for_each"
            if written:
                (folder / "configuration").mkdir()
                (folder / "configuration" / "main.tf").write_text(configuration(values, is_of_for_each))
                flags += ["--config", "configuration"]
            code, report, seconds, memory, stderr = scan(
                drift, emulator, folder, values, *flags, is_of_for_each=is_of_for_each)
        finally:
            emulator.end()
    statistics = report["statistics"]
    calls, throttled = statistics["api_calls"], statistics["throttled"]
    total = sum(calls.values())
    print(f"{name}: {seconds:.1f} s, {memory:.1f} MB, {total} calls ({total / daemons:.4f} a daemon), "
          f"{throttled} throttled ({100 * throttled / total:.2f} %), exit code {code}. Budget: {budget}")
    for line in stderr.splitlines()[:3]:
        print(f"    stderr: {line}")
    whole = code == 0 and report["complete"] and len(report["daemons"]) == daemons and not report["findings"]
    if written and report["warnings"]:
        print(f"    WRONG: the configuration is not evaluated: {report['warnings'][:1]}")
        return False
    expected = formula(daemons, tags)
    if not whole or calls != expected:
        print(f"    WRONG: whole {whole}, calls {calls}, expected {expected}")
        return False
    return True


def main():
    binaries = [os.path.abspath(path) for path in sys.argv[1:3]]
    throttle = {"operation": "*", "probability": 0.05, "count": None, "effect": "throttle"}
    slow = {"operation": "*", "count": None, "effect": {"slow": {"seconds": 0.005}}}
    first = "20 s, 60 MB"
    cases = {
        "big": ("5 ms, tags", 10000, {"tags": True, "faults": [slow], "budget": first}),
        "big-untagged": ("5 ms, no tags", 10000, {"tags": False, "faults": [slow], "budget": first}),
        "big-random": ("5 ms, tags, 5 % throttled at random", 10000,
                       {"tags": True, "faults": [throttle, slow], "budget": "twice the time of the first"}),
        "published": ("published rates, tags", 1000,
                      {"tags": True, "emulator_flags": ("--throttle", "published"),
                       "budget": "1.1 x (calls - burst) / rate, 2 % throttled, an ETA"}),
        "plain": ("tags", 1000, {"tags": True, "budget": "reference of the next"}),
        "random": ("5 % throttled at random, tags", 1000,
                   {"tags": True, "faults": [throttle], "budget": "twice the time of the one before"}),
        "config": ("5 ms, tags, a configuration with as many blocks", 10000,
                   {"tags": True, "faults": [slow], "written": "blocks", "budget": "2 s and 60 MB more than the first"}),
        "config-for-each": ("5 ms, tags, a configuration with one block and for_each", 10000,
                            {"tags": True, "faults": [slow], "written": "for_each",
                             "budget": "2 s and 60 MB more than the first"}),
    }
    good = []
    for name in sys.argv[3:] or cases:
        name, _, size = name.partition("=")
        what, daemons, settings = cases[name]
        daemons = int(size or daemons)
        good.append(case(binaries, f"{daemons:,} daemons, {what}", max(1, daemons // 100), daemons, **settings))
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
