import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ImportedCluster } from "../../components/clusters/imported-cluster.ts";
import { LocalCluster, type LocalClusterArgs } from "../../components/clusters/local-cluster.ts";
import { examine, faultsOf, only, record, recorded, urnList } from "../support/program.ts";

const controlPlane = "breakwater-local:index:ControlPlane";
const outputs = () => ({
  version: "1.36.3",
  kubeconfig: "credentials",
  endpoint: "https://127.0.0.1:6443",
});

const args: LocalClusterArgs = {
  role: "runtime",
  cloud: "aws",
  region: "eu-west-1",
  nodePools: { general: { count: 2, zones: ["eu-west-1a", "eu-west-1b"] } },
};

const cluster = (name: string, more: Partial<LocalClusterArgs> = {}) =>
  new LocalCluster(name, { ...args, ...more });

/** The value of an output, as the program's end sees it. */
function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

describe("LocalCluster", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => cluster(name), { outputs });
    await expect(urnList(resources)).toMatchFileSnapshot("golden/local-cluster.txt");
    expect(only(resources, "breakwater:index:LocalCluster").outputs).toEqual({
      name: "one",
      version: "1.36.3",
      endpoint: "https://127.0.0.1:6443",
    });
  });

  it("asks the plugin for a control plane with every node pool filled in", async () => {
    const { resources } = await recorded(
      () => void cluster("eu-1", { version: "1.36.3", serviceCidr: "10.96.0.0/16" }),
      { outputs, stack: "staging" },
    );
    expect(only(resources, controlPlane)).toMatchObject({
      name: "eu-1-control-plane",
      parent: "breakwater:index:LocalCluster::eu-1",
      additionalSecretOutputs: ["kubeconfig"],
      inputs: {
        name: "eu-1",
        environment: "staging",
        region: "eu-west-1",
        version: "1.36.3",
        serviceCidr: "10.96.0.0/16",
        nodePools: {
          general: {
            count: 2,
            instanceType: "local",
            cpu: "4",
            memory: "16Gi",
            pods: 110,
            labels: {},
            taints: [],
            zones: ["eu-west-1a", "eu-west-1b"],
          },
        },
      },
    });
  });

  it("leaves version and service addresses to the plugin when nothing is said of them", async () => {
    const { resources } = await recorded(() => void cluster("eu-1"), { outputs });
    const { inputs } = only(resources, controlPlane);
    expect(Object.keys(inputs).sort()).toEqual(["environment", "name", "nodePools", "region"]);
  });

  it("gives a ref with a secret kubeconfig, and the control plane as what takes everything with it", async () => {
    const { result: ref } = await recorded(() => cluster("eu-1", { labels: { tier: "gold" } }).ref, {
      outputs,
    });
    expect(ref).toMatchObject({
      name: "eu-1",
      distribution: "local",
      role: "runtime",
      cloud: "aws",
      region: "eu-west-1",
      labels: { tier: "gold" },
    });
    expect(await resolved(ref.kubeconfig)).toBe("credentials");
    expect(await pulumi.isSecret(ref.kubeconfig)).toBe(true);
    expect(await resolved(ref.version)).toBe("1.36.3");
    expect(await pulumi.isSecret(ref.version)).toBe(false);
    expect(await resolved((ref.resource as pulumi.Resource).urn)).toContain(controlPlane);
  });

  it("is on no cloud unless told", async () => {
    const { result } = await recorded(
      () => new LocalCluster("core-1", { role: "core", region: "here", nodePools: {} }).ref,
      { outputs },
    );
    expect(result).toMatchObject({ cloud: "none", labels: {}, role: "core" });
  });

  it("tells every fault at once, with what was given", async () => {
    const faults = await faultsOf(() => {
      cluster("EU 1", {
        region: "",
        cloud: "a b",
        labels: { "x y": "z" },
        version: "v1.36.3",
        serviceCidr: "10.96.1.0/16",
        nodePools: { general: { count: -1, memory: "4GB" } },
      });
      cluster("x".repeat(41), { serviceCidr: "10.0.0.0/8", version: "1.36" });
      cluster("us-1", { serviceCidr: "fd00::/16" });
      cluster("us-2", { serviceCidr: "10.96.0.0/33" });
      cluster("us-3", { serviceCidr: "10.96.1.0/5" });
    });
    const eu = 'LocalCluster("EU 1")';
    const long = `LocalCluster("${"x".repeat(41)}")`;
    expect(faults.map(({ path, value, instead }) => [path, value, instead])).toEqual([
      [`${eu} name`, "EU 1", '"eu-1"'],
      [`${eu}.region`, "", undefined],
      [`${eu}.cloud`, "a b", undefined],
      [`${eu}.labels`, "x y", undefined],
      [`${eu}.version`, "v1.36.3", '"1.36.3"'],
      [`${eu}.serviceCidr`, "10.96.1.0/16", '"10.96.0.0/16"'],
      [`${eu}.nodePools.general.count`, -1, undefined],
      [`${eu}.nodePools.general.memory`, "4GB", '"4G"'],
      [`${long} name`, "x".repeat(41), `"${"x".repeat(40)}"`],
      [`${long}.version`, "1.36", undefined],
      [`${long}.serviceCidr`, "10.0.0.0/8", undefined],
      ['LocalCluster("us-1").serviceCidr', "fd00::/16", undefined],
      ['LocalCluster("us-2").serviceCidr', "10.96.0.0/33", undefined],
      ['LocalCluster("us-3").serviceCidr', "10.96.1.0/5", undefined],
    ]);
  });

  it("refuses a name that another cluster of the program has, and tells whose", async () => {
    const faults = await faultsOf(() => {
      cluster("eu-1");
      cluster("eu-1");
    });
    expect(faults).toMatchObject([
      {
        path: 'LocalCluster("eu-1") name',
        value: "eu-1",
        problem: expect.stringContaining("another cluster"),
      },
    ]);
  });

  it("refuses the name of a cluster of another kind too", async () => {
    const faults = await faultsOf(() => {
      new ImportedCluster("eu-1", {
        role: "core",
        region: "here",
        kubeconfig: pulumi.output(pulumi.unknown as unknown as string),
      });
      cluster("eu-1");
    });
    expect(faults).toMatchObject([
      { path: 'LocalCluster("eu-1") name', problem: expect.stringContaining("ImportedCluster") },
    ]);
  });

  it("makes nothing when refused, and still has a ref for what stands on it", async () => {
    const refs: unknown[] = [];
    const { resources } = await record(() => void refs.push(cluster("-", {}).ref), { mode: "preview" });
    expect(resources.filter(({ custom }) => custom)).toEqual([]);
    expect(refs).toMatchObject([{ name: "-", role: "runtime", cloud: "aws" }]);
  });
});
