package harness

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func TestDataSources(t *testing.T) {
	sources := fmt.Sprintf(`
data "ecs_daemon" "this" {
  arn = ecs_daemon.agent.arn
}
data "ecs_daemons" "this" {
  cluster_arn = %q
  depends_on  = [ecs_daemon.agent]
}
data "ecs_daemon_deployment" "this" {
  daemon_arn = ecs_daemon.agent.arn
}
data "ecs_daemon_deployments" "this" {
  daemon_arn = ecs_daemon.agent.arn
}
data "ecs_daemon_revision" "this" {
  arn = data.ecs_daemon.this.revision_arn
}
data "ecs_daemon_task_definition" "this" {
  family = ecs_daemon_task_definition.agent.family
}
data "ecs_daemon_task_definitions" "this" {
  family_prefix = ecs_daemon_task_definition.agent.family
}
`, cluster(t))
	value := func(source, attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data."+source+".this", tfjsonpath.New(attribute), check)
	}
	run(t, resource.TestStep{
		Config: stack(t, image, "") + sources,
		ConfigStateChecks: []statecheck.StateCheck{
			value("ecs_daemon", "name", knownvalue.StringExact("harness")),
			value("ecs_daemons", "arns", knownvalue.ListSizeExact(1)),
			value("ecs_daemon_deployment", "status", knownvalue.StringExact("SUCCESSFUL")),
			value("ecs_daemon_deployments", "deployments", knownvalue.ListSizeExact(1)),
			value("ecs_daemon_revision", "container_images", knownvalue.ListSizeExact(1)),
			value("ecs_daemon_task_definition", "family", knownvalue.StringExact("harness")),
			value("ecs_daemon_task_definitions", "task_definitions", knownvalue.ListSizeExact(1)),
		},
		ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: nothing},
	},
		resource.TestStep{
			Config: fmt.Sprintf(`
data "ecs_daemon" "missing" {
  name        = "nobody"
  cluster_arn = %q
}
`, cluster(t)),
			ExpectError: regexp.MustCompile(`nobody`),
		})
}

func TestFunctions(t *testing.T) {
	const arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/production/agent"
	const definitionArn = "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:7"
	const deploymentArn = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/production/agent/Ab12Cd34Ef56Gh78Ij90K"
	const revisionArn = "arn:aws:ecs:eu-central-1:123456789012:daemon-revision/production/agent/1234567890123456789"
	const place = `"aws", "eu-central-1", "123456789012"`
	outputs := []struct{ name, call, text string }{
		{"daemon", `daemon_arn_build(` + place + `, "production", "agent")`, arn},
		{"name", `daemon_arn_parse("` + arn + `").daemon_name`, "agent"},
		{"deployment", `daemon_deployment_arn_build(` + place + `, "production", "agent", "Ab12Cd34Ef56Gh78Ij90K")`, deploymentArn},
		{"of_deployment", `daemon_deployment_arn_parse("` + deploymentArn + `").daemon_arn`, arn},
		{"revision", `daemon_revision_arn_build(` + place + `, "production", "agent", "1234567890123456789")`, revisionArn},
		{"of_revision", `daemon_revision_arn_parse("` + revisionArn + `").cluster_name`, "production"},
		{"definition", `daemon_task_definition_arn_build(` + place + `, "agent", 7)`, definitionArn},
		{"family", `daemon_task_definition_arn_parse("` + definitionArn + `").family`, "agent"},
		{"json", `daemon_task_definition_from_json(jsonencode({ family = "agent", containerDefinitions = [{ name = "a", image = "b" }] })).family`, "agent"},
	}
	configuration := ""
	checks := []statecheck.StateCheck{}
	for _, output := range outputs {
		configuration += fmt.Sprintf("output %q {\n  value = provider::ecs::%s\n}\n", output.name, output.call)
		checks = append(checks, statecheck.ExpectKnownOutputValue(output.name, knownvalue.StringExact(output.text)))
	}
	run(t,
		resource.TestStep{Config: configuration, ConfigStateChecks: checks},
		resource.TestStep{
			Config:      `output "wrong" { value = provider::ecs::daemon_arn_parse("agent") }`,
			ExpectError: regexp.MustCompile(`daemon/CLUSTER/NAME`),
		},
	)
}

func TestLists(t *testing.T) {
	query := fmt.Sprintf(`
list "ecs_daemon" "all" {
  provider         = ecs
  include_resource = true
  config {
    cluster_arn = %q
  }
}

list "ecs_daemon_task_definition" "all" {
  provider = ecs
  config {
    family_prefix = "harness"
  }
}
`, cluster(t))
	named := queryfilter.ByDisplayName(knownvalue.StringRegexp(regexp.MustCompile(`/harness$`)))
	run(t,
		created(t, ""),
		resource.TestStep{
			Query:  true,
			Config: query,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("ecs_daemon.all", 1),
				querycheck.ExpectLength("ecs_daemon_task_definition.all", 1),
				querycheck.ExpectResourceKnownValues("ecs_daemon.all", named, []querycheck.KnownValueCheck{{
					Path:       tfjsonpath.New("status"),
					KnownValue: knownvalue.StringExact("ACTIVE"),
				}}),
			},
		},
	)
}

func TestActions(t *testing.T) {
	configuration := func(version string) string {
		return stack(t, image, "") + fmt.Sprintf(`
resource "terraform_data" "version" {
  input = %q
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.ecs_daemon_redeploy.agent, action.ecs_daemon_wait_for_deployment.agent]
    }
  }
}
action "ecs_daemon_redeploy" "agent" {
  config {
    daemon_arn = ecs_daemon.agent.arn
  }
}
action "ecs_daemon_wait_for_deployment" "agent" {
  config {
    daemon_arn = ecs_daemon.agent.arn
  }
}
`, version)
	}
	deployments := func(count int) statecheck.StateCheck {
		return statecheck.ExpectKnownOutputValue("deployments", knownvalue.Int64Exact(int64(count)))
	}
	const counted = `
data "ecs_daemon_deployments" "this" {
  daemon_arn = ecs_daemon.agent.arn
}
output "deployments" {
  value = length(data.ecs_daemon_deployments.this.deployments)
}
`
	run(t,
		resource.TestStep{Config: configuration("1") + counted, ConfigStateChecks: []statecheck.StateCheck{deployments(1)}},
		// Reads precede actions of the same apply, so the next step counts.
		resource.TestStep{Config: configuration("2"), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(daemon, plancheck.ResourceActionNoop),
		}}},
		resource.TestStep{Config: configuration("2") + counted, ConfigStateChecks: []statecheck.StateCheck{deployments(2)}},
	)
}
