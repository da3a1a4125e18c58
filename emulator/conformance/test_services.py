"""Services and tasks beside the daemons: what the operations answer, and the waiters and refusals of the SDK for them."""

import botocore.exceptions
import target


@target.emulator_only("a network for tasks, which the account would have to name")
class Applications(target.Case):
    """A case with an application to run."""

    instances = 0

    def setUp(self):
        super().setUp()
        self.register()

    def register(self, image=target.IMAGE, **more):
        container = {"name": "app", "image": image, "essential": True}
        made = self.ecs.register_task_definition(
            family=self.name,
            requiresCompatibilities=["MANAGED_INSTANCES"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[container],
            **more,
        )
        return made["taskDefinition"]["taskDefinitionArn"]

    def network(self):
        return {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}

    def strategy(self):
        return [{"capacityProvider": self.providers[0].rsplit("/", 1)[-1], "weight": 1}]

    def common(self):
        return {
            "cluster": self.cluster,
            "taskDefinition": self.name,
            "capacityProviderStrategy": self.strategy(),
            "networkConfiguration": self.network(),
        }

    def service(self, count=2, **more):
        made = self.ecs.create_service(serviceName=self.name, desiredCount=count, **self.common(), **more)
        return made["service"]

    def run_task(self, count=1, **more):
        return self.ecs.run_task(count=count, **self.common(), **more)["tasks"]

    def waits(self, waiter, **arguments):
        self.ecs.get_waiter(waiter).wait(cluster=self.cluster, WaiterConfig=self.pace(), **arguments)

    def described(self):
        [service] = self.ecs.describe_services(cluster=self.cluster, services=[self.name], include=["TAGS"])["services"]
        return service


class Services(Applications):
    def test_service_life(self):
        made = self.service(tags=[{"key": "team", "value": "a"}], propagateTags="SERVICE")
        self.assertEqual((made["status"], made["desiredCount"], made["runningCount"]), ("ACTIVE", 2, 0))
        self.waits("services_stable", services=[self.name])
        service = self.described()
        self.assertEqual((service["runningCount"], service["pendingCount"]), (2, 0))
        self.assertEqual(service["tags"], [{"key": "team", "value": "a"}])
        self.assertEqual([each["rolloutState"] for each in service["deployments"]], ["COMPLETED"])
        arns = self.ecs.list_tasks(cluster=self.cluster, serviceName=self.name)["taskArns"]
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns, include=["TAGS"])["tasks"]
        self.assertEqual({task["group"] for task in tasks}, {f"service:{self.name}"})
        self.assertEqual([task["tags"] for task in tasks], [[{"key": "team", "value": "a"}]] * 2)

        second = self.register(image=f"{target.IMAGE}-slim")
        self.ecs.update_service(cluster=self.cluster, service=self.name, taskDefinition=second, desiredCount=3)
        self.waits("services_stable", services=[made["serviceArn"]])
        service = self.described()
        self.assertEqual((service["taskDefinition"], service["runningCount"]), (second, 3))

        self.ecs.update_service(cluster=self.cluster, service=self.name, desiredCount=0)
        deleted = self.ecs.delete_service(cluster=self.cluster, service=self.name)["service"]
        self.assertEqual(deleted["status"], "DRAINING")
        self.waits("services_inactive", services=[self.name])
        self.assertEqual(self.ecs.list_services(cluster=self.cluster)["serviceArns"], [])

    def test_deployments(self):
        self.service()
        self.waits("services_stable", services=[self.name])
        self.ecs.update_service(cluster=self.cluster, service=self.name, forceNewDeployment=True)
        self.waits("services_stable", services=[self.name])
        listed = self.ecs.list_service_deployments(cluster=self.cluster, service=self.name)["serviceDeployments"]
        self.assertEqual([each["status"] for each in listed], ["SUCCESSFUL", "SUCCESSFUL"])
        arn = listed[0]["serviceDeploymentArn"]
        described = self.ecs.describe_service_deployments(serviceDeploymentArns=[arn, f"{arn}x"])
        [deployment] = described["serviceDeployments"]
        revision = listed[0]["targetServiceRevisionArn"]
        self.assertEqual(deployment["targetServiceRevision"]["arn"], revision)
        [revision] = self.ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
        self.assertEqual([each["image"] for each in revision["containerImages"]], [target.IMAGE])
        self.assertEqual([each["reason"] for each in described["failures"]], ["MISSING"])

    def test_a_deployment_that_is_stopped_goes_back(self):
        self.service()
        self.waits("services_stable", services=[self.name])
        self.ecs.update_service(cluster=self.cluster, service=self.name, forceNewDeployment=True)
        here = {"cluster": self.cluster, "service": self.name}
        arn = self.ecs.list_service_deployments(**here)["serviceDeployments"][0]["serviceDeploymentArn"]
        stopped = self.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        self.assertEqual(stopped["serviceDeploymentArn"], arn)
        self.waits("services_stable", services=[self.name])
        listed = self.ecs.list_service_deployments(**here)["serviceDeployments"]
        self.assertEqual([each["status"] for each in listed], ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"])
        with self.assertRaises(self.ecs.exceptions.ConflictException):
            self.ecs.stop_service_deployment(serviceDeploymentArn=arn)
        with self.assertRaises(self.ecs.exceptions.ServiceDeploymentNotFoundException):
            self.ecs.stop_service_deployment(serviceDeploymentArn=f"{arn}x")

    def test_protected_tasks(self):
        self.service()
        self.waits("services_stable", services=[self.name])
        arns = self.ecs.list_tasks(cluster=self.cluster, serviceName=self.name)["taskArns"]
        [alone] = self.run_task()
        updated = self.ecs.update_task_protection(
            cluster=self.cluster, tasks=[arns[0], alone["taskArn"]], protectionEnabled=True, expiresInMinutes=60
        )
        self.assertEqual([each["taskArn"] for each in updated["protectedTasks"]], arns[:1])
        self.assertEqual([each["reason"] for each in updated["failures"]], ["TASK_NOT_VALID"])
        asked = self.ecs.get_task_protection(cluster=self.cluster, tasks=arns)["protectedTasks"]
        self.assertEqual([each["protectionEnabled"] for each in asked], [True, False])
        self.ecs.update_service(cluster=self.cluster, service=self.name, desiredCount=0)
        self.emulator.control("POST", "clock", {"advance_seconds": 600})
        listed = self.ecs.list_tasks(cluster=self.cluster, serviceName=self.name)["taskArns"]
        self.assertEqual(listed, arns[:1])

    def test_pages_and_families(self):
        for number in range(3):
            self.ecs.create_service(serviceName=f"{self.name}-{number}", desiredCount=0, **self.common())
        pages = self.ecs.get_paginator("list_services").paginate(
            cluster=self.cluster, PaginationConfig={"PageSize": 2}
        )
        self.assertEqual([len(page["serviceArns"]) for page in pages], [2, 1])
        second = self.register()
        self.assertTrue(second.endswith(f"/{self.name}:2"), second)
        families = self.ecs.list_task_definition_families(familyPrefix=self.name)["families"]
        self.assertEqual(families, [self.name])
        definitions = self.ecs.list_task_definitions(familyPrefix=self.name, sort="DESC")["taskDefinitionArns"]
        self.assertEqual([arn.rsplit(":", 1)[-1] for arn in definitions], ["2", "1"])
        gone = self.ecs.deregister_task_definition(taskDefinition=second)["taskDefinition"]
        self.assertEqual(gone["status"], "INACTIVE")
        deleted = self.ecs.delete_task_definitions(taskDefinitions=[second, f"{self.name}:1", f"{self.name}:9"])
        self.assertEqual([each["status"] for each in deleted["taskDefinitions"]], ["DELETE_IN_PROGRESS"])
        self.assertEqual([each["reason"] for each in deleted["failures"]], ["ACTIVE", "MISSING"])

    def test_services_move_while_a_daemon_rolls_out(self):
        self.service()
        self.waits("services_stable", services=[self.name])
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        self.waits("services_stable", services=[self.name])
        self.assertEqual(self.described()["runningCount"], 2)


class Tasks(Applications):
    def test_task_life(self):
        tasks = self.run_task(count=2, startedBy="somebody", group="batch")
        self.assertEqual([task["lastStatus"] for task in tasks], ["PROVISIONING"] * 2)
        arns = [task["taskArn"] for task in tasks]
        self.waits("tasks_running", tasks=arns)
        listed = self.ecs.list_tasks(cluster=self.cluster, startedBy="somebody")["taskArns"]
        self.assertEqual(sorted(listed), sorted(arns))
        stopped = self.ecs.stop_task(cluster=self.cluster, task=arns[0], reason="enough")["task"]
        self.assertEqual((stopped["desiredStatus"], stopped["stoppedReason"]), ("STOPPED", "enough"))
        self.waits("tasks_stopped", tasks=arns[:1])
        [task] = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns[:1])["tasks"]
        self.assertEqual((task["lastStatus"], task["stopCode"]), ("STOPPED", "UserInitiated"))

    def test_tasks_on_a_machine_that_is_named(self):
        self.waits("tasks_running", tasks=[self.run_task()[0]["taskArn"]])
        [instance] = self.ecs.list_container_instances(cluster=self.cluster)["containerInstanceArns"]
        here = {"cluster": self.cluster, "taskDefinition": self.name}
        unknown = instance.rsplit("/", 1)[0] + "/" + "0" * 32
        started = self.ecs.start_task(containerInstances=[instance, unknown], **here)
        self.assertEqual([each["reason"] for each in started["failures"]], ["MISSING"])
        [task] = started["tasks"]
        self.assertEqual(task["containerInstanceArn"], instance)
        self.waits("tasks_running", tasks=[task["taskArn"]])
        there = {"cluster": self.cluster, "containerInstance": instance}
        with self.assertRaises(self.ecs.exceptions.InvalidParameterException) as caught:
            self.ecs.deregister_container_instance(**there)
        self.assertIn("Found running tasks on the instance", str(caught.exception))
        gone = self.ecs.deregister_container_instance(force=True, **there)["containerInstance"]
        self.assertEqual(gone["status"], "INACTIVE")
        self.waits("tasks_stopped", tasks=[task["taskArn"]])

    def test_there_is_no_shell(self):
        [closed], [open_] = self.run_task(), self.run_task(enableExecuteCommand=True)
        self.waits("tasks_running", tasks=[closed["taskArn"], open_["taskArn"]])
        command = {"cluster": self.cluster, "command": "sh", "interactive": True}
        with self.assertRaises(self.ecs.exceptions.InvalidParameterException) as caught:
            self.ecs.execute_command(task=closed["taskArn"], **command)
        self.assertIn("execute command was not enabled", str(caught.exception))
        with self.assertRaises(self.ecs.exceptions.TargetNotConnectedException) as caught:
            self.ecs.execute_command(task=open_["taskArn"], **command)
        self.assertIn("there is no shell", str(caught.exception))

    def test_tasks_that_do_not_start_fail_the_waiter(self):
        self.emulator.control("POST", "faults", {"image": "broken-*", "effect": "fails_to_start", "count": None})
        self.register(image=f"broken-{self.name}")
        [task] = self.run_task()
        self.fails("tasks_running", tasks=[task["taskArn"]])

    def test_unknown_tasks_and_services_fail_the_waiters(self):
        self.fails("tasks_running", tasks=["0" * 32])
        self.fails("services_stable", services=["nothing"])

    def fails(self, name, **arguments):
        with self.assertRaises(botocore.exceptions.WaiterError) as caught:
            self.ecs.get_waiter(name).wait(cluster=self.cluster, WaiterConfig=self.pace(), **arguments)
        self.assertIn("terminal failure", str(caught.exception))


class Refusals(Applications):
    """Every refusal as the client's typed exception."""

    def refused(self, exception, text, call, **arguments):
        with self.assertRaises(getattr(self.ecs.exceptions, exception)) as caught:
            call(**arguments)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], exception)
        self.assertIn(text.lower(), error["Message"].lower())

    def test_unknown_clusters(self):
        there = {"cluster": "conformance-none"}
        for call, arguments in (
            (self.ecs.create_service, {**self.common(), "serviceName": self.name}),
            (self.ecs.run_task, self.common()),
            (self.ecs.update_service, {"service": self.name}),
            (self.ecs.delete_service, {"service": self.name}),
            (self.ecs.describe_services, {"services": [self.name]}),
            (self.ecs.list_services, {}),
            (self.ecs.list_service_deployments, {"service": self.name}),
            (self.ecs.describe_tasks, {"tasks": ["a"]}),
            (self.ecs.list_tasks, {}),
            (self.ecs.stop_task, {"task": "a"}),
            (self.ecs.list_container_instances, {}),
            (self.ecs.describe_container_instances, {"containerInstances": ["a"]}),
            (self.ecs.update_container_instances_state, {"containerInstances": ["a"], "status": "DRAINING"}),
        ):
            # Clients of some versions know the exception for some calls only; the code is the same.
            with self.subTest(call=call.__name__):
                self.refused("ClusterNotFoundException", "cluster not found", call, **{**arguments, **there})

    def test_unknown_services(self):
        there = {"cluster": self.cluster, "service": "nothing"}
        for call in (self.ecs.update_service, self.ecs.delete_service, self.ecs.list_service_deployments):
            with self.subTest(call=call.__name__):
                self.refused("ServiceNotFoundException", "service not found", call, **there)
        self.refused(
            "ServiceNotFoundException", "", self.ecs.list_tasks, cluster=self.cluster, serviceName="nothing"
        )

    def test_services_that_are_gone(self):
        self.service(count=0)
        self.ecs.delete_service(cluster=self.cluster, service=self.name)
        self.refused(
            "ServiceNotActiveException",
            "not active",
            self.ecs.update_service,
            cluster=self.cluster,
            service=self.name,
        )

    def test_services_in_use(self):
        self.service(count=1)
        again = {**self.common(), "serviceName": self.name}
        self.refused("InvalidParameterException", "not idempotent", self.ecs.create_service, **again)
        here = {"cluster": self.cluster, "service": self.name}
        self.refused("InvalidParameterException", "scaled above 0", self.ecs.delete_service, **here)
        provider = self.strategy()[0]["capacityProvider"]
        self.refused(
            "ResourceInUseException", "in use", self.ecs.put_cluster_capacity_providers,
            cluster=self.cluster, capacityProviders=[], defaultCapacityProviderStrategy=[],
        )
        with self.assertRaises(self.ecs.exceptions.ClientError) as caught:
            self.ecs.delete_capacity_provider(capacityProvider=provider)
        self.assertTrue(hasattr(self.ecs.exceptions, caught.exception.response["Error"]["Code"]))

    def test_unknown_task_definitions(self):
        missing = {**self.common(), "taskDefinition": f"{self.name}:7"}
        self.refused(
            "ClientException", "not found", self.ecs.create_service, **{**missing, "serviceName": self.name}
        )
        self.refused("ClientException", "not found", self.ecs.run_task, **missing)
        for call in (self.ecs.describe_task_definition, self.ecs.deregister_task_definition):
            self.refused("ClientException", "task definition", call, taskDefinition=f"{self.name}:7")

    def test_unknown_tasks(self):
        self.refused(
            "InvalidParameterException", "not found", self.ecs.stop_task, cluster=self.cluster, task="0" * 32
        )
        described = self.ecs.describe_tasks(cluster=self.cluster, tasks=["0" * 32])
        self.assertEqual([each["reason"] for each in described["failures"]], ["MISSING"])

    def test_what_the_emulator_does_not_have(self):
        balancer = {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:x", "containerName": "app", "containerPort": 80}
        create = {**self.common(), "serviceName": self.name}
        for change in (
            {"loadBalancers": [balancer]},
            {"schedulingStrategy": "DAEMON"},
            {"deploymentController": {"type": "EXTERNAL"}},
        ):
            with self.subTest(change=change):
                self.refused(
                    "UnsupportedFeatureException", "does not support", self.ecs.create_service, **{**create, **change}
                )

    def test_updates_of_daemons_without_providers(self):
        """Article B leaves them out; a client that does not look lets the service refuse it."""
        made = self.daemon(self.definition())
        lax = target.client("ecs", self.emulator, parameter_validation=False)
        with self.assertRaises(lax.exceptions.InvalidParameterException) as caught:
            lax.update_daemon(daemonArn=made["daemonArn"], daemonTaskDefinitionArn=self.definition())
        self.assertIn("capacityProviderArns", str(caught.exception))
