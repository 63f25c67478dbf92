import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterRef, NamespaceRef } from "../../components/core/refs.ts";
import { planRelease, type ReleaseDefinition } from "../../components/releases/plan.ts";
import { clusterRef, groupRef } from "../support/cluster-refs.ts";

const plan = (more: Partial<ReleaseDefinition> = {}) =>
  planRelease("storefront", {
    group: groupRef("runtime", "eu-1", "us-1"),
    kind: "helm",
    namespace: "shop",
    values: { replicas: 2, image: { tag: "v1" } },
    overrides: {},
    ...more,
  });

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
    const { members } = plan({ overrides: { "us-1": { replicas: 3, image: { digest: "x" } } } });
    expect(members["us-1"]?.values).toEqual({ replicas: 3, image: { tag: "v1", digest: "x" } });
    expect(members["eu-1"]?.values).toEqual({ replicas: 2, image: { tag: "v1" } });
  });

  it("keeps null for Helm and takes it out for manifests", () => {
    const overrides = { "us-1": { image: null } };
    expect(plan({ overrides }).members["us-1"]?.values).toEqual({ replicas: 2, image: null });
    expect(plan({ overrides, kind: "manifests" }).members["us-1"]?.values).toEqual({ replicas: 2 });
  });

  it("gives a member the same part whoever else is in the group", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), fc.nat(), (names, pick) => {
        const member = names[pick % names.length] ?? "";
        const overrides = { [member]: { replicas: 9 } };
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
  it("has an override for a cluster that is no member: the members are listed, and the nearest one", () => {
    const { faults } = plan({ overrides: { "eu-2": { replicas: 3 }, mars: {} } });
    expect(faults).toEqual([
      {
        path: 'MultiClusterRelease("storefront").overrides["eu-2"]',
        problem: 'is for no member of the group "runtime"',
        allowed: "its members: eu-1, us-1",
        instead: '"eu-1"',
      },
      {
        path: 'MultiClusterRelease("storefront").overrides.mars',
        problem: 'is for no member of the group "runtime"',
        allowed: "its members: eu-1, us-1",
      },
    ]);
  });

  it("has a group without members", () => {
    expect(plan({ group: groupRef("runtime") }).faults).toMatchObject([
      { path: 'MultiClusterRelease("storefront").group', value: "runtime", problem: "has no members" },
    ]);
  });

  it.each(["Storefront", "store front", "", "-", "s".repeat(64)])("has the name %j", (name) => {
    const { faults } = planRelease(name, { ...definition(), overrides: {} });
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

  it("gives outputs to a function that makes objects", () => {
    const values = { host: pulumi.output("x"), list: [{ a: Promise.resolve(1) }] };
    const overrides = { "eu-1": { host: pulumi.secret("y") } };
    const problem = "is known only when the program runs against the cluster";
    expect(told(plan({ kind: "manifests", values, overrides }).faults)).toEqual([
      ['MultiClusterRelease("storefront").values.host', problem],
      ['MultiClusterRelease("storefront").values.list[0].a', problem],
      ['MultiClusterRelease("storefront").overrides["eu-1"].host', problem],
    ]);
    expect(plan({ values, overrides }).faults).toEqual([]);
  });

  it("tells all of it at once", () => {
    const { faults } = plan({ group: groupRef("runtime"), namespace: "-", overrides: { mars: {} } });
    expect(faults.map(({ path }) => path.replace('MultiClusterRelease("storefront").', ""))).toEqual([
      "group",
      "overrides.mars",
      "namespace",
    ]);
  });
});

function definition(): ReleaseDefinition {
  return { group: groupRef("runtime", "eu-1"), kind: "helm", namespace: "shop", values: {}, overrides: {} };
}
