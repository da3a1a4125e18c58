// The AWS SDK for Go against the emulator: typed answers and errors, pages, waiters, retries.

package conformance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
)

// No pauses where polls move time.
func pace(options *ecs.DaemonDeploymentSuccessfulWaiterOptions) {
	options.MinDelay, options.MaxDelay = time.Millisecond, 2*time.Millisecond
}

func (fleet *fleet) described(deployment *string) *ecs.DescribeDaemonDeploymentsInput {
	return &ecs.DescribeDaemonDeploymentsInput{DaemonDeploymentArns: []string{*deployment}}
}

func TestDaemonsRollOutAndAreDescribedWithTheTypesOfTheSDK(t *testing.T) {
	fleet := newFleet(t)
	made := fleet.daemon("agent")
	waiter := ecs.NewDaemonDeploymentSuccessfulWaiter(fleet.ecs, pace)
	must(t, waiter.Wait(t.Context(), fleet.described(made.DeploymentArn), patience))
	described, err := fleet.ecs.DescribeDaemon(t.Context(), &ecs.DescribeDaemonInput{DaemonArn: made.DaemonArn})
	must(t, err)
	daemon := described.Daemon
	equal(t, "status", daemon.Status, types.DaemonStatusActive)
	equal(t, "year of creation", daemon.CreatedAt.UTC().Year(), 2026)
	equal(t, "running", daemon.CurrentRevisions[0].TotalRunningCount, instances)
}

func TestARollbackFailsTheWaiterOfADeployment(t *testing.T) {
	fleet := newFleet(t)
	made := fleet.daemon("agent")
	fleet.control("clock", map[string]any{"settle": true})
	fleet.control("faults", map[string]any{"image": "*:broken", "effect": "fails_to_start", "count": "for_ever"})
	updated, err := fleet.ecs.UpdateDaemon(t.Context(), &ecs.UpdateDaemonInput{
		DaemonArn:               made.DaemonArn,
		DaemonTaskDefinitionArn: fleet.definition("agent:broken"),
		CapacityProviderArns:    []string{fleet.provider},
	})
	must(t, err)
	waiter := ecs.NewDaemonDeploymentSuccessfulWaiter(fleet.ecs, pace)
	err = waiter.Wait(t.Context(), fleet.described(updated.DeploymentArn), patience)
	if err == nil || !strings.Contains(err.Error(), "Failure") {
		t.Errorf("the waiter says: %v", err)
	}
	described, err := fleet.ecs.DescribeDaemonDeployments(t.Context(), fleet.described(updated.DeploymentArn))
	must(t, err)
	equal(t, "status", described.DaemonDeployments[0].Status, types.DaemonDeploymentStatusRollbackSuccessful)
}

// Makes a call and tells whether its error is of a type.
func refusal[T error](call func(context.Context) error) func(*testing.T, string) {
	return func(t *testing.T, what string) {
		t.Helper()
		err := call(t.Context())
		var typed T
		if !errors.As(err, &typed) {
			t.Errorf("%s: %v is no %T", what, err, typed)
		}
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorFault() != smithy.FaultClient {
			t.Errorf("%s: %v is no error of the caller", what, err)
		}
	}
}

func TestRefusalsAreTypedErrors(t *testing.T) {
	fleet := newFleet(t)
	unknown := aws.String("arn:aws:ecs:us-east-1:123456789012:daemon/prod/unknown")
	cluster := aws.String("arn:aws:ecs:us-east-1:123456789012:cluster/unknown")
	for what, check := range map[string]func(*testing.T, string){
		"DescribeDaemon": refusal[*types.DaemonNotFoundException](func(ctx context.Context) error {
			_, err := fleet.ecs.DescribeDaemon(ctx, &ecs.DescribeDaemonInput{DaemonArn: unknown})
			return err
		}),
		"ListDaemons": refusal[*types.ClusterNotFoundException](func(ctx context.Context) error {
			_, err := fleet.ecs.ListDaemons(ctx, &ecs.ListDaemonsInput{ClusterArn: cluster})
			return err
		}),
		"UpdateService": refusal[*types.ServiceNotFoundException](func(ctx context.Context) error {
			_, err := fleet.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &fleet.cluster, Service: aws.String("unknown")})
			return err
		}),
		"DescribeDaemonTaskDefinition": refusal[*types.ClientException](func(ctx context.Context) error {
			_, err := fleet.ecs.DescribeDaemonTaskDefinition(
				ctx, &ecs.DescribeDaemonTaskDefinitionInput{DaemonTaskDefinition: aws.String("unknown:1")},
			)
			return err
		}),
	} {
		check(t, what)
	}
}

func TestPagesAreFollowedToTheirEnd(t *testing.T) {
	fleet := newFleet(t)
	names := []string{"a", "b", "c", "d", "e"}
	for _, name := range names {
		fleet.daemon(name)
		fleet.service(name, 0)
	}
	var daemons []string
	for input := (&ecs.ListDaemonsInput{ClusterArn: &fleet.cluster, MaxResults: aws.Int32(2)}); ; {
		page, err := fleet.ecs.ListDaemons(t.Context(), input)
		must(t, err)
		for _, daemon := range page.DaemonSummariesList {
			daemons = append(daemons, last(*daemon.DaemonArn))
		}
		if input.NextToken = page.NextToken; input.NextToken == nil {
			break
		}
	}
	var services []string
	pages := 0
	listed := ecs.NewListServicesPaginator(fleet.ecs, &ecs.ListServicesInput{Cluster: &fleet.cluster, MaxResults: aws.Int32(2)})
	for ; listed.HasMorePages(); pages++ {
		page, err := listed.NextPage(t.Context())
		must(t, err)
		for _, arn := range page.ServiceArns {
			services = append(services, last(arn))
		}
	}
	equal(t, "pages", pages, 3)
	for _, found := range [][]string{daemons, services} {
		slices.Sort(found)
		equal(t, "names", strings.Join(found, " "), strings.Join(names, " "))
	}
}

func last(arn string) string {
	return arn[strings.LastIndex(arn, "/")+1:]
}

func TestServicesBecomeStable(t *testing.T) {
	fleet := newFleet(t)
	fleet.service("web", 3)
	waiter := ecs.NewServicesStableWaiter(fleet.ecs, func(options *ecs.ServicesStableWaiterOptions) {
		options.MinDelay, options.MaxDelay = time.Millisecond, 2*time.Millisecond
	})
	input := &ecs.DescribeServicesInput{Cluster: &fleet.cluster, Services: []string{"web"}}
	stable, err := waiter.WaitForOutput(t.Context(), input, patience)
	must(t, err)
	equal(t, "running", stable.Services[0].RunningCount, 3)
}

func TestAThrottledCallIsMadeAgain(t *testing.T) {
	fleet := newFleet(t)
	fleet.control("faults", map[string]any{"operation": "ListClusters", "effect": "throttle", "count": 1})
	listed, err := fleet.ecs.ListClusters(t.Context(), &ecs.ListClustersInput{})
	must(t, err)
	equal(t, "cluster", strings.Join(listed.ClusterArns, " "), fleet.cluster)
	attempts, _ := retry.GetAttemptResults(listed.ResultMetadata)
	equal(t, "attempts", len(attempts.Results), 2)
}
