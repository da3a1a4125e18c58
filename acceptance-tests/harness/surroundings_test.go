// Package harness drives the built provider through HashiCorp's own test harness for providers: a second
// opinion on what the acceptance suite expects of Terraform and OpenTofu. The suite starts each test with an
// emulator of its own and passes what it needs in the environment.
package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

const (
	image       = "public.ecr.aws/nginx/nginx:1.27"
	brokenImage = "public.ecr.aws/nginx/nginx:broken"
)

// wanted is a variable of the environment without which a test means nothing.
func wanted(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set; `cargo xtask test --acceptance harness` sets it", name)
	}
	return value
}

func cluster(t *testing.T) string  { return wanted(t, "ECS_HARNESS_CLUSTER_ARN") }
func capacity(t *testing.T) string { return wanted(t, "ECS_HARNESS_CAPACITY_PROVIDER_ARN") }

// run tests with the provider that the CLI configuration installs.
func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{
		ExternalProviders: map[string]resource.ExternalProvider{
			"ecs": {Source: "managed-daemons/ecs", VersionConstraint: "0.1.0"},
		},
		Steps: steps,
	})
}

// stack is a task definition and a daemon that runs it, with more arguments of the daemon.
func stack(t *testing.T, image, more string) string {
	t.Helper()
	return fmt.Sprintf(`
resource "ecs_daemon_task_definition" "agent" {
  family = "harness"
  cpu    = "256"
  memory = "512"

  container_definition {
    name               = "agent"
    image              = %q
    memory_reservation = 256
  }
}

resource "ecs_daemon" "agent" {
  name                       = "harness"
  cluster_arn                = %q
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = [%q]
  %s
}
`, image, cluster(t), capacity(t), more)
}

// call asks the emulator as somebody else would, and answers what it says.
func call(t *testing.T, operation string, input map[string]any) map[string]any {
	t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, wanted(t, "AWS_ENDPOINT_URL_ECS"), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("content-type", "application/x-amz-json-1.1")
	request.Header.Set("x-amz-target", "AmazonEC2ContainerServiceV20141113."+operation)
	request.Header.Set("authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=AKIAOTHER00000000001/20260101/%s/ecs/aws4_request, SignedHeaders=host, Signature=0",
		wanted(t, "AWS_REGION"),
	))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	output := map[string]any{}
	if err := json.NewDecoder(answer.Body).Decode(&output); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", operation, answer.StatusCode, output)
	}
	return output
}
