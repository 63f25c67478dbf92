import { describe, expect, it } from "vitest";
import type { FleetMember, FleetRelease } from "../../../tools/cli/fleet-state.ts";
import type { Assessment, MemberReport } from "../../../tools/cli/fleet-status.ts";
import { planReconcile, wantedTargets } from "../../../tools/cli/reconcile-plan.ts";
import {
  fleetOf,
  helmEntries,
  memberRecord,
  releaseEntry,
  releaseRecord,
} from "../../support/release-states.ts";

function releaseOf(recorded: string[], made: string[] = recorded): FleetRelease {
  const record = releaseRecord(recorded.map((cluster) => memberRecord(cluster)));
  const { releases } = fleetOf([releaseEntry(record), ...made.flatMap(helmEntries)]);
  return releases[0] as FleetRelease;
}

function assessed(more: Partial<MemberReport>, made = true): Assessment {
  const [member] = releaseOf(["eu-1"], made ? ["eu-1"] : []).members as [FleetMember];
  const report: MemberReport = {
    release: "storefront",
    cluster: "eu-1",
    namespace: "shop",
    releaseName: "storefront-runtime",
    target: true,
    asWanted: false,
    word: "DEPLOYED",
    stale: [],
    drift: [],
    ...more,
  };
  return { member, report };
}

const helm = { revision: 4, state: "deployed", chart: "storefront", version: "0.1.0" };

describe("what is done about a member", () => {
  it("is nothing when it is as wanted", () => {
    expect(planReconcile([assessed({ asWanted: true })])).toEqual({ repairs: [], untouched: [] });
  });

  it.each<[string, Partial<MemberReport>, object]>([
    [
      "that is NOT INSTALLED: the engine installs",
      { word: "NOT INSTALLED" },
      { restore: false, update: true },
    ],
    ["that is STALE: the engine updates", { word: "STALE", helm }, { restore: false, update: true }],
    ["that is FAILED: Helm goes back first", { word: "FAILED", helm }, { restore: true, update: true }],
    ["that is PENDING: Helm goes back first", { word: "PENDING", helm }, { restore: true, update: true }],
    [
      "with objects that are not ready: the engine updates",
      { word: "FAILED" },
      { restore: false, update: true },
    ],
    ["that has drifted: Helm alone sees it", { word: "DEPLOYED", helm }, { restore: true, update: false }],
    [
      "that left: the engine removes",
      { word: "STALE", helm, target: false },
      { restore: false, update: true },
    ],
  ])("%s", (_, report, repair) => {
    const { repairs, untouched } = planReconcile([assessed(report)]);
    expect(repairs).toMatchObject([{ ...repair, sentence: expect.stringContaining("storefront on eu-1") }]);
    expect(untouched).toEqual([]);
  });

  it("is nothing while its cluster is UNKNOWN, and that is told", () => {
    const { repairs, untouched } = planReconcile([assessed({ word: "UNKNOWN", error: "no answer" })]);
    expect(repairs).toEqual([]);
    expect(untouched).toEqual(["storefront on eu-1 stays as it is: UNKNOWN: no answer"]);
  });

  it("is nothing about a release that somebody else installed where none is wanted", () => {
    const { repairs, untouched } = planReconcile([assessed({ word: "STALE", helm, target: false }, false)]);
    expect(repairs).toEqual([]);
    expect(untouched).toEqual([expect.stringContaining("installed by somebody else")]);
  });
});

describe("what the engine is let to touch for a member", () => {
  const prefix = "urn:pulumi:test::breakwater::breakwater:index:MultiClusterRelease";
  const targetsOf = (release: FleetRelease, cluster: string) =>
    wantedTargets(release, release.members.find((member) => member.cluster === cluster) as FleetMember);

  it("is the release's record, what the member has, and what it may come to have", () => {
    expect(targetsOf(releaseOf(["eu-1", "us-1"]), "eu-1")).toEqual([
      `${prefix}::storefront`,
      `${prefix}$breakwater:index:HelmRelease::storefront-eu-1`,
      `${prefix}$breakwater:index:HelmRelease$kubernetes:helm.sh/v3:Release::storefront-eu-1-release`,
      `${prefix}$**::storefront-eu-1`,
      `${prefix}$**::storefront-eu-1-*`,
    ]);
  });

  it("is no pattern that another member's names match too", () => {
    const release = releaseOf(["eu-1", "eu-1-canary"]);
    expect(targetsOf(release, "eu-1").join()).not.toContain("*");
    expect(targetsOf(release, "eu-1-canary")).toContain(`${prefix}$**::storefront-eu-1-canary-*`);
  });
});
