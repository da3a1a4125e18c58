"""Every refusal as the typed exception that the client has for it."""

import target

UNKNOWN = "arn:aws:ecs:us-east-1:123456789012:{}"


class Errors(target.Case):
    instances = 0

    def refused(self, exception, text, call, **arguments):
        """A call that must be refused with this type; the text is a part of the message."""
        kind = getattr(self.ecs.exceptions, exception)
        with self.assertRaises(kind) as caught:
            call(**arguments)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], exception)
        self.assertIn(text.lower(), error["Message"].lower())
        self.assertRegex(caught.exception.response["ResponseMetadata"]["RequestId"], "^[0-9a-f-]{36}$")

    def unknown(self, resource):
        return self.cluster.split(":cluster/")[0] + ":" + resource

    def test_unknown_daemon(self):
        cluster = self.cluster.rsplit("/", 1)[-1]
        arn = self.unknown(f"daemon/{cluster}/{self.name}")
        definition = self.definition()
        for call in (self.ecs.describe_daemon, self.ecs.delete_daemon):
            self.refused("DaemonNotFoundException", "", call, daemonArn=arn)
        self.refused(
            "DaemonNotFoundException",
            "",
            self.ecs.update_daemon,
            daemonArn=arn,
            daemonTaskDefinitionArn=definition,
            capacityProviderArns=self.providers,
        )

    def test_unknown_cluster(self):
        self.refused(
            "ClusterNotFoundException",
            "cluster not found",
            self.ecs.create_daemon,
            daemonName=self.name,
            clusterArn=self.unknown("cluster/conformance-none"),
            daemonTaskDefinitionArn=self.definition(),
            capacityProviderArns=self.providers,
        )

    def test_unknown_task_definition(self):
        for call in (self.ecs.describe_daemon_task_definition, self.ecs.delete_daemon_task_definition):
            self.refused("ClientException", "not found", call, daemonTaskDefinition=f"{self.name}:7")

    def test_deleted_task_definition(self):
        definition = self.definition()
        made = self.daemon(definition)
        self.succeeds(made["deploymentArn"])
        self.ecs.delete_daemon_task_definition(daemonTaskDefinition=definition)
        self.refused(
            "ClientException",
            "being deleted",
            self.ecs.delete_daemon_task_definition,
            daemonTaskDefinition=definition,
        )

    def test_values_that_break_the_model(self):
        definition = self.definition()
        common = {
            "daemonName": self.name,
            "clusterArn": self.cluster,
            "daemonTaskDefinitionArn": definition,
            "capacityProviderArns": self.providers,
        }
        for change in (
            {"capacityProviderArns": []},
            {"propagateTags": "SOMETIMES"},
            {"deploymentConfiguration": {"drainPercent": 101.0}},
            {"deploymentConfiguration": {"bakeTimeInMinutes": 1441}},
            {"daemonName": "no spaces"},
        ):
            with self.subTest(change=change):
                # Whatever botocore does not refuse itself has to be refused by the service.
                self.refused("InvalidParameterException", "", self.ecs.create_daemon, **{**common, **change})

    def test_second_deletion(self):
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        self.ecs.delete_daemon(daemonArn=made["daemonArn"])
        try:
            self.ecs.delete_daemon(daemonArn=made["daemonArn"])
        except self.ecs.exceptions.InvalidParameterException as error:
            self.assertIn("deletion is ongoing", str(error))
        except self.ecs.exceptions.DaemonNotFoundException:
            pass  # It was quicker than the second call.

    def test_taken_name(self):
        definition = self.definition()
        self.daemon(definition)
        with self.assertRaises(self.ecs.exceptions.ClientError) as caught:
            self.daemon(definition)
        self.assertIn(caught.exception.response["Error"]["Code"], ("ClientException", "InvalidParameterException"))

    def test_client_token(self):
        definition = self.definition()
        first = self.daemon(definition, clientToken=self.name)
        self.assertEqual(self.daemon(definition, clientToken=self.name)["daemonArn"], first["daemonArn"])

    def test_token_of_another_list(self):
        self.refused(
            "InvalidParameterException",
            "nextToken",
            self.ecs.list_daemon_task_definitions,
            family=self.name,
            nextToken="nonsense",
        )

    def test_containers_in_use(self):
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        provider = self.providers[0].rsplit("/", 1)[-1]
        text = "Daemon services are still associated with this capacity provider"
        self.refused("ClientException", text, self.ecs.delete_capacity_provider, capacityProvider=provider)
        text = "cannot be deleted while Cluster Scoped Capacity Providers are attached"
        self.refused("ClientException", text, self.ecs.delete_cluster, cluster=self.cluster)
