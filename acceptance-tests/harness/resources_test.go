package harness

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Arguments that exist in the configuration only.
var (
	onlyConfigured             = []string{"wait_for_deployment", "timeouts"}
	onlyConfiguredOfDefinition = []string{"skip_destroy", "retained_revision_arns"}
)

const (
	daemon     = "ecs_daemon.agent"
	definition = "ecs_daemon_task_definition.agent"
)

// nothing is left to do after an apply.
var nothing = []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}

func created(t *testing.T, more string) resource.TestStep {
	t.Helper()
	return resource.TestStep{
		Config: stack(t, image, more),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(daemon, plancheck.ResourceActionCreate),
				plancheck.ExpectUnknownValue(daemon, tfjsonpath.New("arn")),
			},
			PostApplyPostRefresh: nothing,
		},
	}
}

func TestLifecycle(t *testing.T) {
	run(t,
		created(t, `tags = { team = "a" }`),
		resource.TestStep{
			Config: stack(t, image, `
  tags = { team = "b" }
  deployment_configuration {
    drain_percent = 50
  }`),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(daemon, plancheck.ResourceActionUpdate),
					plancheck.ExpectResourceAction(definition, plancheck.ResourceActionNoop),
				},
				PostApplyPostRefresh: nothing,
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(daemon, tfjsonpath.New("status"), knownvalue.StringExact("ACTIVE")),
				statecheck.ExpectKnownValue(daemon, tfjsonpath.New("tags").AtMapKey("team"), knownvalue.StringExact("b")),
			},
		},
		resource.TestStep{
			Config: stack(t, "public.ecr.aws/nginx/nginx:1.28", ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(daemon, plancheck.ResourceActionUpdate),
					plancheck.ExpectUnknownValue(daemon, tfjsonpath.New("daemon_task_definition_arn")),
				},
				PostApplyPostRefresh: nothing,
			},
		},
		resource.TestStep{RefreshState: true, RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: nothing}},
	)
}

// The state of an import is that of the apply, but for what only the configuration knows.
func TestImport(t *testing.T) {
	arn := func(name string) resource.ImportStateIdFunc {
		return func(state *terraform.State) (string, error) {
			return state.RootModule().Resources[name].Primary.Attributes["arn"], nil
		}
	}
	verified := func(name string, ignore ...string) resource.TestStep {
		return resource.TestStep{
			ResourceName:                         name,
			ImportState:                          true,
			ImportStateIdFunc:                    arn(name),
			ImportStateVerify:                    true,
			ImportStateVerifyIdentifierAttribute: "arn",
			ImportStateVerifyIgnore:              ignore,
		}
	}
	block := func(name string) resource.TestStep {
		return resource.TestStep{
			ResourceName:      name,
			ImportState:       true,
			ImportStateKind:   resource.ImportBlockWithID,
			ImportStateIdFunc: arn(name),
		}
	}
	run(t,
		created(t, ""),
		verified(daemon, onlyConfigured...),
		verified(definition, onlyConfiguredOfDefinition...),
		block(daemon),
		block(definition),
	)
}

func TestImportByIdentity(t *testing.T) {
	identity := func(name string) resource.TestStep {
		return resource.TestStep{
			ResourceName:    name,
			ImportState:     true,
			ImportStateKind: resource.ImportBlockWithResourceIdentity,
		}
	}
	step := created(t, "")
	step.ConfigStateChecks = []statecheck.StateCheck{
		statecheck.ExpectIdentityValueMatchesState(daemon, tfjsonpath.New("arn")),
		statecheck.ExpectIdentityValueMatchesState(definition, tfjsonpath.New("arn")),
	}
	run(t, step, identity(daemon), identity(definition))
}

// What somebody else's UpdateDaemon left out goes back to defaults; the plan finds it and the apply repairs it.
func TestRevert(t *testing.T) {
	configuration := stack(t, image, "deployment_configuration {\n drain_percent = 50\n }")
	run(t,
		resource.TestStep{Config: configuration},
		resource.TestStep{
			PreConfig: func() { revert(t) },
			Config:    configuration,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(daemon, plancheck.ResourceActionUpdate),
				},
				PostApplyPostRefresh: nothing,
			},
		},
	)
}

// revert sends the UpdateDaemon that names only what it must.
func revert(t *testing.T) {
	t.Helper()
	daemons := call(t, "ListDaemons", map[string]any{"clusterArn": cluster(t)})
	arn := daemons["daemonSummariesList"].([]any)[0].(map[string]any)["daemonArn"].(string)
	definitions := call(t, "ListDaemonTaskDefinitions", map[string]any{"family": "harness", "sort": "DESC"})
	newest := definitions["daemonTaskDefinitions"].([]any)[0].(map[string]any)["arn"].(string)
	call(t, "UpdateDaemon", map[string]any{
		"daemonArn":               arn,
		"daemonTaskDefinitionArn": newest,
		"capacityProviderArns":    []string{capacity(t)},
	})
}

func TestErrors(t *testing.T) {
	fails := func(more, message string) resource.TestStep {
		return resource.TestStep{Config: stack(t, image, more), ExpectError: regexp.MustCompile(message)}
	}
	run(t,
		fails("deployment_configuration {\n drain_percent = 101\n }", `drain_percent`),
		fails("tags = { \"aws:owner\" = \"a\" }", `aws:`),
		resource.TestStep{Config: stack(t, brokenImage, ""), ExpectError: regexp.MustCompile(`(?s)failed`)},
	)
}
