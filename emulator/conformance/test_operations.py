"""Every daemon operation: what it answers to a client that shares nothing with the emulator."""

import target


class Operations(target.Case):
    def test_task_definition_life(self):
        first = self.definition(tags=[{"key": "team", "value": "a"}])
        second = self.definition(image=f"{target.IMAGE}-slim")
        described = self.ecs.describe_daemon_task_definition(daemonTaskDefinition=self.name)["daemonTaskDefinition"]
        self.assertEqual((described["daemonTaskDefinitionArn"], described["revision"]), (second, 2))
        self.assertEqual(described["status"], "ACTIVE")
        self.assertEqual(described["containerDefinitions"][0]["memoryReservation"], 128)
        listed = self.ecs.list_daemon_task_definitions(family=self.name, sort="DESC")["daemonTaskDefinitions"]
        self.assertEqual([each["arn"] for each in listed], [second, first])
        last = self.ecs.list_daemon_task_definitions(familyPrefix=self.name, revision="LAST_REGISTERED")
        self.assertEqual([each["arn"] for each in last["daemonTaskDefinitions"]], [second])
        self.assertEqual(self.ecs.list_tags_for_resource(resourceArn=first)["tags"], [{"key": "team", "value": "a"}])
        deleted = self.ecs.delete_daemon_task_definition(daemonTaskDefinition=first)
        self.assertEqual(deleted["daemonTaskDefinitionArn"], first)
        deleting = self.ecs.describe_daemon_task_definition(daemonTaskDefinition=first)["daemonTaskDefinition"]
        self.assertIn(deleting["status"], ("DELETE_IN_PROGRESS", "DELETED"))
        self.assertIn("deleteRequestedAt", deleting)

    def test_daemon_life(self):
        first, second = self.definition(), self.definition()
        made = self.daemon(
            first,
            deploymentConfiguration={"drainPercent": 50.0, "bakeTimeInMinutes": 1},
            propagateTags="DAEMON",
            enableECSManagedTags=True,
            tags=[{"key": "team", "value": "a"}],
        )
        self.assertEqual(made["status"], "ACTIVE")
        self.succeeds(made["deploymentArn"])
        daemon = self.ecs.describe_daemon(daemonArn=made["daemonArn"])["daemon"]
        self.assertEqual((daemon["clusterArn"], daemon["deploymentArn"]), (self.cluster, made["deploymentArn"]))
        revision = self.revision(daemon["currentRevisions"][0]["arn"])
        self.assertEqual(revision["daemonTaskDefinitionArn"], first)
        self.assertEqual((revision["propagateTags"], revision["enableECSManagedTags"]), ("DAEMON", True))

        updated = self.ecs.update_daemon(
            daemonArn=made["daemonArn"], daemonTaskDefinitionArn=second, capacityProviderArns=self.providers
        )
        self.assertNotEqual(updated["deploymentArn"], made["deploymentArn"])
        self.succeeds(updated["deploymentArn"])
        daemon = self.ecs.describe_daemon(daemonArn=made["daemonArn"])["daemon"]
        revision = self.revision(daemon["currentRevisions"][0]["arn"])
        self.assertEqual(revision["daemonTaskDefinitionArn"], second)
        self.assertEqual((revision["propagateTags"], revision["enableECSManagedTags"]), ("NONE", False))

        deleted = self.ecs.delete_daemon(daemonArn=made["daemonArn"])
        self.assertEqual(deleted["status"], "DELETE_IN_PROGRESS")
        self.gone(made["daemonArn"])
        self.assertNotIn(made["daemonArn"], self.daemons())

    def test_deployments_and_revisions(self):
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        unknown = made["deploymentArn"].rsplit("/", 1)[0] + "/unknown"
        described = self.ecs.describe_daemon_deployments(daemonDeploymentArns=[made["deploymentArn"], unknown])
        self.assertEqual([(each["arn"], each["reason"]) for each in described["failures"]], [(unknown, "MISSING")])
        deployment = described["daemonDeployments"][0]
        self.assertEqual(deployment["status"], "SUCCESSFUL")
        self.assertEqual(deployment["deploymentConfiguration"]["drainPercent"], 25.0)
        self.assertEqual(deployment["circuitBreaker"]["failureCount"], 0)
        listed = self.ecs.list_daemon_deployments(daemonArn=made["daemonArn"], status=["SUCCESSFUL"])
        arns = [each["daemonDeploymentArn"] for each in listed["daemonDeployments"]]
        self.assertEqual(arns, [made["deploymentArn"]])
        revisions = self.ecs.describe_daemon_revisions(daemonRevisionArns=[deployment["targetDaemonRevision"]["arn"]])
        images = revisions["daemonRevisions"][0]["containerImages"]
        self.assertEqual([each["image"] for each in images], [target.IMAGE])

    def test_tags(self):
        daemon = self.daemon(self.definition())["daemonArn"]
        self.ecs.tag_resource(resourceArn=daemon, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": ""}])
        self.ecs.untag_resource(resourceArn=daemon, tagKeys=["a"])
        self.assertEqual(self.ecs.list_tags_for_resource(resourceArn=daemon)["tags"], [{"key": "b", "value": ""}])

    def test_instances_and_tasks_of_a_daemon(self):
        made = self.daemon(self.definition())
        self.succeeds(made["deploymentArn"])
        instances = self.ecs.list_container_instances(cluster=self.cluster)["containerInstanceArns"]
        described = self.ecs.describe_container_instances(
            cluster=self.cluster, containerInstances=instances, include=["TAGS", "CONTAINER_INSTANCE_HEALTH"]
        )
        for instance in described["containerInstances"]:
            self.assertEqual((instance["status"], instance["runningTasksCount"]), ("ACTIVE", 1))
        by_name = {"daemonName": self.name} if target.knows_everything() else {"family": self.name}
        tasks = self.ecs.list_tasks(cluster=self.cluster, **by_name)["taskArns"]
        self.assertEqual(len(tasks), len(instances))
        for task in self.ecs.describe_tasks(cluster=self.cluster, tasks=tasks)["tasks"]:
            self.assertEqual((task["lastStatus"], task["group"]), ("RUNNING", f"daemon:{self.name}"))

    @target.emulator_only("attributes of instances that others may use")
    def test_attributes_of_instances(self):
        [instance] = self.ecs.list_container_instances(cluster=self.cluster)["containerInstanceArns"]
        put = [{"name": "stack", "value": "blue", "targetId": instance}, {"name": "bare", "targetId": instance}]
        self.ecs.put_attributes(cluster=self.cluster, attributes=put)
        pages = self.ecs.get_paginator("list_attributes").paginate(
            cluster=self.cluster, targetType="container-instance", PaginationConfig={"PageSize": 1}
        )
        self.assertEqual([[each["name"] for each in page["attributes"]] for page in pages], [["bare"], ["stack"]])
        short = {"name": "stack", "targetType": "container-instance", "targetId": instance.rsplit("/", 1)[-1]}
        deleted = self.ecs.delete_attributes(cluster=self.cluster, attributes=[short])["attributes"]
        self.assertEqual(deleted, put[:1])
        unknown = {"name": "stack", "targetType": "container-instance", "targetId": "0" * 32}
        with self.assertRaises(self.ecs.exceptions.TargetNotFoundException):
            self.ecs.put_attributes(cluster=self.cluster, attributes=[unknown])
        endpoints = self.ecs.discover_poll_endpoint(cluster=self.cluster, containerInstance=instance)
        self.assertIn(".invalid/", endpoints["endpoint"])

    def test_pages(self):
        arns = [self.definition() for _ in range(5)]
        seen, token = [], {}
        for pages in range(1, 10):
            page = self.ecs.list_daemon_task_definitions(family=self.name, maxResults=2, **token)
            seen += [each["arn"] for each in page["daemonTaskDefinitions"]]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        self.assertEqual((seen, pages), (arns, 3))

    def revision(self, arn):
        return self.ecs.describe_daemon_revisions(daemonRevisionArns=[arn])["daemonRevisions"][0]

    def daemons(self):
        listed = self.ecs.list_daemons(clusterArn=self.cluster, capacityProviderArns=self.providers)
        return [each["daemonArn"] for each in listed["daemonSummariesList"]]


@target.emulator_only("clusters and capacity providers are given on a real account")
class Places(target.Case):
    instances = 0

    def test_clusters(self):
        described = self.ecs.describe_clusters(
            clusters=[self.cluster, "none"], include=["TAGS", "SETTINGS", "CONFIGURATIONS", "STATISTICS"]
        )
        self.assertEqual(described["clusters"][0]["status"], "ACTIVE")
        self.assertEqual(described["failures"][0]["reason"], "MISSING")
        paginator = self.ecs.get_paginator("list_clusters")
        arns = [arn for page in paginator.paginate(PaginationConfig={"PageSize": 1}) for arn in page["clusterArns"]]
        self.assertIn(self.cluster, arns)

    def test_capacity_providers(self):
        described = self.ecs.describe_capacity_providers(capacityProviders=self.providers, include=["TAGS"])
        self.assertEqual(described["capacityProviders"][0]["type"], "MANAGED_INSTANCES")
        updated = self.ecs.update_capacity_provider(
            name=self.name,
            managedInstancesProvider={
                "infrastructureRoleArn": "arn:aws:iam::123456789012:role/other",
                "instanceLaunchTemplate": {"monitoring": "DETAILED"},
            },
        )["capacityProvider"]
        self.assertEqual(updated["updateStatus"], "UPDATE_COMPLETE")
        role = updated["managedInstancesProvider"]["infrastructureRoleArn"]
        self.assertEqual(role, "arn:aws:iam::123456789012:role/other")
        self.ecs.put_cluster_capacity_providers(
            cluster=self.cluster,
            capacityProviders=[self.name],
            defaultCapacityProviderStrategy=[{"capacityProvider": self.name, "weight": 1}],
        )
        updated = self.ecs.update_cluster(cluster=self.name, serviceConnectDefaults={"namespace": "apps"})["cluster"]
        self.assertEqual(updated["capacityProviders"], [self.name])
        self.assertEqual(self.ecs.list_services_by_namespace(namespace="apps")["serviceArns"], [])
        insights = [{"name": "containerInsights", "value": "enabled"}]
        updated = self.ecs.update_cluster_settings(cluster=self.name, settings=insights)["cluster"]
        self.assertEqual(updated["settings"], insights)
        self.ecs.delete_capacity_provider(capacityProvider=self.name)
        for _ in range(20):
            described = self.ecs.describe_capacity_providers(capacityProviders=[self.name])
            if [each["status"] for each in described["capacityProviders"]] in ([], ["INACTIVE"]):
                break
        else:
            self.fail(f"the provider stays {described}")
        self.assertEqual(self.ecs.delete_cluster(cluster=self.cluster)["cluster"]["status"], "INACTIVE")


@target.emulator_only("settings of a whole account are nobody's to change for a test")
class AccountSettings(target.Case):
    instances = 0

    def test_settings(self):
        made = self.ecs.put_account_setting_default(name="containerInsights", value="enhanced")["setting"]
        self.assertTrue(made["principalArn"].endswith(":root"), made)
        self.ecs.put_account_setting(name="awsvpcTrunking", value="enabled")
        self.assertEqual(self.listed(), {"awsvpcTrunking": "enabled"})
        effective = self.listed(effectiveSettings=True)
        self.assertEqual((effective["containerInsights"], effective["taskLongArnFormat"]), ("enhanced", "enabled"))
        cluster = self.ecs.create_cluster(clusterName=f"{self.name}-insights")["cluster"]
        self.assertEqual(cluster["settings"], [{"name": "containerInsights", "value": "enhanced"}])
        self.ecs.delete_account_setting(name="awsvpcTrunking")
        self.assertEqual(self.listed(), {})

    def test_refusals(self):
        for name, value, text in (
            ("tagResourceAuthorization", "enabled", "Invalid setting 'value'"),
            ("taskLongArnFormat", "disabled", "You can no longer disable"),
        ):
            with self.subTest(name=name), self.assertRaises(self.ecs.exceptions.InvalidParameterException) as caught:
                self.ecs.put_account_setting_default(name=name, value=value)
            self.assertIn(text, str(caught.exception))

    def listed(self, **more):
        pages = self.ecs.get_paginator("list_account_settings").paginate(PaginationConfig={"PageSize": 3}, **more)
        return {setting["name"]: setting["value"] for page in pages for setting in page["settings"]}
