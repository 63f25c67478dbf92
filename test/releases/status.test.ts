import { describe, expect, it } from "vitest";
import type { Drift } from "../../components/releases/drift.ts";
import {
  type FoundRelease,
  type HelmRevision,
  isAsWanted,
  memberStatus,
  type WantedRelease,
} from "../../components/releases/status.ts";

/** Wanted: tomcat 0.2.0 with one value. */
const wanted: WantedRelease = {
  standing: "target",
  chart: "tomcat",
  version: "0.2.0",
  values: { replicas: 1 },
};

function helm(more: Partial<HelmRevision> = {}): FoundRelease {
  const found = {
    revision: 3,
    state: "deployed",
    chart: "tomcat",
    version: "0.2.0",
    description: "it says why",
  };
  return { kind: "helm", values: { replicas: 1 }, ...found, ...more };
}

function drift(object: string, autoscaled = false): Drift {
  return { object, field: "spec.replicas", wanted: 2, found: 3, autoscaled };
}

describe("the word of a member", () => {
  it.each<[string, FoundRelease, object]>([
    ["is DEPLOYED when all is the same", helm(), { word: "DEPLOYED", stale: [] }],
    [
      "is UNKNOWN with the error when the cluster does not answer",
      { kind: "unreachable", error: "connect ECONNREFUSED" },
      { word: "UNKNOWN", error: "connect ECONNREFUSED", stale: [] },
    ],
    [
      "is UNKNOWN when there is nothing to ask the cluster with",
      { kind: "no credentials" },
      { word: "UNKNOWN", error: "the state has no credentials of the cluster" },
    ],
    ["is NOT INSTALLED without a release", { kind: "absent" }, { word: "NOT INSTALLED", stale: [] }],
    [
      "is NOT INSTALLED when Helm only kept its history",
      helm({ state: "uninstalled" }),
      { word: "NOT INSTALLED" },
    ],
    [
      "is STALE with another version, and tells both",
      helm({ version: "0.1.9" }),
      {
        word: "STALE",
        stale: [{ kind: "version", wanted: "0.2.0", found: "0.1.9" }],
        helm: { version: "0.1.9" },
      },
    ],
    [
      "is STALE with other values, and tells which",
      helm({ values: { replicas: 2 } }),
      { word: "STALE", stale: [{ kind: "values", paths: ["replicas"] }] },
    ],
    [
      "is STALE with another chart",
      helm({ chart: "jetty" }),
      { word: "STALE", stale: [{ kind: "chart", wanted: "tomcat", found: "jetty" }] },
    ],
    [
      "is STALE when somebody upgraded without values: those of the chart do not count",
      helm({ values: {} }),
      { word: "STALE", stale: [{ kind: "values", paths: ["replicas"] }] },
    ],
    [
      "is FAILED when Helm says so, with why, although the values are the same",
      helm({ state: "failed" }),
      { word: "FAILED", error: "it says why", stale: [] },
    ],
    [
      "is FAILED before it is STALE, and tells both",
      helm({ state: "failed", values: {} }),
      { word: "FAILED", stale: [{ kind: "values", paths: ["replicas"] }] },
    ],
    ["is PENDING while Helm is at work", helm({ state: "pending-upgrade" }), { word: "PENDING" }],
    ["is PENDING while Helm uninstalls", helm({ state: "uninstalling" }), { word: "PENDING" }],
  ])("%s", (_, found, status) => {
    expect(memberStatus(wanted, found)).toMatchObject(status);
  });

  it("is STALE for each reason at once", () => {
    const { stale } = memberStatus(wanted, helm({ chart: "jetty", version: "9", values: { a: 1 } }));
    expect(stale.map(({ kind }) => kind)).toEqual(["chart", "version", "values"]);
  });
});

describe("values", () => {
  it.each<[string, object, object, string[]]>([
    ["without any are the same as an empty map", {}, {}, []],
    ["of null are not there for Helm", { a: null, b: { c: null } }, { b: {} }, []],
    [
      "are compared below maps",
      { image: { tag: "1", repository: "r" } },
      { image: { tag: "2", repository: "r" } },
      ["image.tag"],
    ],
    ["of lists are one value", { hosts: ["a", "b"] }, { hosts: ["b", "a"] }, ["hosts"]],
    ["of another type differ", { a: { b: 1 } }, { a: 1 }, ["a"]],
    ["that are there too much differ", { a: 1 }, { a: 1, "b-c": { d: 2 } }, ['["b-c"].d']],
    ["that are equal numbers are the same", { a: 1.0 }, { a: 1 }, []],
  ])("%s", (...[, given, found, paths]) => {
    const { stale } = memberStatus(
      { ...wanted, values: given as WantedRelease["values"] },
      helm({ values: found as HelmRevision["values"] }),
    );
    expect(stale).toEqual(paths.length === 0 ? [] : [{ kind: "values", paths }]);
  });
});

describe("a member that is to have nothing", () => {
  const left: WantedRelease = { standing: "left the group", values: {} };

  it("is STALE after it left the group, as long as the release is there", () => {
    expect(memberStatus(left, helm())).toMatchObject({ word: "STALE", stale: [{ kind: "left the group" }] });
    expect(memberStatus(left, { kind: "absent" }).word).toBe("NOT INSTALLED");
  });

  it("is STALE after its cluster left too, because the state still has the release", () => {
    expect(memberStatus(left, { kind: "no credentials" })).toMatchObject({
      word: "STALE",
      stale: [{ kind: "left the group" }],
      error: expect.stringContaining("no credentials"),
    });
  });

  it("is as wanted when nothing is there, unlike a target", () => {
    const waiting: WantedRelease = { ...wanted, standing: "not a target" };
    const status = memberStatus(waiting, { kind: "absent" });
    expect(status.word).toBe("NOT INSTALLED");
    expect(isAsWanted(waiting, status, [])).toBe(true);
    expect(isAsWanted(wanted, status, [])).toBe(false);
    expect(memberStatus(waiting, helm()).stale).toEqual([{ kind: "not a target" }]);
  });
});

describe("a release of single objects", () => {
  const objects = (more: Partial<Extract<FoundRelease, { kind: "objects" }>> = {}): FoundRelease => {
    return { kind: "objects", present: 2, failed: [], drift: [], ...more };
  };

  it.each<[string, FoundRelease, object]>([
    ["is DEPLOYED when they are as the state has them", objects(), { word: "DEPLOYED", stale: [] }],
    ["is NOT INSTALLED when none is there", objects({ present: 0 }), { word: "NOT INSTALLED" }],
    ["is FAILED when one is not ready", objects({ failed: ["no Pod"] }), { word: "FAILED", error: "no Pod" }],
    [
      "is STALE when some have other fields, and names each once",
      objects({ drift: [drift("ConfigMap a/b"), drift("ConfigMap a/b"), drift("Deployment a/b", true)] }),
      { word: "STALE", stale: [{ kind: "objects", objects: ["ConfigMap a/b"] }] },
    ],
    ["is not STALE for what an autoscaler did", objects({ drift: [drift("a", true)] }), { word: "DEPLOYED" }],
  ])("%s", (_, found, status) => {
    expect(memberStatus(wanted, found)).toMatchObject(status);
  });
});

describe("a member as wanted", () => {
  it("is deployed without drift, unless an autoscaler made it", () => {
    const status = memberStatus(wanted, helm());
    expect(isAsWanted(wanted, status, [])).toBe(true);
    expect(isAsWanted(wanted, status, [drift("a", true)])).toBe(true);
    expect(isAsWanted(wanted, status, [drift("a")])).toBe(false);
  });
});
