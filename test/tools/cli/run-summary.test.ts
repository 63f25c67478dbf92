import { describe, expect, it } from "vitest";
import { formatSummary, summarise } from "../../../tools/cli/run-summary.ts";

const type = {
  release: "breakwater:index:MultiClusterRelease",
  part: "breakwater:index:MultiClusterRelease$breakwater:index:HelmRelease",
  helm: "breakwater:index:MultiClusterRelease$breakwater:index:HelmRelease$kubernetes:helm.sh/v3:Release",
};

function urn(chain: string, name: string): string {
  return `urn:pulumi:local::breakwater::${chain}::${name}`;
}

function step(op: string, { chain, name, parent }: { chain: string; name: string; parent?: string }) {
  const [old, new_] = op === "delete" ? [{ parent }, undefined] : [undefined, { parent }];
  return { metadata: { op, urn: urn(chain, name), type: chain.split("$").at(-1), old, new: new_ } };
}

/** What the engine logs of one member's part. */
function part(member: string, op: string, failure?: string): object[] {
  const component = {
    chain: type.part,
    name: `shop-${member}`,
    parent: urn(type.release, "shop"),
  };
  const helm = {
    chain: type.helm,
    name: `shop-${member}-release`,
    parent: urn(type.part, `shop-${member}`),
  };
  const message = `1 error occurred:\n\t* ${failure}\n\n`;
  const outcome =
    failure === undefined
      ? [{ resOutputsEvent: step(op, helm) }]
      : [
          { diagnosticEvent: { urn: urn(type.helm, `shop-${member}-release`), severity: "error", message } },
          { resOpFailedEvent: step(op, helm) },
        ];
  return [{ resourcePreEvent: step("same", component) }, { resourcePreEvent: step(op, helm) }, ...outcome];
}

/** The release's own record, with one wave a member. */
function record(members: string[], waiting: string[] = []): object {
  const entries = [...members, ...waiting].map((cluster) => [
    cluster,
    { cluster, target: !waiting.includes(cluster) },
  ]);
  const outputs = {
    record: {
      release: "shop",
      waves: members.map((cluster) => [cluster]),
      members: Object.fromEntries(entries),
    },
  };
  const metadata = { op: "same", urn: urn(type.release, "shop"), type: type.release, new: { outputs } };
  return { resOutputsEvent: { metadata } };
}

function log(...events: object[]): string {
  return `${events.map((event) => JSON.stringify(event)).join("\n")}\n`;
}

describe("the summary of a run", () => {
  it("tells how every member fared, the failure of one beside the success of another", () => {
    const events = [
      ...part("eu-1", "update", "timed  out"),
      ...part("us-1", "create"),
      record(["eu-1", "us-1"]),
    ];
    expect(summarise(log(...events))).toEqual([
      { release: "shop", cluster: "eu-1", wave: 1, outcome: "failed", reason: "timed out" },
      { release: "shop", cluster: "us-1", wave: 2, outcome: "installed" },
    ]);
  });

  it("names the targets that the run did not get to, begun or not, and no others", () => {
    const begun = part("ap-1", "create").slice(0, 1);
    const events = [record(["eu-1", "us-1", "ap-1"], ["af-1"]), ...part("eu-1", "update", "no"), ...begun];
    expect(summarise(log(...events)).map(({ cluster, outcome }) => [cluster, outcome])).toEqual([
      ["eu-1", "failed"],
      ["ap-1", "not reached"],
      ["us-1", "not reached"],
    ]);
  });

  it.each([
    ["same", "unchanged"],
    ["create", "installed"],
    ["update", "updated"],
    ["delete", "removed"],
  ])("calls a part with the step %s %s", (op, outcome) => {
    expect(summarise(log(...part("eu-1", op)))).toMatchObject([{ cluster: "eu-1", outcome }]);
  });

  it("does not take for done what a killed run had begun, be it with half a line", () => {
    const begun = part("eu-1", "create").slice(0, 2);
    expect(summarise(`${log(...begun)}{"resOutp`)).toMatchObject([{ outcome: "not reached" }]);
  });

  it("does not count what is only read", () => {
    const service = {
      chain: `${type.helm}$kubernetes:core/v1:Service`,
      name: "shop",
      parent: urn(type.helm, "shop-eu-1-release"),
    };
    const events = [...part("eu-1", "create"), { resOutputsEvent: step("read", service) }];
    expect(summarise(log(...events))).toMatchObject([{ outcome: "installed" }]);
  });

  it("leaves out what belongs to no release", () => {
    const other = { chain: "kubernetes:core/v1:Namespace", name: "shop" };
    expect(summarise(log({ resourcePreEvent: step("create", other) }))).toEqual([]);
  });
});

describe("the lines of a summary", () => {
  it("are one a member, with the reason behind", () => {
    const events = [...part("eu-1", "update", "timed out"), ...part("us-1", "same")];
    expect(formatSummary(summarise(log(...events)))).toEqual([
      "shop on eu-1: failed: timed out",
      "shop on us-1: unchanged",
    ]);
  });

  it("are none when no member was changed", () => {
    expect(formatSummary(summarise(log(...part("eu-1", "same"))))).toEqual([]);
  });
});
