import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterRef, NamespaceRef } from "../../components/core/refs.ts";
import type { Member } from "../../components/releases/members.ts";
import { planRelease, type ReleaseDefinition } from "../../components/releases/plan.ts";
import { clusterRef, groupRef } from "../support/cluster-refs.ts";

const definition = (more: Partial<ReleaseDefinition> = {}): ReleaseDefinition => ({
  group: groupRef("runtime", "eu-1", "us-1"),
  kind: "helm",
  needsPlainValues: false,
  namespace: "shop",
  values: { replicas: 2, image: { tag: "v1" } },
  overrides: {},
  onJoin: "install",
  place: () => undefined,
  ...more,
});

const plan = (more: Partial<ReleaseDefinition> = {}) => planRelease("storefront", definition(more));

const at = (cluster: ClusterRef, name = "shop"): NamespaceRef => ({ name, cluster });
const told = (faults: { path: string; problem: string }[]) =>
  faults.map(({ path, problem }) => [path, problem]);

describe("planRelease", () => {
  it("gives every member the release under one name, with the common values", () => {
    const { members, faults } = plan();
    expect(faults).toEqual([]);
    expect(members).toMatchObject({
      "eu-1": { releaseName: "storefront-runtime", namespace: "shop", values: { replicas: 2 } },
      "us-1": { releaseName: "storefront-runtime", namespace: "shop", values: { replicas: 2 } },
    });
    expect(members["eu-1"]?.cluster.name).toBe("eu-1");
  });

  it("lays a member's override over the common values of that member alone", () => {
    const { members } = plan({
      overrides: { clusters: { "us-1": { replicas: 3, image: { digest: "x" } } } },
    });
    expect(members["us-1"]?.values).toEqual({ replicas: 3, image: { tag: "v1", digest: "x" } });
    expect(members["eu-1"]?.values).toEqual({ replicas: 2, image: { tag: "v1" } });
  });

  it("keeps null for Helm and takes it out for manifests", () => {
    const overrides = { clusters: { "us-1": { image: null } } };
    expect(plan({ overrides }).members["us-1"]?.values).toEqual({ replicas: 2, image: null });
    const { members, valuesOf } = plan({ overrides, kind: "manifests" });
    expect(members["us-1"]?.values).toEqual({ replicas: 2 });
    expect(valuesOf({ cluster: clusterRef("us-1"), members: {} }).values).toEqual({ replicas: 2 });
  });

  it("gives a member the same part whoever else is in the group", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), fc.nat(), (names, pick) => {
        const member = names[pick % names.length] ?? "";
        const overrides = { clusters: { [member]: { replicas: 9 } } };
        const whole = plan({ group: groupRef("runtime", ...names), overrides }).members[member];
        const alone = plan({ group: groupRef("runtime", member), overrides }).members[member];
        const essence = { ...alone, cluster: undefined };
        expect({ ...whole, cluster: undefined }).toEqual(essence);
      }),
    );
  });

  it("takes each member's own namespace, by ref or by name", () => {
    const [eu, us] = [clusterRef("eu-1"), clusterRef("us-1")];
    const { members, faults } = plan({
      group: { name: "runtime", members: { "eu-1": eu, "us-1": us } },
      namespace: { "eu-1": at(eu, "shop-eu"), "us-1": "shop-us" },
    });
    expect(faults).toEqual([]);
    expect(Object.values(members).map(({ namespace }) => namespace)).toEqual(["shop-eu", "shop-us"]);
  });
});

describe("a release that cannot be planned", () => {
  it("has a group without members", () => {
    expect(plan({ group: groupRef("runtime") }).faults).toMatchObject([
      { path: 'MultiClusterRelease("storefront").group', value: "runtime", problem: "has no members" },
    ]);
  });

  it.each(["Storefront", "store front", "", "-", "s".repeat(64)])("has the name %j", (name) => {
    const { faults } = planRelease(name, definition());
    expect(faults.map(({ path }) => path)).toEqual([`MultiClusterRelease("${name}") name`]);
  });

  it("has no namespace for a member, one for a stranger, one on another cluster, and one that is no name", () => {
    const [eu, us] = [clusterRef("eu-1"), clusterRef("us-1")];
    const group = { name: "runtime", members: { "eu-1": eu, "us-1": us, "ap-1": clusterRef("ap-1") } };
    const namespace = { "eu-1": at(us), "ap-1": "No Name", "eu-2": at(eu) };
    const path = 'MultiClusterRelease("storefront").namespace';
    expect(told(plan({ group, namespace }).faults)).toEqual([
      [`${path}["eu-2"]`, 'is for no member of the group "runtime"'],
      [`${path}["eu-1"]`, "is on another cluster"],
      [`${path}["us-1"]`, "is missing"],
      [`${path}["ap-1"]`, "is not a name"],
    ]);
    expect(told(plan({ namespace: "No Name" }).faults)).toEqual([[path, "is not a name"]]);
  });

  it("gives outputs to what must be plain", () => {
    const values = { host: pulumi.output("x"), list: [{ a: Promise.resolve(1) }] };
    const overrides = { clusters: { "eu-1": { host: pulumi.secret("y") } } };
    const problem = "is known only when the program runs against the cluster";
    expect(told(plan({ needsPlainValues: true, values, overrides }).faults)).toEqual([
      ['MultiClusterRelease("storefront").overrides.clusters["eu-1"].host', problem],
      ['MultiClusterRelease("storefront").values.list[0].a', problem],
      ['MultiClusterRelease("storefront").values.host', problem],
    ]);
    expect(plan({ values, overrides }).faults).toEqual([]);
  });

  it("has a function that throws", () => {
    const replicas = ({ cluster }: Member) => {
      if (cluster.name === "us-1") throw new Error("no idea");
      return 2;
    };
    expect(told(plan({ values: { replicas } }).faults)).toEqual([
      ['MultiClusterRelease("storefront").values.replicas', "throws for the member us-1: no idea"],
    ]);
  });

  it("tells all of it at once", () => {
    const { faults } = plan({
      group: groupRef("runtime"),
      namespace: "-",
      overrides: { clusters: { mars: {} } },
      targets: [],
      maxConcurrent: 0,
    });
    expect(faults.map(({ path }) => path.replace('MultiClusterRelease("storefront").', ""))).toEqual([
      "group",
      "targets",
      "overrides.clusters.mars",
      "namespace",
      "maxConcurrent",
    ]);
  });
});

describe("a release with onJoin: manual", () => {
  const manual = (targets?: string[], more: Partial<ReleaseDefinition> = {}) =>
    plan({ onJoin: "manual", ...(targets === undefined ? {} : { targets }), ...more });

  it("goes to its targets, and makes no values for the other members", () => {
    const namespace = { "us-1": "shop" };
    const { members, targets, waves, faults } = manual(["us-1"], { namespace });
    expect(faults).toEqual([]);
    expect(waves).toEqual([["us-1"]]);
    expect(targets.map(({ cluster }) => cluster.name)).toEqual(["us-1"]);
    expect(members).toMatchObject({ "eu-1": { target: false, values: {} }, "us-1": { target: true } });
  });

  it("may have no targets yet", () => {
    expect(manual([])).toMatchObject({ faults: [], waves: [], targets: [] });
  });

  it("is refused without targets, with strangers, and when the targets have no say", () => {
    const path = 'MultiClusterRelease("storefront").targets';
    expect(told(manual().faults)).toEqual([[path, "are missing"]]);
    expect(manual(["eu-2"]).faults).toMatchObject([{ path: `${path}["eu-2"]`, instead: '"eu-1"' }]);
    expect(told(plan({ targets: ["eu-1"] }).faults)).toEqual([[path, "are given"]]);
  });

  it("is refused when values read outputs of a member that is no target", () => {
    const hosts = ({ members }: Member) => Object.values(members).map(({ outputs }) => outputs["host"]);
    expect(told(manual(["eu-1"], { values: { hosts } }).faults)).toEqual([
      [
        'MultiClusterRelease("storefront").values.hosts',
        "throws for the member eu-1: us-1 is not among the targets",
      ],
    ]);
  });
});

describe("values that read outputs of other members", () => {
  const readsOf =
    (...names: string[]) =>
    ({ members }: Member) =>
      names.map((name) => members[name]?.outputs["host"]);

  it("put those members first, whatever their order in the group", () => {
    const overrides = { clusters: { "eu-1": { hosts: readsOf("us-1") } } };
    const { waves, members } = plan({ overrides });
    expect(waves).toEqual([["us-1", "eu-1"]]);
    expect(members["eu-1"]?.reads).toEqual(["us-1"]);
  });

  it("make no edge where only the others' refs are read, nor where a higher layer hides them", () => {
    const regions = ({ members }: Member) => Object.values(members).map(({ ref }) => ref.region);
    const overrides = { clusters: { "eu-1": { hosts: [] } } };
    const { members, faults } = plan({ values: { regions, hosts: readsOf("eu-1") }, overrides });
    expect(faults).toEqual([]);
    expect([members["eu-1"]?.reads, members["us-1"]?.reads]).toEqual([[], ["eu-1"]]);
    expect(members["eu-1"]?.values).toMatchObject({ regions: ["eu-west-1"] });
  });

  it("are refused when members wait for each other, and the cycle is named", () => {
    const group = groupRef("runtime", "a", "b", "c", "d");
    const overrides = {
      clusters: {
        a: { hosts: readsOf("b") },
        b: { hosts: readsOf("c") },
        c: { hosts: readsOf("d", "b") },
      },
    };
    expect(told(plan({ group, overrides }).faults)).toEqual([
      ['MultiClusterRelease("storefront").values', "make the members wait for each other: b reads c reads b"],
    ]);
  });

  it("are refused against the order of the waves", () => {
    const overrides = { clusters: { "eu-1": { hosts: readsOf("us-1") } } };
    const waves = [{ clusters: ["eu-1"] }];
    expect(plan({ overrides, waves }).faults).toMatchObject([
      {
        path: 'MultiClusterRelease("storefront").waves',
        problem: "have eu-1 in wave 1 and us-1 in wave 2, but the values of eu-1 read outputs of us-1",
      },
    ]);
    expect(plan({ overrides, waves: [{ clusters: ["us-1"] }] }).faults).toEqual([]);
  });
});

describe("the order of a release", () => {
  const group = groupRef("runtime", "a", "b", "c", "d", "e");
  const waitsFor = (more: Partial<ReleaseDefinition>) =>
    Object.fromEntries(plan({ group, ...more }).targets.map((part) => [part.cluster.name, part.after]));

  it("is none without waves", () => {
    expect(Object.values(waitsFor({})).flat()).toEqual([]);
  });

  it("lets a wave wait for every member of the one before", () => {
    expect(waitsFor({ waves: [{ clusters: ["c"] }, { count: 2 }] })).toEqual({
      c: [],
      a: ["c"],
      b: ["c"],
      d: ["a", "b"],
      e: ["a", "b"],
    });
  });

  it("lets each member wait for the one whose place it takes", () => {
    expect(waitsFor({ maxConcurrent: 2 })).toEqual({ a: [], b: [], c: ["a"], d: ["b"], e: ["c"] });
    expect(waitsFor({ maxConcurrent: 1, waves: [{ count: 2 }] })).toEqual({
      a: [],
      b: ["a"],
      c: ["a", "b"],
      d: ["a", "b", "c"],
      e: ["a", "b", "d"],
    });
  });

  it("never lets two members wait for each other, and never has more at work than allowed", () => {
    const names = ["a", "b", "c", "d", "e"];
    const reads = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 6 });
    fc.assert(
      fc.property(
        reads,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (pairs, most, first) => {
          const clusters = Object.fromEntries(
            names.map((name, index) => [
              name,
              {
                hosts: ({ members }: Member) =>
                  pairs
                    // Only those before it, so that there is no cycle and no wave in the wrong order.
                    .filter(([from, to]) => from === index && to < index)
                    .map(([, to]) => members[names[to] ?? ""]?.outputs["host"]),
              },
            ]),
          );
          const { targets, faults } = plan({
            group,
            overrides: { clusters },
            maxConcurrent: most,
            waves: [{ count: first }],
          });
          expect(faults.filter(({ path }) => !path.includes("waves"))).toEqual([]);
          const seen: string[] = [];
          let working: string[] = [];
          for (const part of targets) {
            // Everybody is installed after those that it waits for and those that it reads.
            expect(seen).toEqual(expect.arrayContaining([...part.after, ...part.reads]));
            working = [...working.filter((name) => !part.after.includes(name)), part.cluster.name];
            expect(working.length).toBeLessThanOrEqual(most);
            seen.push(part.cluster.name);
          }
        },
      ),
    );
  });
});
