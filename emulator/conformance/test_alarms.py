"""Alarms of CloudWatch, which rollouts watch: what the operations answer, and their refusals as the client knows them."""

import datetime

import target


@target.emulator_only("alarms of an account that others may use")
class Alarms(target.Case):
    instances = 0

    def setUp(self):
        super().setUp()
        self.cloudwatch = target.client("cloudwatch", self.emulator)

    def put(self, name, **more):
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="App",
            MetricName="Errors",
            Dimensions=[{"Name": "Service", "Value": "web"}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=1.5,
            ComparisonOperator="GreaterThanThreshold",
            **more,
        )

    def described(self, name):
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm

    def test_life(self):
        self.put("errors", Tags=[{"Key": "team", "Value": "a"}])
        self.cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["errors"], WaiterConfig=self.pace())
        alarm = self.described("errors")
        self.assertEqual((alarm["Threshold"], alarm["Period"], alarm["ActionsEnabled"]), (1.5, 60, True))
        self.assertEqual(alarm["Dimensions"], [{"Name": "Service", "Value": "web"}])
        self.assertEqual(alarm["StateValue"], "INSUFFICIENT_DATA")
        self.assertIsInstance(alarm["StateUpdatedTimestamp"], datetime.datetime)
        self.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
        self.assertEqual(self.described("errors")["StateReason"], "too many")
        arn = {"ResourceARN": alarm["AlarmArn"]}
        self.cloudwatch.tag_resource(Tags=[{"Key": "b", "Value": "c"}], **arn)
        self.cloudwatch.untag_resource(TagKeys=["team"], **arn)
        self.assertEqual(self.cloudwatch.list_tags_for_resource(**arn)["Tags"], [{"Key": "b", "Value": "c"}])
        self.cloudwatch.delete_alarms(AlarmNames=["errors"])
        self.assertEqual(self.cloudwatch.describe_alarms()["MetricAlarms"], [])

    def test_pages(self):
        for name in "abc":
            self.put(name)
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
        names = [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages]
        self.assertEqual(names, [["a", "b"], ["c"]])

    def test_refusals(self):
        known = self.cloudwatch.exceptions
        for error, call, arguments in (
            (known.ResourceNotFound, self.cloudwatch.delete_alarms, {"AlarmNames": ["none"]}),
            (known.InvalidNextToken, self.cloudwatch.describe_alarms, {"NextToken": "x"}),
            (known.ResourceNotFoundException, self.cloudwatch.list_tags_for_resource, {"ResourceARN": "x"}),
        ):
            with self.subTest(call=call.__name__), self.assertRaises(error):
                call(**arguments)
