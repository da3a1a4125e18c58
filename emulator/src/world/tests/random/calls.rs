//! Calls of a step that are about no daemon: settings, attributes, protected tasks, deployments of services that are
//! stopped, machines that are deregistered, alarms that are defined.

use serde_json::{Value, json};

use super::play::Play;

impl Play {
    /// One of them.
    pub(super) fn call_of_others(&mut self) {
        match self.dice.below(13) {
            0 => self.update_cluster(),
            1 => self.account_setting(),
            2 | 3 => self.attributes(),
            4 | 5 => self.protect_tasks(),
            6 | 7 => self.stop_service_deployment(),
            8 => self.deregister_instance(),
            9 => self.start_task(),
            10 => self.delete_app_definition(),
            11 => self.execute_command(),
            _ => self.metric_alarm(),
        }
    }

    /// One of the listed ARNs of an answer, if there is any.
    fn any(&mut self, operation: &str, body: Value, member: &str) -> Option<Value> {
        let listed = self.lab.call(operation, body).ok()?[member].take();
        let listed = listed.as_array()?;
        let count = u64::try_from(listed.len()).ok().filter(|count| *count > 0)?;
        listed.get(usize::try_from(self.dice.below(count)).ok()?).cloned()
    }

    fn update_cluster(&mut self) {
        let value = self.dice.one(&["enabled", "disabled", "enhanced", "loud"]);
        let settings = json!([{ "name": "containerInsights", "value": value }]);
        if self.dice.below(2) == 0 {
            self.attempt(
                "UpdateClusterSettings",
                &json!({ "cluster": "main", "settings": settings }),
            );
        } else {
            let logging = json!({ "executeCommandConfiguration": { "logging": "DEFAULT" } });
            let body = json!({ "cluster": "main", "settings": settings, "configuration": logging });
            self.attempt("UpdateCluster", &body);
        }
    }

    fn account_setting(&mut self) {
        let name = self
            .dice
            .one(&["containerInsights", "tagResourceAuthorization", "taskLongArnFormat"]);
        let value = self.dice.one(&["enabled", "disabled", "on"]);
        match self.dice.below(3) {
            0 => self.attempt("PutAccountSetting", &json!({ "name": name, "value": value })),
            1 => self.attempt("PutAccountSettingDefault", &json!({ "name": name, "value": value })),
            _ => self.attempt("DeleteAccountSetting", &json!({ "name": name })),
        }
    }

    fn attributes(&mut self) {
        let instances = json!({ "cluster": "main" });
        let Some(instance) = self.any("ListContainerInstances", instances, "containerInstanceArns") else {
            return;
        };
        let value = self.dice.one(&[None, Some("blue"), Some("green")]);
        let attribute = json!({ "name": self.dice.one(&["stack", "rack"]), "value": value, "targetId": instance });
        let body = json!({ "cluster": "main", "attributes": [attribute] });
        let operation = self.dice.one(&["PutAttributes", "PutAttributes", "DeleteAttributes"]);
        self.attempt(operation, &body);
    }

    fn protect_tasks(&mut self) {
        let service = self.dice.one(&["web", "api"]);
        let listed = json!({ "cluster": "main", "serviceName": service });
        let Some(task) = self.any("ListTasks", listed, "taskArns") else {
            return;
        };
        let minutes = self.dice.one(&[None, Some(1), Some(60), Some(2880)]);
        let body = json!({
            "cluster": "main",
            "tasks": [task],
            "protectionEnabled": self.dice.one(&[true, true, false]),
            "expiresInMinutes": minutes,
        });
        self.attempt("UpdateTaskProtection", &body);
    }

    /// Nothing may keep tasks from being stopped at the end.
    pub(super) fn unprotect_tasks(&mut self) {
        let services = self.lab.world.scopes()[&self.lab.scope].services.values();
        let names: Vec<String> = services.map(|service| service.name.clone()).collect();
        for name in names {
            let listed = json!({ "cluster": "main", "serviceName": name });
            let Ok(mut listed) = self.lab.call("ListTasks", listed) else {
                continue;
            };
            for task in listed["taskArns"].take().as_array().into_iter().flatten() {
                let body = json!({ "cluster": "main", "tasks": [task], "protectionEnabled": false });
                self.attempt("UpdateTaskProtection", &body);
            }
        }
    }

    fn stop_service_deployment(&mut self) {
        let listed = json!({ "cluster": "main", "service": self.dice.one(&["web", "api"]) });
        let deployments = self.lab.call("ListServiceDeployments", listed);
        let deployments = deployments.map_or(Value::Null, |mut answer| answer["serviceDeployments"].take());
        if let Some(latest) = deployments.get(0) {
            let stop = self.dice.one(&[None, Some("ROLLBACK")]);
            let body = json!({ "serviceDeploymentArn": latest["serviceDeploymentArn"], "stopType": stop });
            self.attempt("StopServiceDeployment", &body);
        }
    }

    fn deregister_instance(&mut self) {
        let instances = json!({ "cluster": "main" });
        if let Some(instance) = self.any("ListContainerInstances", instances, "containerInstanceArns") {
            let force = self.dice.one(&[true, false]);
            let body = json!({ "cluster": "main", "containerInstance": instance, "force": force });
            self.attempt("DeregisterContainerInstance", &body);
        }
    }

    fn start_task(&mut self) {
        let instances = json!({ "cluster": "main" });
        if let Some(instance) = self.any("ListContainerInstances", instances, "containerInstanceArns") {
            let body = json!({ "cluster": "main", "taskDefinition": "job", "containerInstances": [instance] });
            self.attempt("StartTask", &body);
        }
    }

    /// One that services may run goes only when nothing runs it any more.
    fn delete_app_definition(&mut self) {
        let name = self.dice.one(&["app:2", "job:1"]);
        self.attempt("DeregisterTaskDefinition", &json!({ "taskDefinition": name }));
        if self.dice.below(2) == 0 {
            self.attempt("DeleteTaskDefinitions", &json!({ "taskDefinitions": [name] }));
        }
    }

    fn execute_command(&mut self) {
        if let Some(task) = self.any("ListTasks", json!({ "cluster": "main" }), "taskArns") {
            let body = json!({ "cluster": "main", "task": task, "command": "sh", "interactive": true });
            self.attempt("ExecuteCommand", &body);
        }
    }

    fn metric_alarm(&mut self) {
        let define = json!({
            "AlarmName": "cpu", "Namespace": "n", "MetricName": "m", "Period": 60, "Statistic": "Sum",
            "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1.0,
        });
        let state = self.dice.one(&["OK", "ALARM", "INSUFFICIENT_DATA"]);
        let set = json!({ "AlarmName": "cpu", "StateValue": state, "StateReason": "drawn" });
        let operation = self.dice.one(&[
            "PutMetricAlarm",
            "PutMetricAlarm",
            "SetAlarmState",
            "SetAlarmState",
            "DeleteAlarms",
        ]);
        let body = match operation {
            "PutMetricAlarm" => define,
            "SetAlarmState" => set,
            _ => json!({ "AlarmNames": ["cpu"] }),
        };
        let refusal = self.lab.call_cloudwatch(operation, body.clone()).err();
        self.tell(operation, &body, refusal);
    }
}
