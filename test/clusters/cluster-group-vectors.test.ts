// The known cases of cluster groups and their features in the control plane that ours takes the place of, with the
// answers that are wanted here. G are cases of groups, F of features; what is left out has no counterpart: a mesh of a
// vendor (F7).
import { afterEach, describe, expect, it } from "vitest";
import { ClusterGroup, type ClusterGroupArgs } from "../../components/clusters/cluster-group.ts";
import type { HostedFeature } from "../../components/clusters/group-features.ts";
import type { ClusterRef } from "../../components/core/refs.ts";
import { startApiServer } from "../support/api-server.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { lastUpdateWas } from "../support/engine-hooks.ts";
import { type Recording, record } from "../support/program.ts";

interface Vector {
  id: string;
  /** What happens, and how it is answered. */
  says: string;
  /** The groups at the last update; none are as they are now, so that nobody joins. */
  before?: Record<string, Record<string, unknown> | undefined>;
  program: () => unknown;
  /** Paths and problems of the faults that are expected, in order; accepted without them. */
  faults?: [path: string, problem: string | RegExp][];
}

const group = (name: string, members: Record<string, ClusterRef | undefined>, more = {}) =>
  new ClusterGroup(name, { members, ...more });
const refs = (...names: string[]) => Object.fromEntries(names.map((name) => [name, clusterRef(name)]));
const was = (members: string[], features = {}) => ({ g1: { members, features } });

/** A feature that has a host. */
const federation = (host: string): { features: { federation: HostedFeature } } => ({
  features: { federation: { host, install: () => {} } },
});

const vectors: Vector[] = [
  {
    id: "G3",
    says: "a second group of a name is refused, also when its members are others",
    program: () => [group("g1", refs("c1")), group("g1", refs("c2"))],
    faults: [['ClusterGroup("g1") name', "is the name of another cluster group"]],
  },
  {
    id: "G4",
    says: "a member that is not there is refused, and named",
    program: () => group("g3", { c9: undefined }),
    faults: [['ClusterGroup("g3").members.c9', "is no cluster of this program"]],
  },
  {
    id: "G6",
    says: "all faults are told, not the first alone",
    program: () => [group("g1", refs("c1")), group("g", { c9: undefined, ...refs("c1") })],
    faults: [
      ['ClusterGroup("g").members.c9', "is no cluster of this program"],
      ['ClusterGroup("g").members.c1', 'is a member of ClusterGroup("g1") already'],
    ],
  },
  {
    id: "G9",
    says: "the host of a feature cannot leave while the feature is on",
    before: was(["c1", "c2"], { federation: { host: "c1" } }),
    program: () => group("g1", refs("c2"), federation("c1")),
    faults: [['ClusterGroup("g1").features.federation.host', "is no member of the group"]],
  },
  {
    id: "G9",
    says: "nor in the same change in which another one becomes the host",
    before: was(["c1", "c2"], { federation: { host: "c1" } }),
    program: () => group("g1", refs("c2"), federation("c2")),
    faults: [['ClusterGroup("g1").features.federation.host', /changes while the feature is on/]],
  },
  {
    id: "G9",
    says: "but together with the feature",
    before: was(["c1", "c2"], { federation: { host: "c1" } }),
    program: () => group("g1", refs("c2")),
  },
  {
    id: "G10",
    says: "a cluster that is deleted is no member and so no host",
    before: was(["c1", "c2"], { federation: { host: "c1" } }),
    program: () => group("g1", { c1: undefined, ...refs("c2") }, federation("c1")),
    faults: [
      ['ClusterGroup("g1").members.c1', "is no cluster of this program"],
      ['ClusterGroup("g1").features.federation.host', "is no member of the group"],
    ],
  },
  {
    id: "G12",
    says: "a group does not stay without members, it is deleted with the last",
    before: was(["c1"]),
    program: () => group("g1", {}),
    faults: [['ClusterGroup("g1").members', "is empty"]],
  },
  {
    id: "F1",
    says: "a host that is no member is refused",
    program: () => group("g1", refs("c1"), federation("c5")),
    faults: [['ClusterGroup("g1").features.federation.host', "is no member of the group"]],
  },
  {
    id: "F2",
    says: "the host does not change while the feature is on",
    before: was(["c1", "c2"], { federation: { host: "c1" } }),
    program: () => group("g1", refs("c1", "c2"), federation("c2")),
    faults: [['ClusterGroup("g1").features.federation.host', /changes while the feature is on/]],
  },
  {
    id: "F2",
    says: "after it was off, it comes on with any host",
    before: was(["c1", "c2"]),
    program: () => group("g1", refs("c1", "c2"), federation("c2")),
  },
  {
    id: "F4",
    says: "the name of a group is one that every feature can use",
    program: () => group("My_Group", refs("c1"), federation("c1")),
    faults: [['ClusterGroup("My_Group") name', "is not a name"]],
  },
];

/** The recording of a vector's program as a preview, with a last update. */
function run({ program, before = {} }: Pick<Vector, "program" | "before">): Promise<Recording<unknown>> {
  lastUpdateWas(before);
  return record(program, { mode: "preview" });
}

afterEach(() => lastUpdateWas({}));

describe("group vectors", () => {
  it.each(vectors)("V-$id: $says", async ({ faults = [], ...vector }) => {
    const { error } = await run(vector);
    const expected = faults.map(([path, problem]) => ({
      path,
      problem: typeof problem === "string" ? problem : expect.stringMatching(problem),
    }));
    expect((error as { faults?: object[] } | undefined)?.faults ?? []).toMatchObject(expected);
    expect(error === undefined).toBe(faults.length === 0);
  });

  it("V-G1: a group is made of clusters that answer, also when not everything in them is well", async () => {
    await using server = await startApiServer(
      (_, response) => void response.end(JSON.stringify({ gitVersion: "v1.36.3" })),
    );
    const kubeconfig = clusterRef("c1").kubeconfig.apply(() => server.kubeconfig());
    const members = { c1: clusterRef("c1", { kubeconfig }), c2: clusterRef("c2", { kubeconfig }) };
    const { error, resources } = await run({
      before: { g1: undefined },
      program: () => group("g1", members),
    });
    expect(error).toBeUndefined();
    expect(resources).toMatchObject([{ outputs: { name: "g1", members: ["c1", "c2"] } }]);
  });

  it("V-G3, V-G4: what another program has is neither taken nor there", async () => {
    for (const _ of ["one program", "another program"]) {
      expect((await run({ program: () => group("g1", refs("c1")) })).error).toBeUndefined();
    }
  });

  it("V-G7: of a changed group only the cluster that joins is asked, and one that left is no member", async () => {
    await using server = await startApiServer(
      (_, response) => void response.end(JSON.stringify({ gitVersion: "v1.36.3" })),
    );
    const kubeconfig = clusterRef("c3").kubeconfig.apply(() => server.kubeconfig());
    const members = { ...refs("c1"), c3: clusterRef("c3", { kubeconfig }) };
    const { error, result } = await run({
      before: was(["c1", "c2"]),
      program: () => Object.keys(group("g1", members).ref.members),
    });
    expect(error).toBeUndefined();
    expect(result).toEqual(["c1", "c3"]);
  });

  it("V-G13: a group with a new name is a new group, never the old one with the name ignored", async () => {
    const { resources } = await run({ program: () => group("renamed", refs("c1")) });
    expect(resources).toMatchObject([{ name: "renamed", outputs: { name: "renamed" } }]);
  });

  it("V-F1, V-F5: a feature without what it needs is no feature, by its type", () => {
    // @ts-expect-error A feature with a host that does not say which.
    const hostless: HostedFeature = { install: () => {} };
    // @ts-expect-error A word that nobody made a feature of.
    const unknown: ClusterGroupArgs = { members: refs("c1"), features: { foo: {} } };
    expect([hostless, unknown]).toHaveLength(2);
  });
});
