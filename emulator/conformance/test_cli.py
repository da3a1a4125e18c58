"""Article A of the launch of managed daemons with an unmodified AWS CLI: its commands, in its order, at its times."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import target

CLI = pathlib.Path(sys.executable).with_name("aws")
MANAGED = {
    "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
    "instanceLaunchTemplate": {
        "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/instance",
        "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
        "instanceRequirements": {"vCpuCount": {"min": 2, "max": 4}, "memoryMiB": {"min": 4096, "max": 8192}},
    },
}
LOGS = {"awslogs-group": "/ecs/daemon", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "daemon"}


def containers(image):
    agent = {
        "name": "agent",
        "image": image,
        "essential": True,
        "memoryReservation": 256,
        "logConfiguration": {"logDriver": "awslogs", "options": LOGS},
    }
    return json.dumps([agent])


@target.emulator_only("its own clock")
@unittest.skipUnless(CLI.exists(), "this environment has no AWS CLI")
class Article(unittest.TestCase):
    def aws(self, *arguments):
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL_ECS": self.emulator.url,
            "AWS_ACCESS_KEY_ID": "AKIACONFORMANCE00001",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        command = [sys.executable, str(CLI), "ecs", *arguments, "--output", "json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout or "{}")

    def register(self, image):
        return self.aws(
            "register-daemon-task-definition",
            *("--family", "monitoring-agent"),
            *("--execution-role-arn", "arn:aws:iam::123456789012:role/execution"),
            *("--cpu", "256", "--memory", "512"),
            *("--container-definitions", containers(image)),
        )["daemonTaskDefinitionArn"]

    def row(self):
        """Status of the newest deployment, and of each instance with its number of tasks."""
        newest = self.aws("list-daemon-deployments", "--daemon-arn", self.daemon)["daemonDeployments"][0]
        arns = self.aws("list-container-instances", "--cluster", "daemon-test")["containerInstanceArns"]
        described = self.aws(
            "describe-container-instances", "--cluster", "daemon-test", "--container-instances", *arns
        )["containerInstances"]
        seen = {each["ec2InstanceId"]: (each["status"], each["runningTasksCount"]) for each in described}
        order = sorted(seen, key=lambda id: id != self.first)
        return newest["status"], [seen[id] for id in order]

    def test_rollout_on_one_instance(self):
        self.emulator = target.Emulator("--clock", "manual")
        self.addCleanup(self.emulator.end)
        cluster = self.aws("create-cluster", "--cluster-name", "daemon-test")["cluster"]["clusterArn"]
        provider = self.aws(
            "create-capacity-provider",
            *("--name", "managed", "--cluster", "daemon-test"),
            *("--managed-instances-provider", json.dumps(MANAGED)),
        )["capacityProvider"]["capacityProviderArn"]
        self.aws(
            "put-cluster-capacity-providers",
            *("--cluster", "daemon-test", "--capacity-providers", "managed"),
            *("--default-capacity-provider-strategy", "capacityProvider=managed,weight=1"),
        )
        first = self.register("public.ecr.aws/nginx/nginx:alpine")
        self.assertTrue(first.endswith(":daemon-task-definition/monitoring-agent:1"), first)
        self.daemon = self.aws(
            "create-daemon",
            *("--cluster-arn", cluster, "--daemon-name", "monitoring-agent"),
            *("--daemon-task-definition-arn", first, "--capacity-provider-arns", provider),
            "--enable-execute-command",
        )["daemonArn"]
        self.emulator.control("POST", "clock", {"settle": True})
        self.emulator.control("POST", "instances", {"capacity_provider": "managed", "count": 1})
        arns = self.aws("list-container-instances", "--cluster", "daemon-test")["containerInstanceArns"]
        described = self.aws("describe-container-instances", "--cluster", "daemon-test", "--container-instances", *arns)
        self.first = described["containerInstances"][0]["ec2InstanceId"]

        second = self.register("public.ecr.aws/nginx/nginx:latest")
        updated = self.aws(
            "update-daemon",
            *("--daemon-arn", self.daemon, "--daemon-task-definition-arn", second),
            *("--capacity-provider-arns", provider),
        )
        self.rollout()
        deployment = self.aws(
            "describe-daemon-deployments", "--daemon-deployment-arns", updated["deploymentArn"]
        )["daemonDeployments"][0]
        self.assertEqual(deployment["circuitBreaker"], {"failureCount": 0, "status": "MONITORING_COMPLETE", "threshold": 3})
        self.assertEqual(deployment["deploymentConfiguration"]["drainPercent"], 25.0)
        self.assertEqual(deployment["deploymentConfiguration"]["bakeTimeInMinutes"], 0)
        self.clean_up()

    def rollout(self):
        """The rows of the article's table, without the application that it ran beside the daemon."""
        elapsed = 0
        for minutes, seconds, deployment, instances in (
            (0, 40, "IN_PROGRESS", [("DRAINING", 1)]),
            (1, 53, "IN_PROGRESS", [("DRAINING", 1), ("REGISTERING", 1)]),
            (2, 29, "IN_PROGRESS", [("DRAINING", 1), ("ACTIVE", 1)]),
            (3, 42, "IN_PROGRESS", [("DEREGISTERING", 0), ("ACTIVE", 1)]),
            (4, 54, "SUCCESSFUL", [("ACTIVE", 1)]),
        ):
            with self.subTest(at=f"{minutes}:{seconds:02}"):
                step = 60 * minutes + seconds - elapsed
                elapsed += step
                self.emulator.control("POST", "clock", {"advance_seconds": step})
                self.assertEqual(self.row(), (deployment, instances))

    def clean_up(self):
        self.aws("delete-daemon", "--daemon-arn", self.daemon)
        self.emulator.control("POST", "clock", {"advance_seconds": 60})
        self.aws("delete-capacity-provider", "--capacity-provider", "managed")
        self.emulator.control("POST", "clock", {"advance_seconds": 60})
        deleted = self.aws("delete-cluster", "--cluster", "daemon-test")
        self.assertEqual(deleted["cluster"]["status"], "INACTIVE")

    def test_updates_without_providers_are_refused_by_the_client(self):
        done = subprocess.run(
            [sys.executable, str(CLI), "ecs", "update-daemon", "--daemon-arn", "a", "--daemon-task-definition-arn", "b"],
            env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("capacity-provider-arns", done.stderr)
