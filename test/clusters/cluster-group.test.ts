import { describe, expect, it } from "vitest";
import { ClusterGroup } from "../../components/clusters/cluster-group.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { examine, faultsOf, only, recorded, urnList } from "../support/program.ts";

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
    expect(result).toEqual({ name: "runtime", members });
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
