import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { clusterProvider, insideCluster } from "../../components/kubernetes/connection.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { only, recorded } from "../support/program.ts";

class Thing extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super("kubernetes:core/v1:ConfigMap", name, { metadata: { name } }, opts);
  }
}

class Machine extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Machine", name, {});
  }
}

describe("clusterProvider", () => {
  it("makes one provider per cluster, however often it is asked", async () => {
    const { resources, result } = await recorded(() => {
      const [eu, us] = [clusterRef("eu-1"), clusterRef("us-1")];
      return (
        clusterProvider(eu) === clusterProvider({ ...eu }) && clusterProvider(eu) !== clusterProvider(us)
      );
    });
    expect(result).toBe(true);
    expect(resources.map(({ name }) => name)).toEqual(["eu-1", "us-1"]);
  });

  it("makes the provider again in the next program", async () => {
    const eu = clusterRef("eu-1");
    await recorded(() => void clusterProvider(eu));
    const { resources } = await recorded(() => void clusterProvider(eu));
    expect(resources).toHaveLength(1);
  });

  it("ties objects to the cluster's name and keeps the kubeconfig secret, marked or not", async () => {
    const cluster = clusterRef("eu-1", { kubeconfig: pulumi.output("credentials") });
    const { resources } = await recorded(() => void clusterProvider(cluster));
    expect(resources[0]).toMatchObject({
      type: "pulumi:providers:kubernetes",
      name: "eu-1",
      secrets: ["kubeconfig"],
      // A provider's inputs that are no text travel as JSON.
      inputs: {
        kubeconfig: "credentials",
        clusterIdentifier: "eu-1",
        kubeClientSettings: '{"qps":200,"burst":400}',
        enableConfigMapMutable: "true",
        enableSecretMutable: "true",
      },
    });
    expect(resources[0]?.inputs).not.toHaveProperty("deleteUnreachable");
  });
});

describe("insideCluster", () => {
  it("sends each object to its own cluster, and lets it go with that cluster", async () => {
    const { resources } = await recorded(() => {
      for (const name of ["eu-1", "us-1"]) {
        new Thing(`thing-${name}`, insideCluster(clusterRef(name, { resource: new Machine(name) }), {}));
      }
    });
    for (const name of ["eu-1", "us-1"]) {
      expect(only(resources, "kubernetes:core/v1:ConfigMap", `thing-${name}`)).toMatchObject({
        provider: `pulumi:providers:kubernetes::${name}`,
        deletedWith: `test:index:Machine::${name}`,
      });
    }
  });

  it("lets the caller say what takes the object with it", async () => {
    const { resources } = await recorded(() => {
      const cluster = clusterRef("eu-1", { resource: new Machine("eu-1") });
      new Thing("thing", insideCluster(cluster, { deletedWith: new Machine("namespace") }));
    });
    expect(only(resources, "kubernetes:core/v1:ConfigMap").deletedWith).toBe("test:index:Machine::namespace");
  });

  it("deletes objects one by one on a cluster that outlives the program", async () => {
    const { resources } = await recorded(
      () => void new Thing("thing", insideCluster(clusterRef("eu-1"), {})),
    );
    expect(only(resources, "kubernetes:core/v1:ConfigMap").deletedWith).toBeUndefined();
  });
});
