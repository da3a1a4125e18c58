"""A process of the emulator, its fleet, and the calls that move it."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
import types
import typing
import urllib.error
import urllib.parse
import urllib.request

from . import program

if typing.TYPE_CHECKING:
    import boto3

ACCOUNT = "123456789012"
REGION = "us-east-1"

# What a client could take real credentials or another address from. `ecs-emulator exec` sets the same aside: a test of the
# emulator compares this list and that of `Emulator.environment` with those of `exec`.
ELSEWHERE = (
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULT_PROFILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
# A variable of one service comes before that of all services.
OF_ONE_SERVICE = "AWS_ENDPOINT_URL_"
# How often the provider looks how a rollout is going: nothing takes time here.
POLL_INTERVAL = ("TF_ECS_POLL_INTERVAL", "100ms")
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
EXCEPTIONS = ("NO_PROXY", "no_proxy")
LOOPBACK = "127.0.0.1,localhost"


def elsewhere(present: typing.Mapping[str, str]) -> list[str]:
    """Names of variables that are to be removed from an environment, because they lead clients away."""
    return [name for name in present if name in ELSEWHERE or name.startswith(OF_ONE_SERVICE)]


class NotStarted(Exception):
    """The program did not start; the message is what it said."""


class CallRefused(Exception):
    """The emulator refused a control call; the message names the mistake."""


@dataclasses.dataclass(frozen=True)
class Fleet:
    """A cluster with a capacity provider of managed instances, which are there from the beginning."""

    instances: int = 3
    cluster: str = "prod"
    capacity_provider: str = "fleet"

    @property
    def cluster_arn(self) -> str:
        """The ARN of the cluster."""
        return f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{self.cluster}"

    @property
    def capacity_provider_arn(self) -> str:
        """The ARN of the capacity provider."""
        return f"arn:aws:ecs:{REGION}:{ACCOUNT}:capacity-provider/{self.capacity_provider}"

    def scenario(self) -> str:
        """The fleet as a scenario file has it. A JSON string is a TOML string."""
        cluster, provider = json.dumps(self.cluster), json.dumps(self.capacity_provider)
        return (
            f"[[cluster]]\nname = {cluster}\n\n"
            f"[[capacity_provider]]\nname = {provider}\ncluster = {cluster}\ninstances = {self.instances}\n"
        )


class Fault:
    """A fault of a running emulator. As a context manager it is removed at the end."""

    def __init__(self, emulator: Emulator, identifier: str) -> None:
        """Begins no fault: `Emulator.fault` does."""
        self._emulator = emulator
        self.id = identifier

    def fired(self) -> int:
        """How often it has fired."""
        faults = self._emulator.control("GET", "faults")
        return next((int(fault.get("fired") or 0) for fault in faults if fault["id"] == self.id), 0)

    def remove(self) -> None:
        """Removes it."""
        self._emulator.control("DELETE", f"faults/{urllib.parse.quote(self.id, safe='')}")

    def __enter__(self) -> Fault:
        """The fault itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Removes it."""
        self.remove()


class Emulator:
    """A process of the emulator on a free port of this machine. It ends with the `with` block."""

    def __init__(
        self,
        *,
        fleet: Fleet | None = None,
        scenario: str | os.PathLike[str] | None = None,
        clock: str = "jump",
        seed: int = 0,
        journal: str | os.PathLike[str] | None = None,
    ) -> None:
        """Starts it with a fleet, or with a scenario file. `clock` is what moves its time; see `ecs-emulator --help`."""
        if fleet is not None and scenario is not None:
            raise ValueError("give a fleet or a scenario, not both")
        self.fleet = fleet
        self._folder = tempfile.TemporaryDirectory(prefix="ecs-emulator-")
        command = [str(program.path()), "--listen", "127.0.0.1:0", "--clock", clock, "--seed", str(seed)]
        if fleet is not None:
            written = pathlib.Path(self._folder.name, "fleet.toml")
            written.write_text(fleet.scenario(), encoding="utf-8")
            scenario = written
        if scenario is not None:
            command += ["--scenario", os.fspath(scenario)]
        if journal is not None:
            command += ["--journal", os.fspath(journal)]
        self._process = self._started(command)
        try:
            self.url = self._address()
        except BaseException:
            self.stop()
            raise

    def _started(self, command: list[str]) -> subprocess.Popen[str]:
        try:
            # Into a file: a pipe that nobody reads would hold up a talkative process.
            with self._said().open("w", encoding="utf-8") as said:
                return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        except OSError as error:
            self._folder.cleanup()
            raise NotStarted(f"{command[0]} cannot be started: {error}") from error

    def _address(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith("listening on "):
            self._process.wait()
            said = self._said().read_text(encoding="utf-8")
            raise NotStarted(f"{self._process.args!r} ended: {said.strip() or line.strip()}")
        return line.split()[-1]

    def _said(self) -> pathlib.Path:
        return pathlib.Path(self._folder.name, "stderr.txt")

    def stop(self) -> None:
        """Ends the process. It may be called twice."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._folder.cleanup()

    def __enter__(self) -> Emulator:
        """The emulator itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        """Ends it."""
        self.stop()

    def environment(self) -> dict[str, str]:
        """Variables that lead clients to the emulator and nowhere else. Remove those of `elsewhere` beside it."""
        nothing = os.path.join(self._folder.name, "none")
        variables = {
            "AWS_ACCESS_KEY_ID": "AKIAEMULATOR00000000",
            "AWS_CONFIG_FILE": nothing,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "emulator",
            "AWS_SHARED_CREDENTIALS_FILE": nothing,
        }
        name, interval = POLL_INTERVAL
        variables[name] = os.environ.get(name, interval)
        # The emulator is on this machine, and no proxy is; not every SDK knows that without being told.
        if any(name in os.environ for name in PROXIES):
            for name in EXCEPTIONS:
                variables[name] = ",".join(filter(None, [os.environ.get(name), LOOPBACK]))
        return variables

    def session(self) -> boto3.Session:
        """A session of boto3 whose clients ask the emulator, whatever the environment says."""
        import boto3
        import botocore.session

        # Neither files nor a profile of the environment.
        none = {"profile": (None, None, None, None)}
        files = {name: (None, None, os.devnull, None) for name in ("config_file", "credentials_file")}
        own = botocore.session.Session(session_vars=none | files)
        session = boto3.Session(
            aws_access_key_id="AKIAEMULATOR00000000",
            aws_secret_access_key="emulator",
            region_name=REGION,
            botocore_session=own,
        )
        # Every client that is made of it, also by code that gives no address.
        create = own.create_client

        def create_here(*arguments: typing.Any, **settings: typing.Any) -> typing.Any:
            settings["endpoint_url"] = settings.get("endpoint_url") or self.url
            return create(*arguments, **settings)

        own.create_client = create_here
        return session

    def control(self, method: str, path: str, body: object = None) -> typing.Any:
        """A control call; `path` is what follows `/_emulator/`."""
        data = None if body is None and method != "POST" else json.dumps(body if body is not None else {}).encode()
        headers = {"accept": "application/json", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, headers, method=method)
        # Never by a proxy of the environment: the emulator is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            told = json.loads(error.read())
            raise CallRefused(told.get("error", str(error))) from None

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.control("POST", "clock", {"advance_seconds": seconds})

    def settle(self) -> None:
        """Lets time pass until nothing is under way; `CallRefused` if something never ends."""
        answer = self.control("POST", "clock", {"settle": True})
        if not answer["settled"]:
            raise CallRefused(f"the world does not come to rest: {json.dumps(answer['moving'])}")

    def fault(self, **members: object) -> Fault:
        """Adds a fault by its members, for example `fault(image="*:broken", effect="fails_to_start", count="for_ever")`."""
        added = self.control("POST", "faults", members)
        return Fault(self, added["ids"][0])

    def alarm(self, name: str, state: str = "ALARM") -> None:
        """Sets an alarm."""
        self.control("POST", f"alarms/{urllib.parse.quote(name, safe='')}", {"state": state})

    def reset(self) -> None:
        """Begins again with the scenario."""
        self.control("POST", "reset")

    def world(self) -> typing.Any:
        """Everything there is."""
        return self.control("GET", "world")

    def events(self) -> list[dict[str, typing.Any]]:
        """What happened, the oldest first."""
        return list(self.control("GET", "events"))

    def journal(self, operation: str | None = None) -> list[dict[str, typing.Any]]:
        """Requests with their answers, the oldest first."""
        query = "" if operation is None else "?" + urllib.parse.urlencode({"operation": operation})
        return list(self.control("GET", f"journal{query}"))
