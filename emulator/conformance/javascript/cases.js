// The AWS SDK for JavaScript against the emulator: typed answers and exceptions, pages, waiters, retries.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as sdk from "@aws-sdk/client-ecs";

import { INSTANCES, pace, withFleet } from "./target.js";

function fleetTest(name, run) {
  test(name, () => withFleet(run));
}

fleetTest("daemons roll out and are described with the types of the SDK", async (fleet) => {
  const made = await fleet.daemon("agent");
  const waited = await sdk.waitUntilDaemonDeploymentSuccessful(
    { client: fleet.ecs, ...pace },
    { daemonDeploymentArns: [made.deploymentArn] },
  );
  assert.equal(waited.state, "SUCCESS");
  const { daemon } = await fleet.ask(new sdk.DescribeDaemonCommand({ daemonArn: made.daemonArn }));
  assert.equal(daemon.status, sdk.DaemonStatus.ACTIVE);
  assert.ok(daemon.createdAt instanceof Date);
  assert.equal(daemon.currentRevisions[0].totalRunningCount, INSTANCES);
  await sdk.waitUntilDaemonActive({ client: fleet.ecs, ...pace }, { daemonArn: made.daemonArn });
});

fleetTest("a rollback fails the waiter of a deployment", async (fleet) => {
  const { daemonArn } = await fleet.daemon("agent");
  await fleet.control("clock", { settle: true });
  await fleet.control("faults", { image: "*:broken", effect: "fails_to_start", count: "for_ever" });
  const settings = await fleet.settings("agent:broken");
  const { deploymentArn } = await fleet.ask(new sdk.UpdateDaemonCommand({ daemonArn, ...settings }));
  await assert.rejects(
    sdk.waitUntilDaemonDeploymentSuccessful(
      { client: fleet.ecs, ...pace },
      { daemonDeploymentArns: [deploymentArn] },
    ),
    /"state":"FAILURE"/,
  );
  const [deployment] = (
    await fleet.ask(new sdk.DescribeDaemonDeploymentsCommand({ daemonDeploymentArns: [deploymentArn] }))
  ).daemonDeployments;
  assert.equal(deployment.status, sdk.DaemonDeploymentStatus.ROLLBACK_SUCCESSFUL);
});

fleetTest("refusals are typed exceptions", async (fleet) => {
  const arn = "arn:aws:ecs:us-east-1:123456789012:";
  const unknown = `${arn}daemon/prod/unknown`;
  for (const [command, type] of [
    [new sdk.DescribeDaemonCommand({ daemonArn: unknown }), sdk.DaemonNotFoundException],
    [new sdk.DeleteDaemonCommand({ daemonArn: unknown }), sdk.DaemonNotFoundException],
    [new sdk.ListDaemonsCommand({ clusterArn: `${arn}cluster/unknown` }), sdk.ClusterNotFoundException],
    [new sdk.DescribeServicesCommand({ cluster: "unknown", services: ["a"] }), sdk.ClusterNotFoundException],
    [new sdk.UpdateServiceCommand({ cluster: "prod", service: "unknown" }), sdk.ServiceNotFoundException],
    [new sdk.DescribeDaemonTaskDefinitionCommand({ daemonTaskDefinition: "unknown:1" }), sdk.ClientException],
  ]) {
    const error = await fleet.ask(command).then(assert.fail, (refused) => refused);
    assert.ok(error instanceof type, `${command.constructor.name}: ${error}`);
    assert.ok(error instanceof sdk.ECSServiceException);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
  }
});

fleetTest("pages are followed to their end", async (fleet) => {
  const names = ["a", "b", "c", "d", "e"];
  for (const name of names) {
    await fleet.daemon(name);
    await fleet.service(name, 0);
  }
  const daemons = [];
  let nextToken;
  do {
    const page = await fleet.ask(
      new sdk.ListDaemonsCommand({ clusterArn: fleet.cluster, maxResults: 2, nextToken }),
    );
    assert.ok(page.daemonSummariesList.length <= 2);
    daemons.push(...page.daemonSummariesList.map(({ daemonArn }) => daemonArn.split("/").at(-1)));
    nextToken = page.nextToken;
  } while (nextToken);
  assert.deepEqual(daemons.sort(), names);
  const services = [];
  for await (const page of sdk.paginateListServices({ client: fleet.ecs, pageSize: 2 }, { cluster: "prod" })) {
    services.push(page.serviceArns.map((arn) => arn.split("/").at(-1)));
  }
  assert.equal(services.length, 3);
  assert.deepEqual(services.flat().sort(), names);
});

fleetTest("services become stable", async (fleet) => {
  await fleet.service("web", 3);
  const waited = await sdk.waitUntilServicesStable(
    { client: fleet.ecs, ...pace },
    { cluster: "prod", services: ["web"] },
  );
  assert.equal(waited.state, "SUCCESS");
  const { services } = await fleet.ask(new sdk.DescribeServicesCommand({ cluster: "prod", services: ["web"] }));
  assert.equal(services[0].runningCount, 3);
});

fleetTest("a throttled call is made again", async (fleet) => {
  await fleet.control("faults", { operation: "ListClusters", effect: "throttle", count: 1 });
  const listed = await fleet.ask(new sdk.ListClustersCommand({}));
  assert.deepEqual(listed.clusterArns, [fleet.cluster]);
  assert.equal(listed.$metadata.attempts, 2);
});
