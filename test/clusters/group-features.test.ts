import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { ClusterGroup } from "../../components/clusters/cluster-group.ts";
import type { GroupFeature, GroupFeatures } from "../../components/clusters/group-features.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { lastUpdateWas } from "../support/engine-hooks.ts";
import { examine, faultsOf, recorded, urnList } from "../support/program.ts";

class Agent extends pulumi.ComponentResource {
  constructor(name: string, sends: { to: string; of: string[] }, opts: pulumi.ComponentResourceOptions) {
    super("test:index:Agent", name, sends, opts);
    this.registerOutputs({});
  }
}

/** An agent on every member, which sends what it sees to the host's. */
const monitoring = ({ host }: { host: string }): GroupFeature => ({
  host,
  install: ({ name, host, group }, opts) => {
    new Agent(name, { to: host.name, of: Object.keys(group.members) }, opts);
  },
});

/** An agent on every member, all the same. */
const logging: GroupFeature = {
  install: ({ name, cluster }, opts) => {
    new Agent(name, { to: "nobody", of: [cluster.name] }, opts);
  },
};

const refs = (...names: string[]) => Object.fromEntries(names.map((name) => [name, clusterRef(name)]));

const group = (features: GroupFeatures, members = ["core-1", "eu-1"]) =>
  new ClusterGroup("fleet", { members: refs(...members), features });

/** What is recorded of the group when these features are on, with their hosts. */
const state = (features: Record<string, { host?: string }>) => ({
  fleet: { members: ["core-1", "eu-1"], features },
});

const path = 'ClusterGroup("fleet").features';

afterEach(() => lastUpdateWas({}));

describe("a feature of a group", () => {
  it("is put on every member, below the group, under a name of its own", async () => {
    const resources = await examine(
      (name) =>
        new ClusterGroup(name, {
          members: refs(`${name}-core`, `${name}-eu`),
          features: { logging, monitoring: monitoring({ host: `${name}-core` }) },
        }),
    );
    await expect(urnList(resources)).toMatchFileSnapshot("golden/group-features.txt");
    const parents = resources.filter(({ type }) => type === "test:index:Agent").map(({ parent }) => parent);
    expect(new Set(parents)).toEqual(new Set(["breakwater:index:ClusterGroup::one"]));
  });

  it("knows its cluster, the group, and the host when it has one", async () => {
    const { resources } = await recorded(() =>
      group({ logging, monitoring: monitoring({ host: "core-1" }) }),
    );
    const agents = resources.filter(({ type }) => type === "test:index:Agent");
    expect(Object.fromEntries(agents.map(({ name, inputs }) => [name, inputs]))).toEqual({
      "fleet-logging-core-1": { to: "nobody", of: ["core-1"] },
      "fleet-logging-eu-1": { to: "nobody", of: ["eu-1"] },
      "fleet-monitoring-core-1": { to: "core-1", of: ["core-1", "eu-1"] },
      "fleet-monitoring-eu-1": { to: "core-1", of: ["core-1", "eu-1"] },
    });
  });

  it("is recorded with its host", async () => {
    const { resources } = await recorded(() =>
      group({ logging, monitoring: monitoring({ host: "core-1" }) }),
    );
    const features = { logging: {}, monitoring: { host: "core-1" } };
    expect(resources[0]?.inputs).toEqual({ members: ["core-1", "eu-1"], features });
  });

  it("is not installed in a refused group", async () => {
    const faults = await faultsOf(() => {
      const fail = () => expect.fail("was installed");
      group({ Logging: { install: fail }, monitoring: { host: "eu-2", install: fail } });
    });
    expect(faults).toMatchObject([
      { path: `${path}.Logging`, value: "Logging", problem: "is not a name", instead: '"logging"' },
      {
        path: `${path}.monitoring.host`,
        value: "eu-2",
        problem: "is no member of the group",
        instead: '"eu-1"',
      },
    ]);
  });
});

describe("the host of a feature", () => {
  const on = (host: string) => () => group({ monitoring: monitoring({ host }) });

  it.each([
    ["is elected with the feature", {}, on("eu-1")],
    ["is elected for a feature that had none", { monitoring: {} }, on("eu-1")],
    ["stays", { monitoring: { host: "core-1" } }, on("core-1")],
    [
      "stays while another feature comes",
      { monitoring: { host: "core-1" } },
      () => group({ logging, monitoring: monitoring({ host: "core-1" }) }),
    ],
    ["goes with the feature", { monitoring: { host: "core-1" } }, () => group({ logging })],
  ])("%s", async (_, before, now) => {
    lastUpdateWas(state(before));
    const { resources } = await recorded(now, { mode: "preview" });
    expect(resources[0]).toMatchObject({ name: "fleet", outputs: { name: "fleet" } });
  });

  it("is not changed while the feature is on, nor given up", async () => {
    lastUpdateWas(state({ monitoring: { host: "core-1" } }));
    const problem = 'changes while the feature is on with the host "core-1"';
    const refused = { path: `${path}.monitoring.host`, problem, instead: '"core-1"' };
    expect(await faultsOf(on("eu-1"))).toMatchObject([{ ...refused, value: "eu-1" }]);
    const hostless: GroupFeature = { install: () => {} };
    expect(await faultsOf(() => group({ monitoring: hostless }))).toMatchObject([refused]);
  });
});
