"""Retries, CloudTrail and STS: what only the emulator can show at will."""

import json

import botocore.exceptions
import target


@target.emulator_only("faults and a journal")
class Edges(target.Case):
    instances = 0

    def fault(self, **rule):
        made = self.emulator.control("POST", "faults", rule)
        self.addCleanup(self.emulator.control, "DELETE", f"faults/{made['id']}")
        return made["id"]

    def counts(self, fault):
        entry = next(each for each in self.emulator.control("GET", "faults") if each["id"] == fault)
        return entry["reached"], entry["fired"]

    def test_retries(self):
        client = target.client("ecs", self.emulator, retries=3)
        for effect in ("throttle", "server_error", "reset", "lost_reply"):
            with self.subTest(effect=effect):
                fault = self.fault(operation="DescribeClusters", resource=self.name, effect=effect)
                described = client.describe_clusters(clusters=[self.name])
                self.assertEqual(described["clusters"][0]["clusterName"], self.name)
                self.assertEqual(self.counts(fault), (2, 1))

    def test_errors_of_any_kind(self):
        effect = {"error": {"type": "AccessDeniedException", "message": "no", "status": 400}}
        self.fault(operation="DescribeClusters", resource=self.name, effect=effect)
        with self.assertRaises(self.ecs.exceptions.AccessDeniedException):
            self.ecs.describe_clusters(clusters=[self.name])

    def test_members_and_values_that_nobody_knows(self):
        made = self.daemon(self.definition())
        self.fault(operation="DescribeDaemon", resource=self.name, effect="extra_members")
        # The answer is off the model on purpose; a client without the checks of this suite takes it.
        with self.assertRaises(target.OffModel) if target.knows_everything() else self.subTest():
            self.ecs.describe_daemon(daemonArn=made["daemonArn"])

    def test_stale_reads(self):
        made = self.daemon(self.definition())
        self.fault(operation="DescribeDaemon", resource=self.name, effect="stale")
        with self.assertRaises(self.ecs.exceptions.DaemonNotFoundException):
            self.ecs.describe_daemon(daemonArn=made["daemonArn"])
        self.ecs.describe_daemon(daemonArn=made["daemonArn"])

    def test_closed_connections(self):
        self.fault(operation="DescribeClusters", resource=self.name, effect="reset")
        with self.assertRaises(botocore.exceptions.ConnectionClosedError):
            self.ecs.describe_clusters(clusters=[self.name])

    def test_cloudtrail_tells_who_and_what(self):
        made = self.daemon(self.definition(), enableExecuteCommand=True)
        meddler = target.client("ecs", self.emulator, access_key="meddler")
        with self.assertRaises(meddler.exceptions.InvalidParameterException):
            meddler.update_daemon(
                daemonArn=made["daemonArn"],
                daemonTaskDefinitionArn=self.definition(),
                capacityProviderArns=self.providers,
                propagateTags="SOMETIMES",
            )
        meddler.update_daemon(
            daemonArn=made["daemonArn"],
            daemonTaskDefinitionArn=self.definition(),
            capacityProviderArns=self.providers,
        )
        trail = target.client("cloudtrail", self.emulator)
        attribute = [{"AttributeKey": "ResourceName", "AttributeValue": made["daemonArn"]}]
        pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=attribute, PaginationConfig={"PageSize": 1})
        events = [event for page in pages for event in page["Events"] if event["ReadOnly"] == "false"]
        self.assertEqual([event["EventName"] for event in events], ["UpdateDaemon", "UpdateDaemon", "CreateDaemon"])
        self.assertEqual([event["Username"] for event in events], ["meddler", "meddler", "emulator"])
        records = [json.loads(event["CloudTrailEvent"]) for event in events]
        self.assertNotIn("enableExecuteCommand", records[0]["requestParameters"])
        self.assertEqual(records[1]["errorCode"], "InvalidParameterException")
        self.assertIs(records[2]["requestParameters"]["enableExecuteCommand"], True)
        self.assertEqual(records[2]["responseElements"]["daemonArn"], made["daemonArn"])
        by_user = trail.lookup_events(LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "meddler"}])
        self.assertEqual({event["EventName"] for event in by_user["Events"]}, {"UpdateDaemon"})

    def test_cloudtrail_refusals(self):
        trail = target.client("cloudtrail", self.emulator)
        two = [{"AttributeKey": "EventName", "AttributeValue": "A"}, {"AttributeKey": "EventId", "AttributeValue": "B"}]
        with self.assertRaises(trail.exceptions.InvalidLookupAttributesException):
            trail.lookup_events(LookupAttributes=two)
        with self.assertRaises(trail.exceptions.InvalidNextTokenException):
            trail.lookup_events(NextToken="nonsense")
        with self.assertRaises(trail.exceptions.InvalidTimeRangeException):
            trail.lookup_events(StartTime=2, EndTime=1)

    def test_caller_identity(self):
        identity = target.client("sts", self.emulator, access_key="111122223333").get_caller_identity()
        self.assertEqual(identity["Account"], "111122223333")
        self.assertEqual(identity["Arn"], "arn:aws:iam::111122223333:user/emulator")
