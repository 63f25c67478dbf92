import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ApiObject, Chart } from "cdk8s";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ClusterRef } from "../../components/core/refs.ts";
import {
  MultiClusterRelease,
  type MultiClusterReleaseArgs,
} from "../../components/releases/multi-cluster-release.ts";
import { helm, manifests } from "../../components/releases/source.ts";
import { chartFile, useChartProject } from "../support/chart-project.ts";
import { clusterRef, groupRef } from "../support/cluster-refs.ts";
import { examine, faultsOf, only, record, recorded, urnList } from "../support/program.ts";
import type { Recorded } from "../support/requests.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";
const mapType = "kubernetes:core/v1:ConfigMap";
useChartProject();

const web = (name: string, more: Partial<MultiClusterReleaseArgs<Record<string, unknown>>> = {}) =>
  new MultiClusterRelease(name, {
    group: groupRef("runtime", "eu-1", "us-1"),
    namespace: "shop",
    source: helm({ path: "charts/web" }),
    values: { replicas: 2 },
    overrides: { clusters: { "us-1": { replicas: 3 } } },
    ...more,
  });

interface Greeting {
  text: string;
  count?: number;
}

/** A chart of one ConfigMap that says what it was given. */
const greeting = manifests((values: Greeting, cluster, { app, name, namespace }) => {
  const chart = new Chart(app, "greeting", { namespace });
  const data = { text: values.text, count: String(values.count ?? "none"), cloud: cluster.cloud };
  new ApiObject(chart, "map", { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  return chart;
});

const greetings = (name: string, more: Partial<MultiClusterReleaseArgs<Greeting>> = {}) =>
  new MultiClusterRelease(name, {
    group: groupRef("runtime", "eu-1", "us-1"),
    namespace: "shop",
    source: greeting,
    values: { text: "hello", count: 1 },
    ...more,
  });

class Tenant extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Tenant", name, {});
  }
}

const releases = (resources: Recorded[]) =>
  Object.fromEntries(resources.filter(({ type }) => type === releaseType).map((one) => [one.name, one]));

/** The namespace of a program's own on one cluster. */
const own = (cluster: ClusterRef) => ({
  name: `shop-${cluster.name}`,
  cluster,
  resource: new Tenant(cluster.name),
});

describe("MultiClusterRelease of a Helm chart", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => web(name), {
      outputs: () => ({ status: { status: "deployed" } }),
    });
    await expect(urnList(resources)).toMatchFileSnapshot("golden/helm.txt");
  });

  it("installs on each member, through its provider, with the member's values", async () => {
    const { resources } = await recorded(() => void web("web", { timeoutSeconds: 60 }));
    expect(releases(resources)).toMatchObject({
      "web-eu-1-release": {
        provider: "pulumi:providers:kubernetes::eu-1",
        inputs: { name: "web-runtime", namespace: "shop", values: { replicas: 2 }, timeout: 60 },
      },
      "web-us-1-release": {
        provider: "pulumi:providers:kubernetes::us-1",
        inputs: { name: "web-runtime", namespace: "shop", values: { replicas: 3 }, timeout: 60 },
      },
    });
  });

  it("hands outputs and secrets to Helm", async () => {
    const { resources } = await recorded(
      () => void web("web", { values: { replicas: pulumi.secret(1234) }, overrides: {} }),
    );
    const { inputs, secrets } = only(resources, releaseType, "web-eu-1-release");
    expect(inputs["values"]).toEqual({ replicas: 1234 });
    expect(secrets).toEqual(["values.replicas"]);
  });

  it("takes a default of the chart away from the member whose override says null, and from no other", async () => {
    const { resources } = await recorded(
      () => void web("web", { overrides: { clusters: { "eu-1": { probe: { path: null } } } } }),
    );
    const defaults = (member: string) => {
      const { inputs } = only(resources, releaseType, `web-${member}-release`);
      return parse(readFileSync(join(String(inputs["chart"]), "values.yaml"), "utf8"));
    };
    expect(defaults("eu-1")).toEqual({ replicas: 1, probe: {} });
    expect(defaults("us-1")).toEqual({ replicas: 1, probe: { path: "/" } });
  });

  it("keeps every member's URNs when a member comes or goes", async () => {
    const urns = async (...members: string[]) => {
      const { resources } = await recorded(
        () => void web("web", { group: groupRef("runtime", ...members), overrides: {} }),
      );
      return urnList(resources).split("\n");
    };
    const [two, three] = [await urns("eu-1", "us-1"), await urns("ap-1", "eu-1", "us-1")];
    expect(three).toEqual(expect.arrayContaining(two));
    expect(three.filter((urn) => !two.includes(urn)).every((urn) => urn.includes("ap-1"))).toBe(true);
  });

  it("waits for each member's own namespace, and is uninstalled before it goes", async () => {
    const { resources } = await recorded(() => {
      const group = groupRef("runtime", "eu-1", "us-1");
      const namespace = Object.fromEntries(
        Object.entries(group.members).map(([member, cluster]) => [member, own(cluster)]),
      );
      web("web", { group, namespace });
    });
    for (const member of ["eu-1", "us-1"]) {
      const release = only(resources, releaseType, `web-${member}-release`);
      expect(release.inputs["namespace"]).toBe(`shop-${member}`);
      expect(release.dependsOn).toEqual([`test:index:Tenant::${member}`]);
      expect(release.deletedWith).toBeUndefined();
    }
  });

  it("goes with its cluster", async () => {
    const { resources } = await recorded(() => {
      const cluster = clusterRef("eu-1", { resource: new Tenant("machine") });
      web("web", {
        group: { name: "runtime", members: { "eu-1": cluster } },
        namespace: { "eu-1": own(cluster) },
        overrides: {},
      });
    });
    expect(only(resources, releaseType).deletedWith).toBe("test:index:Tenant::machine");
  });

  it("tells at preview what will stand where", async () => {
    const { result } = await recorded(() => web("web").members, { mode: "preview" });
    expect(result["us-1"]).toMatchObject({ cluster: "us-1", namespace: "shop", releaseName: "web-runtime" });
  });
});

describe("MultiClusterRelease of manifests", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => greetings(name));
    await expect(urnList(resources)).toMatchFileSnapshot("golden/manifests.txt");
  });

  it("makes the chart for each member of the member's values, cluster, name and namespace", async () => {
    const gcp = clusterRef("us-1", { cloud: "gcp" });
    const { resources } = await recorded(() => {
      greetings("hi", {
        group: { name: "runtime", members: { "eu-1": clusterRef("eu-1"), "us-1": gcp } },
        overrides: { clusters: { "us-1": { text: "howdy", count: null } } },
      });
    });
    const map = (member: string) => only(resources, mapType, `hi-${member}-configmap-hi-runtime`);
    expect(map("eu-1").inputs).toMatchObject({
      metadata: { name: "hi-runtime", namespace: "shop" },
      data: { text: "hello", count: "1", cloud: "aws" },
    });
    expect(map("us-1").inputs).toMatchObject({ data: { text: "howdy", count: "none", cloud: "gcp" } });
    expect(map("us-1").provider).toBe("pulumi:providers:kubernetes::us-1");
  });

  it("waits for each member's own namespace", async () => {
    const { resources } = await recorded(() => {
      const cluster = clusterRef("eu-1");
      const group = { name: "runtime", members: { "eu-1": cluster } };
      greetings("hi", { group, namespace: { "eu-1": own(cluster) }, timeoutSeconds: 20 });
    });
    expect(only(resources, mapType)).toMatchObject({
      dependsOn: ["test:index:Tenant::eu-1"],
      customTimeouts: { create: "20s" },
      inputs: { metadata: { namespace: "shop-eu-1" } },
    });
  });

  it("tells values of another type at compile time", () => {
    const group = groupRef("runtime", "eu-1");
    const never = () => {
      // @ts-expect-error The chart has no such value.
      new MultiClusterRelease("hi", { group, namespace: "shop", source: greeting, values: { txt: "hello" } });
      // @ts-expect-error The text is text for every member.
      greetings("hi", { values: { text: ({ cluster }) => cluster.labels } });
      // @ts-expect-error There are no outputs to read.
      greetings("hi", { values: { text: ({ members }) => members["us-1"]?.outputs.address } });
      // @ts-expect-error There is no such kind of layers.
      greetings("hi", { overrides: { cloud: { aws: {} } } });
      // @ts-expect-error The chart has no such value, in no layer.
      greetings("hi", { overrides: { labels: { "tier=edge": { txt: "hello" } } } });
      // @ts-expect-error The text cannot be taken away.
      greetings("hi", { overrides: { clusters: { "eu-1": { text: null } } } });
    };
    expect(never).toBeTypeOf("function");
  });
});

describe("a refused MultiClusterRelease", () => {
  it("tells every fault at once and makes nothing on any cluster", async () => {
    const make = () =>
      web("web", {
        namespace: { "eu-1": "shop" },
        overrides: { clusters: { "us-2": {} } },
        source: helm({ path: "charts/wep" }),
        timeoutSeconds: 0,
      });
    const path = 'MultiClusterRelease("web")';
    expect((await faultsOf(make)).map((fault) => [fault.path, fault.problem])).toEqual([
      [`${path}.overrides.clusters["us-2"]`, 'is for no member of the group "runtime"'],
      [`${path}.namespace["us-1"]`, "is missing"],
      [`${path}.timeoutSeconds`, "is out of range"],
      [`${path}.source.path`, "does not exist"],
    ]);
    const { resources } = await record(make, { mode: "preview" });
    expect(resources.map(({ type }) => type)).toEqual(["breakwater:index:MultiClusterRelease"]);
  });

  describe("by the chart's schema", () => {
    beforeEach(() => {
      const properties = {
        replicas: { type: "integer" },
        probe: { type: "object", required: ["path"], properties: { path: { type: "string" } } },
        hosts: { type: "array", items: { type: "string" } },
      };
      chartFile("values.schema.json", JSON.stringify({ properties, additionalProperties: false }));
    });

    it("is told once for the common values, and in the override where the value comes from there", async () => {
      const faults = await faultsOf(() =>
        web("web", {
          values: { replica: 2, hosts: ["a", 1] },
          overrides: { clusters: { "us-1": { replicas: "3", probe: { path: null } } } },
        }),
      );
      expect(faults).toMatchObject([
        { path: 'MultiClusterRelease("web").values.replica', instead: "replicas" },
        { path: 'MultiClusterRelease("web").values.hosts[1]', value: 1 },
        {
          path: 'MultiClusterRelease("web").overrides.clusters["us-1"].replicas',
          value: "3",
          allowed: "integer",
        },
        { path: 'MultiClusterRelease("web").overrides.clusters["us-1"].probe.path', problem: "is missing" },
      ]);
    });

    it("is not for values that the override puts right", async () => {
      const { resources } = await recorded(
        () =>
          void web("web", { values: { replicas: 2 }, overrides: { clusters: { "us-1": { hosts: ["b"] } } } }),
      );
      expect(Object.keys(releases(resources))).toHaveLength(2);
    });

    it("is told of the chart itself when its schema is none", async () => {
      chartFile("values.schema.json", "{");
      expect(await faultsOf(() => web("web"))).toMatchObject([
        { path: 'MultiClusterRelease("web").source.path/values.schema.json' },
      ]);
    });
  });
});
