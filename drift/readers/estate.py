"""Reports to be read: what the released binary writes of an emulated estate, and the golden ones of the renderers.

The estate lives as long as the run of the cases; each report is written once, in every form.
"""

import atexit
import functools
import json
import os
import pathlib
import subprocess
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).parents[2]
SNAPSHOTS = ROOT / "drift" / "src" / "render" / "snapshots"
REGION = "eu-central-1"
PREFIX = f"arn:aws:ecs:{REGION}:123456789012:"
SIGNED = f"AWS4-HMAC-SHA256 Credential=AKIAREADERS000000001/20260101/{REGION}/ecs/aws4_request, SignedHeaders=host, Signature=0"

SUFFIXES = {
    "json": "json",
    "ndjson": "ndjson",
    "sarif": "sarif",
    "junit": "xml",
    "gitlab": "gitlab.json",
    "prometheus": "prom",
}

SCENARIO = f"""
[[cluster]]
name = "prod"
region = "{REGION}"

[[capacity_provider]]
name = "fleet"
cluster = "prod"
instances = 2
region = "{REGION}"
"""

CONFIGURATION = """
resource "ecs_daemon" "reverted" {
  name                   = "reverted"
  critical               = false
  enable_execute_command = true
}
"""


def tool(variable):
    """A program or file that `cargo xtask test` has put there."""
    path = os.environ.get(variable, "")
    if not pathlib.Path(path).is_file():
        raise RuntimeError(f"{variable} names no file; run `cargo xtask test --reports`")
    return path


class Emulator:
    """A process with the estate that is scanned."""

    def __init__(self, folder):
        scenario = folder / "scenario.toml"
        scenario.write_text(SCENARIO)
        command = [tool("ECS_ACC_EMULATOR"), "--listen", "127.0.0.1:0", "--scenario", str(scenario)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def call(self, operation, **members):
        """A call of somebody outside of every source."""
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "authorization": SIGNED,
            "x-amz-target": f"AmazonEC2ContainerServiceV20141113.{operation}",
        }
        return self.post("/", members, headers)

    def control(self, path, **members):
        """A call of the control API."""
        return self.post(f"/_emulator/{path}", members, {"content-type": "application/json"})

    def post(self, path, members, headers):
        request = urllib.request.Request(self.url + path, json.dumps(members).encode(), headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{headers.get('x-amz-target', path)}: {error.read()}") from error


class Estate:
    """Daemons, what a state and a baseline want of them, and what happened to them since."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.emulator = Emulator(self.folder)
        atexit.register(self.end)
        container = {"name": "main", "image": "agent:1", "essential": True}
        self.definition = self.emulator.call(
            "RegisterDaemonTaskDefinition", family="agent", cpu="256", memory="512", containerDefinitions=[container]
        )["daemonTaskDefinitionArn"]
        (self.folder / "main.tf").write_text(CONFIGURATION)
        wanted = [self.make(name, critical=False) for name in ("reverted", "deleted", "refused")]
        self.make("recorded", critical=True)
        self.emulator.control("clock", settle=True)
        (self.folder / "state.json").write_text(json.dumps(state(wanted)))
        record = ("baseline", "record", "--cluster", "prod", "--daemon", "recorded", "--output", "baseline.toml")
        done = self.drift(*record, *self.connection())
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def end(self):
        self.emulator.end()
        self.temporary.cleanup()

    def make(self, name, critical):
        """Creates a daemon; the values of a state that wants it."""
        arguments = {
            "daemonName": name,
            "clusterArn": f"{PREFIX}cluster/prod",
            "daemonTaskDefinitionArn": self.definition,
            "capacityProviderArns": [f"{PREFIX}capacity-provider/fleet"],
            "critical": critical,
            "enableExecuteCommand": True,
        }
        made = self.emulator.call("CreateDaemon", **arguments)
        return {
            "arn": made["daemonArn"],
            "name": name,
            "cluster_arn": arguments["clusterArn"],
            "daemon_task_definition_arn": self.definition,
            "capacity_provider_arns": arguments["capacityProviderArns"],
            "critical": critical,
            "enable_ecs_managed_tags": False,
            "enable_execute_command": True,
            "propagate_tags": "NONE",
            "deployment_configuration": [],
            "deployment_arn": made["deploymentArn"],
            "tags": None,
            "tags_all": {},
            "rollout_failure": None,
        }

    def spoil(self):
        """One reset by a short update, one deleted, one that may not be read, one tagged, one that nobody knows."""
        for name in ("reverted", "recorded"):
            self.emulator.call(
                "UpdateDaemon",
                daemonArn=f"{PREFIX}daemon/prod/{name}",
                daemonTaskDefinitionArn=self.definition,
                capacityProviderArns=[f"{PREFIX}capacity-provider/fleet"],
            )
        self.emulator.call("DeleteDaemon", daemonArn=f"{PREFIX}daemon/prod/deleted")
        tag = {"key": "owner", "value": "somebody else"}
        self.emulator.call("TagResource", resourceArn=f"{PREFIX}daemon/prod/recorded", tags=[tag])
        self.make("stray", critical=True)
        self.emulator.control("clock", settle=True)
        denied = {"type": "AccessDeniedException", "message": "not authorized", "status": 400}
        self.emulator.control(
            f"faults?region={REGION}",
            operation="DescribeDaemon",
            resource="*:daemon/prod/refused",
            count=None,
            effect={"error": denied},
        )

    def connection(self):
        return ("--endpoint-url", self.emulator.url)

    def drift(self, *arguments):
        """Runs the binary with nothing of the caller's environment."""
        environment = {"AWS_ACCESS_KEY_ID": "AKIADRIFT00000000001", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": REGION}
        environment |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder)}
        command = [tool("ECS_ACC_DRIFT"), *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def scan(self, name, expected):
        """Writes a report in every form; their files."""
        files = {form: self.folder / f"{name}.{suffix}" for form, suffix in SUFFIXES.items()}
        outputs = [part for form, path in files.items() for part in ("--output", f"{form}={path}")]
        questions = ("--tags", "--who", "--unmanaged", "--config", ".")
        done = self.drift("scan", "state.json", "baseline.toml", *questions, *self.connection(), *outputs)
        if done.returncode != expected:
            raise RuntimeError(f"the scan ended with {done.returncode}: {done.stderr}")
        return {form: path.read_text() for form, path in files.items()}


@functools.cache
def estate():
    """The one estate of the run, as it was made."""
    return Estate()


@functools.cache
def reports():
    """Every report by its name: a text for each form."""
    made = estate()
    clean = made.scan("clean", 0)
    made.spoil()
    return {"clean": clean, "drifted": made.scan("drifted", 2), "golden": {form: golden(form) for form in SUFFIXES}}


def golden(form):
    """The renderers' snapshot of the estate that has every cause."""
    text = (SNAPSHOTS / f"ecs_drift__render__tests__{form}.snap").read_text()
    return text.split("\n---\n", 1)[1]


def state(daemons):
    """A state as `terraform show -json` writes it."""
    resources = [
        {
            "address": f"ecs_daemon.{values['name']}",
            "mode": "managed",
            "type": "ecs_daemon",
            "name": values["name"],
            "schema_version": 0,
            "values": values,
            "sensitive_values": {},
        }
        for values in daemons
    ]
    module = {"root_module": {"resources": resources}}
    return {"format_version": "1.0", "terraform_version": "1.15.5", "values": module}
