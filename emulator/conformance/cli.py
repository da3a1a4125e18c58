"""What the cases with the AWS CLI share: the command as users run it, and the set-up of article A."""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import unittest

import target

CLI = pathlib.Path(sys.executable).with_name("aws")
ACCOUNT = "arn:aws:iam::123456789012"
MANAGED = {
    "infrastructureRoleArn": f"{ACCOUNT}:role/infrastructure",
    "instanceLaunchTemplate": {
        "ec2InstanceProfileArn": f"{ACCOUNT}:instance-profile/instance",
        "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
        "instanceRequirements": {"vCpuCount": {"min": 2, "max": 4}, "memoryMiB": {"min": 4096, "max": 8192}},
    },
}


def logs(prefix):
    options = {"awslogs-group": f"/ecs/{prefix}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": prefix}
    return {"logDriver": "awslogs", "options": options}


def agent(image):
    container = {"name": "agent", "image": image, "essential": True, "memoryReservation": 256}
    return json.dumps([{**container, "logConfiguration": logs("daemon")}])


def application():
    container = {"name": "app", "image": "public.ecr.aws/nginx/nginx:alpine", "essential": True}
    return json.dumps([{**container, "portMappings": [{"containerPort": 80}], "logConfiguration": logs("app")}])


def environment(url=None):
    """What the CLI sees: nothing of the caller's own settings."""
    return {
        "PATH": os.environ["PATH"],
        **({"AWS_ENDPOINT_URL_ECS": url, "AWS_ENDPOINT_URL_CLOUDWATCH": url} if url else {}),
        "AWS_ACCESS_KEY_ID": "AKIACONFORMANCE00001",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@target.emulator_only("its own clock")
@unittest.skipUnless(CLI.exists(), "this environment has no AWS CLI")
class Case(unittest.TestCase):
    """A case whose calls are made by the AWS CLI, on an emulator of its own."""

    maxDiff = None

    def emulate(self, clock):
        self.emulator = target.Emulator("--clock", clock)
        self.addCleanup(self.emulator.end)

    def now(self):
        """Virtual time in seconds."""
        return datetime.datetime.fromisoformat(self.emulator.control("GET", "health")["now"]).timestamp()

    def advance(self, seconds):
        self.emulator.control("POST", "clock", {"advance_seconds": seconds})

    def aws(self, *arguments):
        return self.run_cli("ecs", *arguments)

    def run_cli(self, *arguments):
        command = [sys.executable, str(CLI), *arguments, "--output", "json"]
        done = subprocess.run(
            command, env=environment(self.emulator.url), capture_output=True, text=True, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout or "{}")

    def build_place(self):
        """Cluster and capacity provider, as article A makes them."""
        self.cluster = self.aws("create-cluster", "--cluster-name", "daemon-test")["cluster"]["clusterArn"]
        self.provider = self.aws(
            "create-capacity-provider",
            *("--name", "managed", "--cluster", "daemon-test"),
            *("--managed-instances-provider", json.dumps(MANAGED)),
        )["capacityProvider"]["capacityProviderArn"]
        self.aws(
            "put-cluster-capacity-providers",
            *("--cluster", "daemon-test", "--capacity-providers", "managed"),
            *("--default-capacity-provider-strategy", "capacityProvider=managed,weight=1"),
        )

    def register_agent(self, image):
        return self.aws(
            "register-daemon-task-definition",
            *("--family", "monitoring-agent"),
            *("--execution-role-arn", f"{ACCOUNT}:role/execution"),
            *("--cpu", "256", "--memory", "512"),
            *("--container-definitions", agent(image)),
        )["daemonTaskDefinitionArn"]

    def create_daemon(self, definition, *more):
        self.daemon = self.aws(
            "create-daemon",
            *("--cluster-arn", self.cluster, "--daemon-name", "monitoring-agent"),
            *("--daemon-task-definition-arn", definition, "--capacity-provider-arns", self.provider),
            *more,
        )["daemonArn"]

    def update_daemon(self, definition):
        """Nothing but what the command requires; the ARN of the deployment."""
        return self.aws(
            "update-daemon",
            *("--daemon-arn", self.daemon, "--daemon-task-definition-arn", definition),
            *("--capacity-provider-arns", self.provider),
        )["deploymentArn"]

    def create_application(self):
        self.aws(
            "register-task-definition",
            *("--family", "app", "--network-mode", "awsvpc"),
            *("--requires-compatibilities", "MANAGED_INSTANCES"),
            *("--task-role-arn", f"{ACCOUNT}:role/task", "--execution-role-arn", f"{ACCOUNT}:role/execution"),
            *("--cpu", "512", "--memory", "1024"),
            *("--container-definitions", application()),
        )
        self.aws(
            "create-service",
            *("--cluster", "daemon-test", "--service-name", "app-svc", "--task-definition", "app:1"),
            *("--capacity-provider-strategy", "capacityProvider=managed,weight=1"),
            "--network-configuration",
            "awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-1]}",
            "--enable-execute-command",
            *("--desired-count", "1"),
        )

    def deployment_status(self):
        """Status of the newest deployment of the daemon."""
        listed = self.aws("list-daemon-deployments", "--daemon-arn", self.daemon)
        return listed["daemonDeployments"][0]["status"]

    def running_applications(self):
        described = self.aws("describe-services", "--cluster", "daemon-test", "--services", "app-svc")
        return described["services"][0]["runningCount"]

    def instances(self):
        """EC2 id, status and number of tasks of each instance, the one that was there first in front."""
        arns = self.aws("list-container-instances", "--cluster", "daemon-test")["containerInstanceArns"]
        described = self.aws(
            "describe-container-instances", "--cluster", "daemon-test", "--container-instances", *arns
        )["containerInstances"]
        seen = [(each["ec2InstanceId"], each["status"], each["runningTasksCount"]) for each in described]
        return sorted(seen, key=lambda each: each[0] != self.first)

    def started(self):
        """When the newest tasks of daemon and application started."""
        arns = self.aws("list-tasks", "--cluster", "daemon-test")["taskArns"]
        tasks = self.aws("describe-tasks", "--cluster", "daemon-test", "--tasks", *arns)["tasks"]
        started = {}
        for task in tasks:
            # This version of the CLI writes times as they came: in seconds.
            started[task["group"]] = max(task.get("startedAt", 0), started.get(task["group"], 0))
        return started["daemon:monitoring-agent"], started["service:app-svc"]
