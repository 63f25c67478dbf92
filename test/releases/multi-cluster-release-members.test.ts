import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import type { InstalledMember, Member } from "../../components/releases/members.ts";
import {
  MultiClusterRelease,
  type MultiClusterReleaseArgs,
} from "../../components/releases/multi-cluster-release.ts";
import { helm } from "../../components/releases/source.ts";
import { describeWaves } from "../../components/releases/waves.ts";
import { checkout, useChartProject } from "../support/chart-project.ts";
import { groupRef } from "../support/cluster-refs.ts";
import { faultsOf, only, record, recorded } from "../support/program.ts";
import type { Recorded } from "../support/requests.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";

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

describe("the record of a MultiClusterRelease", () => {
  const recordOf = (resources: Recorded[]) =>
    only(resources, "breakwater:index:MultiClusterRelease").outputs?.["record"];

  it("says who gets what, and where that is written, already at preview", async () => {
    const file = "test/releases/multi-cluster-release-members.test.ts";
    const lines = readFileSync(join(checkout, file), "utf8").split("\n");
    const line = (mark: string) => lines.findIndex((one) => one.endsWith(`// ${mark}`)) + 1;
    const shared = { layer: "values", file, line: line("values") };
    const override = {
      layer: 'overrides.clusters["us-1"]',
      file,
      line: line("override"),
    };
    const part = (cluster: string) => ({
      ...{ cluster, cloud: "aws", distribution: "local", namespace: "shop", releaseName: "web-runtime" },
      target: true,
    });
    for (const mode of ["preview", "update"] as const) {
      const make = () =>
        new MultiClusterRelease("web", {
          group: groupRef("runtime", "eu-1", "us-1"),
          namespace: "shop",
          source: helm({ path: "charts/web" }),
          values: { replicas: 2 }, // values
          overrides: { clusters: { "us-1": { replicas: 3 } } }, // override
        });
      const { resources } = await recorded(make, { mode });
      expect(recordOf(resources)).toEqual({
        group: "runtime",
        release: "web",
        source: { kind: "helm", chart: "web", version: "1.0.0" },
        waves: [["eu-1", "us-1"]],
        members: {
          "eu-1": {
            ...part("eu-1"),
            values: { replicas: 2 },
            provenance: { replicas: { ...shared, hid: [] } },
          },
          "us-1": {
            ...part("us-1"),
            values: { replicas: 3 },
            provenance: { replicas: { ...override, hid: [{ ...shared, value: 2 }] } },
          },
        },
      });
    }
  });

  it("keeps what is secret so, also where it is hidden", async () => {
    const values = { replicas: pulumi.secret(2) };
    const { resources } = await recorded(() => void web("web", { values }));
    expect(only(resources, "breakwater:index:MultiClusterRelease").secretOutputs).toEqual([
      "record.members.eu-1.values.replicas",
      "record.members.us-1.provenance.replicas.hid[0].value",
    ]);
  });

  it("has the members that are no targets, and the waves", async () => {
    const { resources } = await recorded(() => {
      const group = groupRef("runtime", "eu-1", "us-1", "ap-1");
      web("web", { group, onJoin: "manual", targets: ["us-1", "eu-1"], waves: [{ clusters: ["us-1"] }] });
    });
    expect(recordOf(resources)).toMatchObject({
      waves: [["us-1"], ["eu-1"]],
      members: { "ap-1": { target: false, values: {} }, "eu-1": { target: true } },
    });
    const installed = resources.filter(({ type }) => type === releaseType).map(({ name }) => name);
    expect(installed).toEqual(["web-us-1-release", "web-eu-1-release"]);
  });
});

describe("the order of a MultiClusterRelease", () => {
  const componentType = "breakwater:index:HelmRelease";
  const waitsFor = (resources: Recorded[], member: string) =>
    only(resources, componentType, `web-${member}`).dependsOn.filter((one) => one.startsWith(releaseType));

  it("is that of the waves: a member waits for everything of the wave before", async () => {
    const { resources } = await recorded(() => {
      const group = groupRef("runtime", "eu-1", "us-1", "ap-1");
      web("web", { group, waves: [{ count: 1 }, { count: 1 }] });
    });
    expect(waitsFor(resources, "eu-1")).toEqual([]);
    expect(waitsFor(resources, "us-1")).toEqual([`${releaseType}::web-eu-1-release`]);
    expect(waitsFor(resources, "ap-1")).toEqual([`${releaseType}::web-us-1-release`]);
  });

  it("has so many members at once and no more", async () => {
    const { resources } = await recorded(() => {
      web("web", { group: groupRef("runtime", "eu-1", "us-1", "ap-1"), maxConcurrent: 2 });
    });
    expect(waitsFor(resources, "us-1")).toEqual([]);
    expect(waitsFor(resources, "ap-1")).toEqual([`${releaseType}::web-eu-1-release`]);
  });

  it("is told before anything starts, where one was asked for", async () => {
    const told = vi.spyOn(pulumi.log, "info").mockResolvedValue();
    const waves = [{ clusters: ["us-1"] }];
    await recorded(() => [web("web"), web("shop", { waves })].length, { mode: "preview" });
    expect(told.mock.calls.map(([text]) => text)).toEqual([describeWaves("shop", [["us-1"], ["eu-1"]])]);
    told.mockRestore();
  });

  it("is not told when nobody takes the release yet", async () => {
    const told = vi.spyOn(pulumi.log, "info").mockResolvedValue();
    const waves = [{ clusters: ["us-1"] }];
    await recorded(() => void web("web", { onJoin: "manual", targets: [], waves }));
    expect(told).not.toHaveBeenCalled();
    told.mockRestore();
  });
});

describe("outputs of the members of a MultiClusterRelease", () => {
  const address = ({ cluster, status }: InstalledMember) => ({
    address: pulumi.output(status).apply(() => `10.0.0.1 of ${cluster.name}`),
  });

  const made = (name: string) => ({ outputs: () => ({ status: { status: name } }) });

  it("are read by the values of other members, which are installed after them", async () => {
    const { resources } = await recorded(() => {
      new MultiClusterRelease("web", {
        group: groupRef("runtime", "eu-1", "us-1"),
        namespace: "shop",
        source: helm({ path: "charts/web" }),
        outputs: address,
        values: { replicas: 1 },
        overrides: { clusters: { "eu-1": { probe: ({ members }) => members["us-1"]?.outputs.address } } },
      });
    }, made("deployed"));
    expect(only(resources, releaseType, "web-eu-1-release")).toMatchObject({
      inputs: { values: { probe: "10.0.0.1 of us-1" } },
      dependsOn: [`${releaseType}::web-us-1-release`],
    });
  });

  it("order the members also where they are known before anything stands", async () => {
    const { resources } = await recorded(() => {
      new MultiClusterRelease("web", {
        group: groupRef("runtime", "eu-1", "us-1"),
        namespace: "shop",
        source: helm({ path: "charts/web" }),
        outputs: ({ cluster }: InstalledMember) => ({ name: pulumi.output(cluster.name) }),
        values: { replicas: 1 },
        overrides: { clusters: { "eu-1": { probe: ({ members }) => members["us-1"]?.outputs.name } } },
      });
    });
    const waiting = only(resources, "breakwater:index:HelmRelease", "web-eu-1");
    expect(waiting.dependsOn).toContain(`${releaseType}::web-us-1-release`);
  });

  it("stop the release where a function cannot do with what is really given", async () => {
    const make = () =>
      new MultiClusterRelease("web", {
        group: groupRef("runtime", "ap-1", "eu-1", "us-1"),
        namespace: "shop",
        source: helm({ path: "charts/web" }),
        outputs: ({ cluster }: InstalledMember) => ({ [cluster.name]: pulumi.output("x") }),
        values: { replicas: 1 },
        overrides: {
          labels: {
            "name!=us-1": {
              probe: ({ members, cluster }) =>
                members["us-1"]?.outputs[cluster.name]?.apply((text) => text) ?? refuse(),
            },
          },
        },
      });
    const refuse = () => {
      throw new Error("it gave nothing");
    };
    const { resources, error } = await record(make);
    const problem = (member: string) => `throws for the member ${member}: it gave nothing`;
    expect(String(error)).toContain(problem("ap-1"));
    expect(String(error)).toContain(problem("eu-1"));
    expect(resources.filter(({ type }) => type === releaseType).map(({ name }) => name)).toEqual([
      "web-us-1-release",
    ]);
  });

  it("are read by the values of another release", async () => {
    const { resources } = await recorded(() => {
      const group = groupRef("runtime", "eu-1", "us-1");
      const source = helm({ path: "charts/web" });
      const net = new MultiClusterRelease("net", {
        group,
        namespace: "shop",
        source,
        values: {},
        outputs: address,
      });
      const others = ({ cluster }: Member) =>
        Object.values(net.members)
          .filter((member) => member.cluster !== cluster.name)
          .map((member) => member.outputs.address);
      web("web", { group, values: { probe: { hosts: others } }, overrides: {} });
    }, made("deployed"));
    expect(only(resources, releaseType, "web-eu-1-release").inputs["values"]).toEqual({
      probe: { hosts: ["10.0.0.1 of us-1"] },
    });
    expect(only(resources, releaseType, "web-us-1-release").inputs["values"]).toEqual({
      probe: { hosts: ["10.0.0.1 of eu-1"] },
    });
  });

  it("of a release that is refused stand for themselves, so that only its own faults are told", async () => {
    const faults = await faultsOf(() => {
      const group = groupRef("runtime", "eu-1", "us-1");
      const net = web("net", { group, timeoutSeconds: 0 });
      const status = () => pulumi.interpolate`is ${net.members["us-1"]?.status}`;
      web("web", { group, values: { probe: { path: status } }, overrides: {} });
    });
    expect(faults.map(({ path }) => path)).toEqual(['MultiClusterRelease("net").timeoutSeconds']);
  });

  it("that read each other are refused before anything is made", async () => {
    const make = () => {
      new MultiClusterRelease("web", {
        group: groupRef("runtime", "eu-1", "us-1"),
        namespace: "shop",
        source: helm({ path: "charts/web" }),
        outputs: address,
        values: { probe: ({ members }) => Object.values(members).map(({ outputs }) => outputs.address) },
      });
    };
    const { resources, error } = await record(make, { mode: "preview" });
    expect(String(error)).toContain("make the members wait for each other: eu-1 reads us-1 reads eu-1");
    expect(resources.map(({ type }) => type)).toEqual(["breakwater:index:MultiClusterRelease"]);
  });
});

describe("the names of a MultiClusterRelease", () => {
  it("are refused when another release has them, and both are named", async () => {
    const faults = await faultsOf(() => {
      web("web");
      web("web", { group: groupRef("edge", "eu-1", "us-1") });
    });
    expect(faults).toMatchObject([
      {
        path: 'MultiClusterRelease("web") name',
        problem: 'is the name of another MultiClusterRelease, the one to the group "runtime"',
      },
    ]);
  });

  it("are refused when a member's part would have the name of another one", async () => {
    const faults = await faultsOf(() => {
      web("shop", { group: groupRef("runtime", "eu-west"), overrides: {} });
      web("shop-eu", { group: groupRef("edge", "west"), overrides: {} });
    });
    expect(faults).toMatchObject([
      {
        path: 'MultiClusterRelease("shop-eu") name',
        problem:
          'makes "shop-eu-west" on west, which is also the name of MultiClusterRelease("shop") on eu-west',
      },
    ]);
  });
});
