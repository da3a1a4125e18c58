"""A suite as an author of scripts or modules would write it: a rollout, two rollbacks, and a caller that resets settings."""

import typing

import pytest
from ecs_emulator import Emulator, Fleet


class Agent:
    """The daemon under test, as a script deploys it."""

    def __init__(self, ecs: typing.Any, fleet: Fleet) -> None:
        self.ecs, self.fleet = ecs, fleet
        created = ecs.create_daemon(
            daemonName="agent",
            clusterArn=fleet.cluster_arn,
            daemonTaskDefinitionArn=self.define("agent:1"),
            capacityProviderArns=[fleet.capacity_provider_arn],
            enableExecuteCommand=True,
        )
        self.arn = created["daemonArn"]
        self.wait(created["deploymentArn"])

    def define(self, image: str) -> str:
        """A revision of the task definition."""
        registered = self.ecs.register_daemon_task_definition(
            family="agent", cpu="128", memory="128", containerDefinitions=[{"name": "agent", "image": image}]
        )
        return str(registered["daemonTaskDefinitionArn"])

    def update(self, image: str, **settings: object) -> str:
        """Begins a rollout, and answers its deployment."""
        updated = self.ecs.update_daemon(
            daemonArn=self.arn,
            daemonTaskDefinitionArn=self.define(image),
            capacityProviderArns=[self.fleet.capacity_provider_arn],
            **settings,
        )
        return str(updated["deploymentArn"])

    def wait(self, deployment: str) -> None:
        """Until the rollout has succeeded."""
        waiter = self.ecs.get_waiter("daemon_deployment_successful")
        waiter.wait(daemonDeploymentArns=[deployment], WaiterConfig={"Delay": 0, "MaxAttempts": 100})

    def deployment(self, arn: str) -> typing.Any:
        """A deployment as ECS describes it."""
        return self.ecs.describe_daemon_deployments(daemonDeploymentArns=[arn])["daemonDeployments"][0]


@pytest.fixture
def agent(ecs_client: typing.Any, ecs_fleet: Fleet) -> Agent:
    """The daemon, rolled out."""
    return Agent(ecs_client, ecs_fleet)


@pytest.mark.ecs_fleet(instances=4)
def test_a_new_image_reaches_every_instance(agent: Agent) -> None:
    deployment = agent.update("agent:2")
    agent.wait(deployment)
    assert agent.deployment(deployment)["status"] == "SUCCESSFUL"


def test_an_image_that_cannot_start_is_rolled_back(agent: Agent, ecs_emulator: Emulator) -> None:
    with ecs_emulator.fault(image="*:broken", effect="fails_to_start", count="for_ever") as fault:
        deployment = agent.update("agent:broken")
        ecs_emulator.settle()
        assert agent.deployment(deployment)["status"] == "ROLLBACK_SUCCESSFUL"
        assert fault.fired() >= 3


def test_an_alarm_during_the_bake_time_rolls_back(agent: Agent, ecs_emulator: Emulator) -> None:
    alarms = {"alarmNames": ["errors"], "enable": True}
    deployment = agent.update("agent:2", deploymentConfiguration={"bakeTimeInMinutes": 60, "alarms": alarms})
    ecs_emulator.advance(3600)
    assert agent.deployment(deployment)["status"] == "IN_PROGRESS"
    ecs_emulator.alarm("errors")
    ecs_emulator.settle()
    assert agent.deployment(deployment)["status"] == "ROLLBACK_SUCCESSFUL"


def test_a_bare_update_resets_what_it_leaves_out(agent: Agent, ecs_emulator: Emulator) -> None:
    agent.wait(agent.update("agent:1"))
    requests = ecs_emulator.journal("UpdateDaemon")
    assert [sorted(entry["request"]) for entry in requests] == [
        ["capacityProviderArns", "daemonArn", "daemonTaskDefinitionArn"]
    ]
    world = ecs_emulator.world()["regions"][0]["clusters"][0]
    assert world["daemons"][0]["revisions"][-1]["execute_command"] is False
