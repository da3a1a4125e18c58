// An emulator of its own for each case, and the client of the AWS SDK for Go that asks it.

package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const instances = 2

// Time on the host that a waiter may take.
const patience = time.Minute

var passed, failed atomic.Int32

// Closes with the line that cargo xtask counts.
func TestMain(tests *testing.M) {
	code := tests.Run()
	word := "ok"
	if failed.Load() > 0 {
		word = "FAILED"
	}
	fmt.Printf("test result: %s. %d passed; %d failed; 0 ignored\n", word, passed.Load(), failed.Load())
	os.Exit(code)
}

type fleet struct {
	*testing.T
	ecs      *ecs.Client
	url      string
	cluster  string
	provider string
}

// Starts an emulator with a cluster and instances. It ends with the case.
func newFleet(t *testing.T) *fleet {
	t.Cleanup(func() {
		if t.Failed() {
			failed.Add(1)
		} else {
			passed.Add(1)
		}
	})
	emulator := exec.Command(os.Getenv("ECS_ACC_EMULATOR"), "--listen", "127.0.0.1:0")
	emulator.Stderr = os.Stderr
	said, err := emulator.StdoutPipe()
	must(t, err)
	must(t, emulator.Start())
	t.Cleanup(func() {
		_ = emulator.Process.Kill()
		_ = emulator.Wait()
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	must(t, err)
	made := &fleet{T: t, url: strings.TrimSpace(strings.TrimPrefix(line, "listening on "))}
	made.ecs = ecs.New(ecs.Options{
		BaseEndpoint: &made.url,
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("AKIACONFORMANCE00001", "not-a-secret", ""),
	})
	cluster, err := made.ecs.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("prod")})
	must(t, err)
	made.cluster = *cluster.Cluster.ClusterArn
	made.provider = made.createProvider()
	made.control("instances", map[string]any{"capacity_provider": made.provider, "count": instances})
	return made
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Fails the case unless two values are equal.
func equal[T comparable](t *testing.T, what string, found, expected T) {
	t.Helper()
	if found != expected {
		t.Errorf("%s is %v, not %v", what, found, expected)
	}
}

func (fleet *fleet) context() context.Context {
	return fleet.Context()
}

func (fleet *fleet) createProvider() string {
	made, err := fleet.ecs.CreateCapacityProvider(fleet.context(), &ecs.CreateCapacityProviderInput{
		Name:    aws.String("fleet"),
		Cluster: &fleet.cluster,
		ManagedInstancesProvider: &types.CreateManagedInstancesProviderConfiguration{
			InfrastructureRoleArn: aws.String("arn:aws:iam::123456789012:role/ecs-infrastructure"),
			InstanceLaunchTemplate: &types.InstanceLaunchTemplate{
				Ec2InstanceProfileArn: aws.String("arn:aws:iam::123456789012:instance-profile/ecs-instance"),
				NetworkConfiguration: &types.ManagedInstancesNetworkConfiguration{
					Subnets:        []string{"subnet-1"},
					SecurityGroups: []string{"sg-1"},
				},
			},
		},
	})
	must(fleet.T, err)
	return *made.CapacityProvider.CapacityProviderArn
}

// A control call of the emulator.
func (fleet *fleet) control(path string, body map[string]any) {
	fleet.Helper()
	text, err := json.Marshal(body)
	must(fleet.T, err)
	answer, err := http.Post(fleet.url+"/_emulator/"+path, "application/json", bytes.NewReader(text))
	must(fleet.T, err)
	defer answer.Body.Close()
	equal(fleet.T, "status of "+path, answer.StatusCode, http.StatusOK)
}

// Registers a revision of a daemon's task definition.
func (fleet *fleet) definition(image string) *string {
	made, err := fleet.ecs.RegisterDaemonTaskDefinition(fleet.context(), &ecs.RegisterDaemonTaskDefinitionInput{
		Family: aws.String("agent"),
		Cpu:    aws.String("256"),
		Memory: aws.String("512"),
		ContainerDefinitions: []types.DaemonContainerDefinition{
			{Name: aws.String("agent"), Image: &image, MemoryReservation: aws.Int32(128)},
		},
	})
	must(fleet.T, err)
	return made.DaemonTaskDefinitionArn
}

// Creates a daemon.
func (fleet *fleet) daemon(name string) *ecs.CreateDaemonOutput {
	made, err := fleet.ecs.CreateDaemon(fleet.context(), &ecs.CreateDaemonInput{
		DaemonName:              &name,
		ClusterArn:              &fleet.cluster,
		DaemonTaskDefinitionArn: fleet.definition("agent:1"),
		CapacityProviderArns:    []string{fleet.provider},
	})
	must(fleet.T, err)
	return made
}

// Creates a service.
func (fleet *fleet) service(name string, count int32) {
	_, err := fleet.ecs.RegisterTaskDefinition(fleet.context(), &ecs.RegisterTaskDefinitionInput{
		Family:                  aws.String("app"),
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityManagedInstances},
		NetworkMode:             types.NetworkModeAwsvpc,
		Cpu:                     aws.String("256"),
		Memory:                  aws.String("512"),
		ContainerDefinitions:    []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("app:1")}},
	})
	must(fleet.T, err)
	network := &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}, SecurityGroups: []string{"sg-1"}}
	_, err = fleet.ecs.CreateService(fleet.context(), &ecs.CreateServiceInput{
		Cluster:        &fleet.cluster,
		ServiceName:    &name,
		DesiredCount:   &count,
		TaskDefinition: aws.String("app"),
		CapacityProviderStrategy: []types.CapacityProviderStrategyItem{
			{CapacityProvider: aws.String("fleet"), Weight: 1},
		},
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: network},
	})
	must(fleet.T, err)
}
