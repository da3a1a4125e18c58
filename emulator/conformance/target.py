"""Where the cases run, and a client that holds every answer against botocore's own model."""

import atexit
import itertools
import json
import os
import pathlib
import subprocess
import unittest
import urllib.request

import boto3
import botocore.config

ON_AWS = os.environ.get("ECS_ACC_TARGET", "") == "aws"
IMAGE = "public.ecr.aws/nginx/nginx:alpine"
NUMBERS = itertools.count(1)
_running = []


class Emulator:
    """A process of the emulator. It ends with the run."""

    def __init__(self, *flags):
        """Starts it; polls move its time unless the flags say otherwise."""
        binary = os.environ.get("ECS_ACC_EMULATOR", "")
        if not pathlib.Path(binary).is_file():
            raise RuntimeError("set ECS_ACC_EMULATOR to the emulator's binary")
        command = [binary, "--listen", "127.0.0.1:0", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        _running.append(self)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"{command} said {line!r}")
        self.url = line.split()[-1]

    def control(self, method, path, body=None):
        """A call of the control API."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def end(self):
        """Ends the process."""
        _running.remove(self)
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def close():
    """Ends what is left of the emulators of the run."""
    for emulator in list(_running):
        emulator.end()


atexit.register(close)


def client(service, emulator, access_key="AKIACONFORMANCE00001", retries=1, parameter_validation=True):
    """A client of the emulator, or of the account that the environment names."""
    config = botocore.config.Config(
        retries={"total_max_attempts": retries, "mode": "standard"},
        connect_timeout=10,
        read_timeout=60,
        parameter_validation=parameter_validation,
    )
    if ON_AWS:
        return checked(boto3.client(service, config=config))
    made = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=emulator.url,
        aws_access_key_id=access_key,
        aws_secret_access_key="not-a-secret",
        config=config,
    )
    return checked(made)


class OffModel(AssertionError):
    """An answer that the service model does not allow."""


def checked(made):
    """Makes a client check each answer as it came over the wire."""
    service = made.meta.service_model
    if service.metadata["protocol"] != "json":
        return made

    def check(http_response, model, **_):
        if http_response.status_code == 200 and model.output_shape:
            problems = list(problems_of(model.output_shape, json.loads(http_response.content), model.name))
            if problems:
                raise OffModel("; ".join(problems))

    made.meta.events.register(f"after-call.{service.service_id.hyphenize()}", check)
    return made


def knows_everything():
    """Whether the client is the newest one, which knows every member that the emulator sends."""
    made = boto3.client("ecs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    return "critical" in made.meta.service_model.operation_model("CreateDaemon").input_shape.members


KINDS = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
    "boolean": bool,
    "list": list,
    "map": dict,
    "structure": dict,
}


def problems_of(shape, value, path):
    """What is wrong with a value of the wire."""
    wrong = not isinstance(value, KINDS[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean")
    if wrong and not getattr(shape, "is_document_type", False):
        yield f"{path} is no {shape.type_name}: {value!r}"
    elif shape.type_name == "structure":
        yield from problems_of_structure(shape, value, path)
    elif shape.type_name == "list":
        for index, element in enumerate(value):
            yield from problems_of(shape.member, element, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, element in value.items():
            yield from problems_of(shape.value, element, f"{path}.{key}")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum and knows_everything():
        yield f"{path} is none of {shape.enum}: {value!r}"


def problems_of_structure(shape, value, path):
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is missing"
    for name, member in value.items():
        if name in shape.members:
            yield from problems_of(shape.members[name], member, f"{path}.{name}")
        elif knows_everything():
            yield f"{path}.{name} is unknown"


def emulator_only(why):
    """Marks a case that a real account cannot serve."""
    return unittest.skipIf(ON_AWS, f"needs the emulator: {why}")


class Case(unittest.TestCase):
    """A case with a cluster, a capacity provider and names of its own."""

    instances = 1
    maxDiff = None

    def setUp(self):
        # One of its own, so that no other case has anything under way that a poll could move to.
        self.emulator = None if ON_AWS else Emulator()
        if self.emulator:
            self.addCleanup(self.emulator.end)
        self.ecs = client("ecs", self.emulator)
        self.name = f"conformance-{os.getpid()}-{next(NUMBERS)}"
        if ON_AWS:
            self.cluster = os.environ["ECS_ACC_CLUSTER_ARN"]
            self.providers = os.environ["ECS_ACC_CAPACITY_PROVIDER_ARNS"].split(",")[:1]
        else:
            self.cluster = self.ecs.create_cluster(clusterName=self.name)["cluster"]["clusterArn"]
            self.providers = [self.provider(self.name, self.cluster)]
            if self.instances:
                body = {"capacity_provider": self.providers[0], "count": self.instances}
                self.emulator.control("POST", "instances", body)

    def provider(self, name, cluster):
        """A capacity provider of managed instances."""
        made = self.ecs.create_capacity_provider(
            name=name,
            cluster=cluster,
            managedInstancesProvider={
                "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecs-infrastructure",
                "instanceLaunchTemplate": {
                    "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecs-instance",
                    "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
                    "instanceRequirements": {
                        "vCpuCount": {"min": 2, "max": 4},
                        "memoryMiB": {"min": 4096, "max": 8192},
                    },
                },
            },
        )
        return made["capacityProvider"]["capacityProviderArn"]

    def definition(self, image=IMAGE, **more):
        """Registers a revision of the case's family."""
        container = {"name": "agent", "image": image, "essential": True, "memoryReservation": 128}
        made = self.ecs.register_daemon_task_definition(
            family=self.name, cpu="256", memory="512", containerDefinitions=[container], **more
        )
        arn = made["daemonTaskDefinitionArn"]
        self.addCleanup(self.forget, self.ecs.delete_daemon_task_definition, daemonTaskDefinition=arn)
        return arn

    def daemon(self, definition, **more):
        """Creates the case's daemon."""
        made = self.ecs.create_daemon(
            daemonName=self.name,
            clusterArn=self.cluster,
            daemonTaskDefinitionArn=definition,
            capacityProviderArns=self.providers,
            **more,
        )
        self.addCleanup(self.forget, self.ecs.delete_daemon, daemonArn=made["daemonArn"])
        return made

    def forget(self, delete, **arguments):
        """Deletes what a case may have deleted itself."""
        try:
            delete(**arguments)
        except self.ecs.exceptions.ClientError:
            pass

    def pace(self, **limits):
        """Limits of a waiter: its own on a real account; no pauses where polls move time."""
        return {} if ON_AWS else {"Delay": 0, **limits}

    def succeeds(self, deployment):
        """Waits for a deployment."""
        waiter = self.ecs.get_waiter("daemon_deployment_successful")
        waiter.wait(daemonDeploymentArns=[deployment], WaiterConfig=self.pace(MaxAttempts=200) or {"MaxAttempts": 120})

    def gone(self, daemon):
        """Waits until a daemon is not known any more."""
        for _ in range(200):
            try:
                self.ecs.describe_daemon(daemonArn=daemon)
            except self.ecs.exceptions.DaemonNotFoundException:
                return
        self.fail(f"{daemon} is still there")
