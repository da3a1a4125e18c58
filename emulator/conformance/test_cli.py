"""Both articles about the launch of managed daemons with an unmodified AWS CLI: their commands, in their order, and what
their authors saw at the times that they tell."""

import json
import subprocess
import sys
import time

import cli

# Seconds since the update, status of the deployment, running tasks of the service, instances with their tasks. Article A
# writes "2 then 1" into the row of 3:42: the old task is gone half a minute later.
TABLE = (
    (40, "IN_PROGRESS", 1, (("DRAINING", 2),)),
    (113, "IN_PROGRESS", 1, (("DRAINING", 2), ("REGISTERING", 1))),
    (149, "IN_PROGRESS", 2, (("DRAINING", 2), ("ACTIVE", 2))),
    (222, "IN_PROGRESS", 2, (("DEREGISTERING", 2), ("ACTIVE", 2))),
    (255, "IN_PROGRESS", 1, (("DEREGISTERING", 0), ("ACTIVE", 2))),
    (294, "SUCCESSFUL", 1, (("ACTIVE", 2),)),
)
# What leads from one row to the next and is not in the table: the article looked too rarely for it.
BETWEEN = {(("DEREGISTERING", 1), ("ACTIVE", 2)), (("DRAINING", 2), ("ACTIVE", 1)), (("DRAINING", 2), ("REGISTERING", 0))}


class ArticleA(cli.Case):
    def build(self):
        """Steps 1 to 7. The daemon's deployment ends before the service starts, as its author had it."""
        self.build_place()
        first = self.register_agent("public.ecr.aws/nginx/nginx:alpine")
        self.assertTrue(first.endswith(":daemon-task-definition/monitoring-agent:1"), first)
        self.create_daemon(first, "--enable-execute-command")
        self.create_application()

    def leads(self):
        daemon, application = self.started()
        self.assertTrue(18 <= application - daemon <= 21, f"the daemon leads by {application - daemon} s")

    def finds_first_instance(self):
        self.first = None
        [(self.first, status, tasks)] = self.instances()
        self.assertEqual((status, tasks), ("ACTIVE", 2))

    def ends_well(self, arn):
        described = self.aws("describe-daemon-deployments", "--daemon-deployment-arns", arn)
        deployment = described["daemonDeployments"][0]
        self.assertEqual(deployment["status"], "SUCCESSFUL")
        breaker = {"failureCount": 0, "status": "MONITORING_COMPLETE", "threshold": 3}
        self.assertEqual(deployment["circuitBreaker"], breaker)
        self.assertEqual(deployment["deploymentConfiguration"]["drainPercent"], 25.0)
        self.assertEqual(deployment["deploymentConfiguration"]["bakeTimeInMinutes"], 0)

    def clean_up(self, minute):
        """Step 11; `minute` lets a minute pass."""
        self.aws("update-service", "--cluster", "daemon-test", "--service", "app-svc", "--desired-count", "0")
        self.aws("delete-service", "--cluster", "daemon-test", "--service", "app-svc")
        self.aws("delete-daemon", "--daemon-arn", self.daemon)
        minute()
        self.aws("delete-capacity-provider", "--capacity-provider", "managed")
        minute()
        deleted = self.aws("delete-cluster", "--cluster", "daemon-test")
        self.assertEqual(deleted["cluster"]["status"], "INACTIVE")

    def test_by_hand(self):
        self.emulate("manual")
        self.build()
        created = self.now()
        self.advance(310)
        self.leads()
        self.assertTrue(270 <= self.started()[1] - created <= 310, "the application runs after about five minutes")
        self.finds_first_instance()
        arn = self.update_daemon(self.register_agent("public.ecr.aws/nginx/nginx:latest"))
        elapsed = 0
        for at, status, running, instances in TABLE:
            with self.subTest(at=f"{at // 60}:{at % 60:02}"):
                self.advance(at - elapsed)
                elapsed = at
                seen = self.deployment_status(), self.running_applications(), self.instances()
                self.assertEqual(seen[:2], (status, running))
                self.assertEqual(tuple((each, tasks) for _, each, tasks in seen[2]), instances)
        self.leads()
        self.ends_well(arn)
        self.clean_up(lambda: self.advance(60))

    def test_twenty_times_as_fast(self):
        self.emulate("scaled:20")
        self.build()
        # With the CLI's own waiter, which looks every 15 s.
        self.aws("wait", "services-stable", "--cluster", "daemon-test", "--services", "app-svc")
        self.leads()
        self.finds_first_instance()
        second = self.register_agent("public.ecr.aws/nginx/nginx:latest")
        began = self.now()
        arn = self.update_daemon(second)
        # The update happened between the two readings of the clock.
        slack = self.now() - began
        rows = ((0, ("PENDING", "IN_PROGRESS"), 1, (("ACTIVE", 2),)), *TABLE)
        for _ in range(200):
            status = self.at_its_time(rows, 1, began, slack, self.deployment_status)
            self.at_its_time(rows, 2, began, slack, self.running_applications)
            self.at_its_time(
                rows, 3, began, slack, lambda: tuple((each, tasks) for _, each, tasks in self.instances()), BETWEEN
            )
            if status == "SUCCESSFUL":
                break
        self.leads()
        self.ends_well(arn)
        self.clean_up(self.a_minute)

    def a_minute(self):
        until = self.now() + 60
        while self.now() < until:
            time.sleep(0.1)

    def at_its_time(self, rows, column, began, slack, look, between=frozenset()):
        """Looks, and holds what is seen against the rows around the time at which it was seen."""
        before = self.now() - began - slack
        seen = look()
        after = self.now() - began
        times = [row[0] for row in rows]
        earliest = max((at for at in times if at <= before), default=0)
        latest = min((at for at in times if at >= after), default=times[-1])
        allowed = set(between)
        for row in rows:
            if earliest <= row[0] <= latest:
                allowed.update(row[column] if isinstance(row[column], tuple) and column == 1 else (row[column],))
        self.assertIn(seen, allowed, f"between {before:.0f} s and {after:.0f} s")
        return seen


class ArticleB(cli.Case):
    def test_create_list_describe_update(self):
        self.emulate("manual")
        self.build_place()
        self.create_daemon(self.register_agent("public.ecr.aws/nginx/nginx:alpine"))
        self.advance(5)
        listed = self.aws("list-daemons", "--cluster-arn", self.cluster)["daemonSummariesList"]
        self.assertEqual([(each["daemonArn"], each["status"]) for each in listed], [(self.daemon, "ACTIVE")])
        first = self.aws("describe-daemon", "--daemon-arn", self.daemon)["daemon"]
        self.assertEqual((first["clusterArn"], first["status"]), (self.cluster, "ACTIVE"))
        self.assertEqual(self.deployment_status(), "SUCCESSFUL")
        second = self.register_agent("public.ecr.aws/nginx/nginx:latest")
        self.update_daemon(second)
        self.advance(5)
        self.assertEqual(self.deployment_status(), "SUCCESSFUL")
        [current] = self.aws("describe-daemon", "--daemon-arn", self.daemon)["daemon"]["currentRevisions"]
        described = self.aws("describe-daemon-revisions", "--daemon-revision-arns", current["arn"])
        self.assertEqual(described["daemonRevisions"][0]["daemonTaskDefinitionArn"], second)

    def test_updates_without_providers_are_refused_by_the_client(self):
        self.refused_by_client("capacity-provider-arns", "update-daemon", "--daemon-arn", "a")

    def test_there_is_no_command_for_several_daemons(self):
        self.refused_by_client("describe-daemons", "describe-daemons", "--daemon-arn", "a")

    def refused_by_client(self, text, *arguments):
        """As the article writes the command; it never gets to the service."""
        done = subprocess.run(
            [sys.executable, str(cli.CLI), "ecs", *arguments],
            env=cli.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(text, done.stderr)


class Alarms(cli.Case):
    def test_set_alarm_state_rolls_a_deployment_back(self):
        self.emulate("manual")
        self.build_place()
        self.create_daemon(self.register_agent("public.ecr.aws/nginx/nginx:alpine"))
        self.advance(5)
        metric = ("--namespace", "App", "--metric-name", "Errors", "--statistic", "Sum", "--period", "60")
        rule = ("--evaluation-periods", "1", "--threshold", "1", "--comparison-operator", "GreaterThanThreshold")
        self.run_cli("cloudwatch", "put-metric-alarm", "--alarm-name", "errors", *metric, *rule)
        watch = {"alarms": {"alarmNames": ["errors"], "enable": True}, "bakeTimeInMinutes": 10}
        arn = self.aws(
            "update-daemon",
            *("--daemon-arn", self.daemon, "--capacity-provider-arns", self.provider),
            *("--daemon-task-definition-arn", self.register_agent("public.ecr.aws/nginx/nginx:latest")),
            *("--deployment-configuration", json.dumps(watch)),
        )["deploymentArn"]
        self.assertIn(self.deployment_status(), ("PENDING", "IN_PROGRESS"))
        state = ("--state-value", "ALARM", "--state-reason", "too many")
        self.run_cli("cloudwatch", "set-alarm-state", "--alarm-name", "errors", *state)
        self.advance(300)
        described = self.aws("describe-daemon-deployments", "--daemon-deployment-arns", arn)["daemonDeployments"][0]
        self.assertEqual(described["status"], "ROLLBACK_SUCCESSFUL")
        self.assertEqual(described["alarms"]["triggeredAlarmNames"], ["errors"])
        [alarm] = self.run_cli("cloudwatch", "describe-alarms", "--alarm-names", "errors")["MetricAlarms"]
        self.assertEqual((alarm["StateValue"], alarm["StateReason"]), ("ALARM", "too many"))
        self.run_cli("cloudwatch", "delete-alarms", "--alarm-names", "errors")
        self.assertEqual(self.run_cli("cloudwatch", "describe-alarms")["MetricAlarms"], [])
