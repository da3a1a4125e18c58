"""An emulator with a fleet and daemons, and a page that looks at it."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import urllib.request

import playwright.sync_api

ARN = "arn:aws:ecs:us-east-1:123456789012:"
SCENARIO = """seed = 1
[[cluster]]
name = "prod"
[[capacity_provider]]
name = "fleet"
cluster = "prod"
instances = {instances}
"""
# A caller for the emulator: it looks at account and region, and verifies no signature.
CALLER = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0"


class World:
    """A process of the emulator, with calls of ECS and of the control API."""

    def __init__(self, instances=12, clock="manual"):
        """Starts it with a cluster and a fleet."""
        binary = os.environ.get("ECS_ACC_EMULATOR", "")
        if not pathlib.Path(binary).is_file():
            raise RuntimeError("set ECS_ACC_EMULATOR to the emulator's binary")
        self.folder = tempfile.TemporaryDirectory()
        scenario = pathlib.Path(self.folder.name, "fleet.toml")
        scenario.write_text(SCENARIO.format(instances=instances))
        command = [binary, "--listen", "127.0.0.1:0", "--clock", clock, "--scenario", str(scenario)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def end(self):
        """Ends the process."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def send(self, path, method, body, headers):
        """The answer to a request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def control(self, method, path, body=None):
        """A call of the control API."""
        return self.send(f"/_emulator/{path}", method, body, {"content-type": "application/json"})

    def call(self, operation, **body):
        """A call of ECS."""
        headers = {
            "authorization": CALLER,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"AmazonEC2ContainerServiceV20141113.{operation}",
        }
        return self.send("/", "POST", body, headers)

    def define(self, family, image):
        """The ARN of a new revision."""
        containers = [{"name": "main", "image": image}]
        registered = self.call(
            "RegisterDaemonTaskDefinition", family=family, cpu="64", memory="64", containerDefinitions=containers
        )
        return registered["daemonTaskDefinitionArn"]

    def daemon(self, name="agent", **settings):
        """A daemon that has been rolled out."""
        self.call(
            "CreateDaemon",
            daemonName=name,
            clusterArn=ARN + "cluster/prod",
            daemonTaskDefinitionArn=self.define(name, f"{name}:1"),
            capacityProviderArns=[ARN + "capacity-provider/fleet"],
            deploymentConfiguration={"drainPercent": 25, **settings},
        )
        self.control("POST", "clock", {"settle": True})

    def update(self, definition, name="agent", **settings):
        """Begins a rollout."""
        self.call(
            "UpdateDaemon",
            daemonArn=f"{ARN}daemon/prod/{name}",
            daemonTaskDefinitionArn=definition,
            capacityProviderArns=[ARN + "capacity-provider/fleet"],
            deploymentConfiguration={"drainPercent": 25, **settings},
        )

    def advance(self, seconds):
        """Lets virtual time pass."""
        self.control("POST", "clock", {"advance_seconds": seconds})


class Case(unittest.TestCase):
    """A browser for all cases of a class, and for each a page without complaints of its own."""

    @classmethod
    def setUpClass(cls):
        cls.playwright = playwright.sync_api.sync_playwright().start()
        path = os.environ.get("ECS_ACC_CHROMIUM", "")
        # The sandbox does not work for root, and no page of others is opened.
        cls.browser = cls.playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()

    def open(self, world, **settings):
        """A page on the world, when it has drawn it for the first time."""
        self.addCleanup(world.end)
        self.complaints, self.asked = [], []
        page = self.browser.new_page(viewport={"width": 1280, "height": 900}, **settings)
        self.addCleanup(page.close)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(world.url)
        page.locator("body[data-drawn]").wait_for()
        return page

    def cells(self, page, selector):
        """How many cells are of a kind, as soon as it is the number that is expected."""
        return playwright.sync_api.expect(page.locator(f".cell{selector}"))

    def tearDown(self):
        """A refusal of a control call is told on the page and in the console; nothing else is."""
        unexpected = [text for text in getattr(self, "complaints", []) if "status of 400" not in text]
        self.assertEqual(unexpected, [])
