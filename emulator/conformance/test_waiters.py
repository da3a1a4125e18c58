"""The waiters of the SDK, with their own number of attempts."""

import botocore.exceptions
import target


class Waiters(target.Case):
    def test_daemon_active(self):
        made = self.daemon(self.definition())
        self.ecs.get_waiter("daemon_active").wait(daemonArn=made["daemonArn"], WaiterConfig=self.pace())

    def test_daemon_deployment_successful(self):
        made = self.daemon(self.definition())
        waiter = self.ecs.get_waiter("daemon_deployment_successful")
        waiter.wait(daemonDeploymentArns=[made["deploymentArn"]], WaiterConfig=self.pace())

    def test_daemon_task_definition_deleted(self):
        definition = self.definition()
        waiter = self.ecs.get_waiter("daemon_task_definition_active")
        waiter.wait(daemonTaskDefinition=definition, WaiterConfig=self.pace())
        self.ecs.delete_daemon_task_definition(daemonTaskDefinition=definition)
        waiter = self.ecs.get_waiter("daemon_task_definition_deleted")
        waiter.wait(daemonTaskDefinition=definition, WaiterConfig=self.pace())

    def test_unknown_deployments_fail_at_once(self):
        made = self.daemon(self.definition())
        unknown = made["deploymentArn"].rsplit("/", 1)[0] + "/unknown"
        self.fails("daemon_deployment_successful", daemonDeploymentArns=[unknown])

    def test_overtaken_deployments_have_stopped(self):
        definition = self.definition()
        made = self.daemon(definition)
        self.ecs.update_daemon(
            daemonArn=made["daemonArn"], daemonTaskDefinitionArn=definition, capacityProviderArns=self.providers
        )
        waiter = self.ecs.get_waiter("daemon_deployment_stopped")
        waiter.wait(daemonDeploymentArns=[made["deploymentArn"]], WaiterConfig=self.pace())
        self.fails("daemon_deployment_successful", daemonDeploymentArns=[made["deploymentArn"]])

    @target.emulator_only("an image that fails")
    def test_rollbacks_are_failures(self):
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        self.emulator.control("POST", "faults", {"image": f"broken-{self.name}", "effect": "fails_to_start", "count": None})
        updated = self.ecs.update_daemon(
            daemonArn=made["daemonArn"],
            daemonTaskDefinitionArn=self.definition(image=f"broken-{self.name}"),
            capacityProviderArns=self.providers,
        )
        self.fails("daemon_deployment_successful", limit=100, daemonDeploymentArns=[updated["deploymentArn"]])

    def fails(self, name, limit=8, **arguments):
        with self.assertRaises(botocore.exceptions.WaiterError) as caught:
            self.ecs.get_waiter(name).wait(WaiterConfig=self.pace(MaxAttempts=limit), **arguments)
        self.assertIn("terminal failure", str(caught.exception))
