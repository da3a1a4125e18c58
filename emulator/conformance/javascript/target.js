// An emulator of its own for each case, and the client of the AWS SDK for JavaScript that asks it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import * as sdk from "@aws-sdk/client-ecs";

export const INSTANCES = 2;

/** Waits without pauses: polls move the emulator's time. */
export const pace = { minDelay: 0.01, maxDelay: 0.02, maxWaitTime: 60 };

/** Runs a case with an emulator, a client, and a fleet. */
export async function withFleet(run) {
  const emulator = spawn(process.env.ECS_ACC_EMULATOR, ["--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await new Promise((resolve, reject) => {
      emulator.once("error", reject);
      emulator.once("exit", (code) => reject(new Error(`the emulator has ended with ${code}`)));
      createInterface({ input: emulator.stdout }).once("line", (...said) => resolve(said));
    });
    await run(await Fleet.at(line.replace("listening on ", "")));
  } finally {
    emulator.kill();
  }
}

class Fleet {
  static async at(url) {
    const fleet = new Fleet();
    fleet.url = url;
    fleet.ecs = new sdk.ECSClient({
      endpoint: url,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIACONFORMANCE00001", secretAccessKey: "not-a-secret" },
    });
    const { cluster } = await fleet.ask(new sdk.CreateClusterCommand({ clusterName: "prod" }));
    fleet.cluster = cluster.clusterArn;
    const { capacityProvider } = await fleet.ask(
      new sdk.CreateCapacityProviderCommand({
        name: "fleet",
        cluster: fleet.cluster,
        managedInstancesProvider: {
          infrastructureRoleArn: "arn:aws:iam::123456789012:role/ecs-infrastructure",
          instanceLaunchTemplate: {
            ec2InstanceProfileArn: "arn:aws:iam::123456789012:instance-profile/ecs-instance",
            networkConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] },
          },
        },
      }),
    );
    fleet.provider = capacityProvider.capacityProviderArn;
    await fleet.control("instances", { capacity_provider: fleet.provider, count: INSTANCES });
    return fleet;
  }

  ask(command) {
    return this.ecs.send(command);
  }

  /** A control call of the emulator. */
  async control(path, body) {
    const answer = await fetch(`${this.url}/_emulator/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  }

  /** Registers a revision of a daemon's task definition. */
  async definition(image) {
    const containerDefinitions = [{ name: "agent", image, memoryReservation: 128 }];
    const made = await this.ask(
      new sdk.RegisterDaemonTaskDefinitionCommand({ family: "agent", cpu: "256", memory: "512", containerDefinitions }),
    );
    return made.daemonTaskDefinitionArn;
  }

  /** What creation and update of a daemon have in common. */
  async settings(image) {
    return { daemonTaskDefinitionArn: await this.definition(image), capacityProviderArns: [this.provider] };
  }

  /** Creates a daemon. */
  async daemon(daemonName) {
    return this.ask(
      new sdk.CreateDaemonCommand({ daemonName, clusterArn: this.cluster, ...(await this.settings("agent:1")) }),
    );
  }

  /** Creates a service. */
  async service(serviceName, desiredCount) {
    await this.ask(
      new sdk.RegisterTaskDefinitionCommand({
        family: "app",
        requiresCompatibilities: ["MANAGED_INSTANCES"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "app", image: "app:1" }],
      }),
    );
    await this.ask(
      new sdk.CreateServiceCommand({
        cluster: this.cluster,
        serviceName,
        desiredCount,
        taskDefinition: "app",
        capacityProviderStrategy: [{ capacityProvider: "fleet", weight: 1 }],
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } },
      }),
    );
  }
}
