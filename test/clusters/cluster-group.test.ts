import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { ClusterGroup, type ClusterGroupArgs } from "../../components/clusters/cluster-group.ts";
import { ImportedCluster } from "../../components/clusters/imported-cluster.ts";
import type { ClusterRef } from "../../components/core/refs.ts";
import { clusterProvider } from "../../components/kubernetes/connection.ts";
import { startApiServer } from "../support/api-server.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { lastUpdateWas } from "../support/engine-hooks.ts";
import { examine, faultsOf, only, record, recorded, urnList } from "../support/program.ts";
import { unknownInput } from "../support/requests.ts";

const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

const answering = () =>
  startApiServer((_, response) => void response.end(JSON.stringify({ gitVersion: "v1.36.3" })));

afterEach(() => lastUpdateWas({}));

describe("ClusterGroup", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const make = (name: string) =>
      new ClusterGroup(name, { members: { [`eu-${name}`]: clusterRef(`eu-${name}`) } });
    const resources = await examine(make);
    await expect(urnList(resources)).toMatchFileSnapshot("golden/cluster-group.txt");
    expect(only(resources, "breakwater:index:ClusterGroup").outputs).toEqual({
      name: "one",
      members: ["eu-one"],
    });
  });

  it("gives a ref with its members by name", async () => {
    const members = { "eu-1": clusterRef("eu-1"), "us-1": clusterRef("us-1") };
    const { result } = await recorded(() => new ClusterGroup("runtime", { members }).ref);
    expect(result).toMatchObject({ name: "runtime", members: { "eu-1": { name: "eu-1" }, "us-1": {} } });
    for (const { name, kubeconfig } of Object.values(result.members)) {
      expect(await pulumi.isSecret(kubeconfig)).toBe(true);
      expect(await resolved(kubeconfig)).toBe(`kubeconfig of ${name}`);
    }
  });

  it("is recorded as its members and features in an order of its own, so that moving a line changes nothing", async () => {
    const members = { "us-1": clusterRef("us-1"), "eu-1": clusterRef("eu-1") };
    const { resources } = await recorded(() => new ClusterGroup("runtime", { members }));
    const group = only(resources, "breakwater:index:ClusterGroup");
    expect(group.inputs).toEqual({ members: ["eu-1", "us-1"], features: {} });
  });

  it("refuses a group without members", async () => {
    expect(await faultsOf(() => void new ClusterGroup("runtime", { members: {} }))).toMatchObject([
      { path: 'ClusterGroup("runtime").members', value: {}, problem: "is empty" },
    ]);
  });

  it("tells unknown members, keys of other clusters and a bad name at once", async () => {
    const inventory: Record<string, ReturnType<typeof clusterRef>> = { "us-1": clusterRef("us-1") };
    const members = { "eu-1": inventory["eu-1"], us: inventory["us-1"] };
    expect(await faultsOf(() => void new ClusterGroup("Run time", { members }))).toMatchObject([
      { path: 'ClusterGroup("Run time") name', value: "Run time", instead: '"run-time"' },
      { path: 'ClusterGroup("Run time").members["eu-1"]', problem: "is no cluster of this program" },
      {
        path: 'ClusterGroup("Run time").members.us',
        value: "us",
        problem: 'is the key of the cluster "us-1"',
        instead: 'ClusterGroup("Run time").members["us-1"]',
      },
    ]);
  });

  it("refuses the name of another group", async () => {
    const faults = await faultsOf(() => {
      for (const member of ["eu-1", "us-1"])
        new ClusterGroup("one", { members: { [member]: clusterRef(member) } });
    });
    expect(faults).toMatchObject([
      { path: 'ClusterGroup("one") name', problem: "is the name of another cluster group" },
    ]);
  });

  it("refuses a cluster in two groups, and tells the first", async () => {
    const faults = await faultsOf(() => {
      const members = { "eu-1": clusterRef("eu-1") };
      new ClusterGroup("one", { members });
      new ClusterGroup("two", { members: { ...members, "us-1": clusterRef("us-1") } });
    });
    expect(faults).toMatchObject([
      {
        path: 'ClusterGroup("two").members["eu-1"]',
        problem: 'is a member of ClusterGroup("one") already',
      },
    ]);
  });

  it("keeps the members that are there in the ref of a refused group", async () => {
    const refs: unknown[] = [];
    await faultsOf(() => {
      refs.push(
        new ClusterGroup("runtime", { members: { "eu-1": clusterRef("eu-1"), "us-1": undefined } }).ref,
      );
    });
    expect(refs).toMatchObject([{ name: "runtime", members: { "eu-1": { name: "eu-1" } } }]);
  });
});

const clusters = {
  "core-1": clusterRef("core-1", { role: "core", cloud: "none" }),
  "eu-1": clusterRef("eu-1", { labels: { tier: "edge" } }),
  "eu-2": clusterRef("eu-2"),
  "us-1": clusterRef("us-1", { cloud: "gcp", region: "us-central1" }),
};

describe("ClusterGroup by selector", () => {
  it.each([
    ["role=runtime", ["eu-1", "eu-2", "us-1"]],
    ["role=runtime,cloud=aws", ["eu-1", "eu-2"]],
    ["tier=edge", ["eu-1"]],
    ["name in (us-1, core-1)", ["core-1", "us-1"]],
  ])("has the clusters that fit %s", async (select, expected) => {
    const args = { select, from: clusters };
    const { resources, result } = await recorded(() => new ClusterGroup("runtime", args).ref);
    expect(Object.keys(result.members).sort()).toEqual(expected);
    expect(only(resources, "breakwater:index:ClusterGroup").inputs["members"]).toEqual(expected);
  });

  it("leaves the clusters that it does not select to other groups", async () => {
    await recorded(() => {
      new ClusterGroup("edge", { select: "tier=edge", from: clusters });
      new ClusterGroup("rest", { select: "!tier", from: clusters });
    });
    const faults = await faultsOf(() => {
      new ClusterGroup("edge", { select: "tier=edge", from: clusters });
      new ClusterGroup("aws", { select: "cloud=aws", from: clusters });
    });
    const problem = 'is a member of ClusterGroup("edge") already';
    expect(faults).toMatchObject([{ path: 'ClusterGroup("aws").from["eu-1"]', problem }]);
  });

  it("refuses a selector that selects nobody, and tells what there is to select", async () => {
    const faults = await faultsOf(() => new ClusterGroup("runtime", { select: "tier=egde", from: clusters }));
    expect(faults).toMatchObject([
      { path: 'ClusterGroup("runtime").select', value: "tier=egde", problem: "selects no cluster" },
    ]);
    expect(faults[0]?.allowed).toContain(
      "name=eu-1,distribution=local,role=runtime,cloud=aws,region=eu-west-1,tier=edge; name=eu-2,",
    );
  });

  it("tells what is no selector together with clusters that are not there", async () => {
    const from = { ...clusters, "eu-3": undefined };
    expect(await faultsOf(() => new ClusterGroup("runtime", { select: "tier: edge", from }))).toMatchObject([
      { path: 'ClusterGroup("runtime").from["eu-3"]', problem: "is no cluster of this program" },
      { path: 'ClusterGroup("runtime").select', problem: "is not a selector", instead: '"tier=edge"' },
    ]);
    expect(await faultsOf(() => new ClusterGroup("runtime", { select: "tier", from: {} }))).toMatchObject([
      { path: 'ClusterGroup("runtime").from', problem: "is empty" },
    ]);
  });
});

describe("a cluster that joins", () => {
  const silent = (path: string) => ({
    path,
    problem: expect.stringMatching(/^joins the group, but leads to a cluster .*: nothing listens there$/),
    allowed: "a cluster that answers; only members may be silent",
  });

  /** A group of clusters with these kubeconfigs, and a provider of each of them, as of something put on it. */
  const group = (kubeconfigs: Record<string, ClusterRef["kubeconfig"]>) => {
    const refs = Object.entries(kubeconfigs).map(([name, kubeconfig]) => clusterRef(name, { kubeconfig }));
    const members = Object.fromEntries(refs.map((ref) => [ref.name, ref]));
    const { ref } = new ClusterGroup("runtime", { members });
    for (const member of Object.values(ref.members)) clusterProvider(member);
  };

  const providers = (resources: { type: string; name: string }[]) =>
    resources.filter(({ type }) => type === "pulumi:providers:kubernetes").map(({ name }) => name);

  it("must answer, while members may be silent", async () => {
    await using server = await answering();
    const dead = server.kubeconfig(({ cluster }) =>
      Object.assign(cluster, { server: "https://127.0.0.1:1" }),
    );
    const kubeconfigs = { "eu-1": pulumi.secret(dead), "eu-2": pulumi.secret(server.kubeconfig()) };

    lastUpdateWas({ runtime: { members: ["eu-1"], features: {} } });
    const kept = await recorded(() => group(kubeconfigs), { mode: "preview" });
    expect(providers(kept.resources).sort()).toEqual(["eu-1", "eu-2"]);

    lastUpdateWas({ runtime: { members: ["eu-2"], features: {} } });
    expect(await faultsOf(() => group(kubeconfigs))).toMatchObject([
      silent('ClusterGroup("runtime").members["eu-1"]'),
    ]);

    lastUpdateWas({ runtime: undefined });
    expect(await faultsOf(() => group(kubeconfigs))).toHaveLength(1);
  });

  it("gets nothing until it has answered, and does not keep the others from theirs", async () => {
    await using server = await answering();
    const dead = server.kubeconfig(({ cluster }) =>
      Object.assign(cluster, { server: "https://127.0.0.1:1" }),
    );
    lastUpdateWas({ runtime: undefined });
    const { resources, error } = await record(() =>
      group({ "eu-1": pulumi.secret(dead), "eu-2": pulumi.secret(server.kubeconfig()) }),
    );
    expect(String(error)).toMatch(/1 fault found.*members\["eu-1"\] joins the group, but/s);
    expect(providers(resources)).toEqual(["eu-2"]);
  });

  it("is asked in the update when a preview cannot know its kubeconfig", async () => {
    lastUpdateWas({ runtime: undefined });
    const later = pulumi.secret(pulumi.output(pulumi.unknown as unknown as string));
    const { resources } = await recorded(() => group({ "eu-1": later }), { mode: "preview" });
    expect(only(resources, "pulumi:providers:kubernetes").inputs["kubeconfig"]).toBe(unknownInput);
  });

  it("is a member already and does not keep the faults of its own waiting", async () => {
    lastUpdateWas({ runtime: { members: ["eu-1", "eu-2"], features: {} } });
    const faults = await faultsOf(() => {
      const { ref } = new ImportedCluster("eu-1", { role: "runtime", region: "", kubeconfig: "" });
      new ClusterGroup("runtime", { members: { "eu-1": ref } });
    });
    expect(faults).toMatchObject([{ path: 'ImportedCluster("eu-1").region' }]);
  });
});

describe("clusters that leave", () => {
  const members = (...names: string[]) => Object.fromEntries(names.map((name) => [name, clusterRef(name)]));
  const state = (...names: string[]) => ({ members: names, features: {} });
  const make = (args: ClusterGroupArgs) => () => new ClusterGroup("runtime", args);

  it("may be up to half of the group", async () => {
    lastUpdateWas({ runtime: state("eu-1", "eu-2", "eu-3", "eu-4") });
    const { resources } = await recorded(make({ members: members("eu-1", "eu-2") }), { mode: "preview" });
    expect(only(resources, "breakwater:index:ClusterGroup").outputs).toMatchObject({
      members: ["eu-1", "eu-2"],
    });
  });

  it("must be named when they are more", async () => {
    lastUpdateWas({ runtime: state("eu-1", "eu-2", "eu-3") });
    const path = 'ClusterGroup("runtime").leaving';
    expect(await faultsOf(make({ members: members("eu-1") }))).toMatchObject([
      { path, value: [], instead: '["eu-2","eu-3"]' },
    ]);
    await recorded(make({ members: members("eu-1"), leaving: ["eu-2", "eu-3"] }), { mode: "preview" });
  });

  it("are guarded against a selector that has lost most of the group", async () => {
    lastUpdateWas({ runtime: state("eu-1", "eu-2", "us-1") });
    const faults = await faultsOf(make({ select: "tier=edge", from: clusters }));
    expect(faults).toMatchObject([{ path: 'ClusterGroup("runtime").leaving' }]);
  });

  it("are no members", async () => {
    const faults = await faultsOf(make({ members: members("eu-1", "eu-2"), leaving: ["eu-2"] }));
    const problem = "names a member of the group";
    expect(faults).toMatchObject([{ path: 'ClusterGroup("runtime").leaving', value: "eu-2", problem }]);
  });

  it("are not told of a group that is refused anyway", async () => {
    lastUpdateWas({ runtime: state("eu-1", "eu-2", "eu-3") });
    const faults = await faultsOf(make({ members: { "eu-1": undefined } }));
    expect(faults).toMatchObject([{ path: 'ClusterGroup("runtime").members["eu-1"]' }]);
  });
});
