import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeWaves, planWaves, type Wave } from "../../components/releases/waves.ts";
import { clusterRef } from "../support/cluster-refs.ts";

const members = [
  clusterRef("eu-1", { labels: { tier: "canary" } }),
  clusterRef("eu-2"),
  clusterRef("us-1", { cloud: "gcp", region: "us-east1", labels: { tier: "edge" } }),
  clusterRef("us-2", { cloud: "gcp", region: "us-east1" }),
  clusterRef("ap-1", { cloud: "azure", region: "japaneast", labels: { tier: "edge" } }),
];
const plan = (...waves: Wave[]) => planWaves("waves", waves, { members, targets: members });
const planFor = (names: string[], ...waves: Wave[]) =>
  planWaves("waves", waves, { members, targets: members.filter(({ name }) => names.includes(name)) });

describe("planWaves", () => {
  it.each<[string, Wave[], string[][]]>([
    ["one wave of all when none are asked for", [], [["eu-1", "eu-2", "us-1", "us-2", "ap-1"]]],
    [
      "what is named, in the order of its names, and then the rest",
      [{ clusters: ["us-1", "eu-1"] }],
      [
        ["us-1", "eu-1"],
        ["eu-2", "us-2", "ap-1"],
      ],
    ],
    [
      "what a selector holds for",
      [{ match: "tier=canary" }, { match: "cloud=gcp" }],
      [["eu-1"], ["us-1", "us-2"], ["eu-2", "ap-1"]],
    ],
    [
      "only what is left for a selector",
      [{ match: "tier=edge" }, { match: "cloud=gcp" }],
      [["us-1", "ap-1"], ["us-2"], ["eu-1", "eu-2"]],
    ],
    [
      "a named member with the wave that names it, also when an earlier wave could take it",
      [{ match: "cloud=gcp" }, { clusters: ["us-1"] }],
      [["us-2"], ["us-1"], ["eu-1", "eu-2", "ap-1"]],
    ],
    [
      "so many, or what is left of them",
      [{ count: 1 }, { count: 3 }, { count: 3 }],
      [["eu-1"], ["eu-2", "us-1", "us-2"], ["ap-1"]],
    ],
    [
      "a percentage of the whole group, rounded up",
      [{ percent: 1 }, { percent: 40 }, { percent: 41 }],
      [["eu-1"], ["eu-2", "us-1"], ["us-2", "ap-1"]],
    ],
    ["no rest when nothing is left", [{ percent: 100 }], [["eu-1", "eu-2", "us-1", "us-2", "ap-1"]]],
  ])("makes %s", (...[, waves, expected]) => {
    expect(plan(...waves)).toEqual({ waves: expected, faults: [] });
  });

  it("has nothing to say about a group without members, which is a fault of its own", () => {
    const nobody = { members: [], targets: [] };
    expect(planWaves("waves", [{ clusters: ["eu-1"] }], nobody)).toEqual({ waves: [], faults: [] });
  });

  it("leaves out who does not take the release, but counts nobody in their place", () => {
    const waves = [{ clusters: ["us-2"] }, { match: "tier=canary" }, { count: 1 }, { percent: 50 }];
    expect(planFor(["us-1", "us-2", "ap-1"], ...waves)).toEqual({
      waves: [["us-2"], ["us-1"], ["ap-1"]],
      faults: [],
    });
    expect(planFor([], ...waves)).toEqual({ waves: [], faults: [] });
    expect(planFor([], { clusters: ["eu-3"] }).faults).toMatchObject([{ instead: '"eu-1"' }]);
  });

  it("makes no wave of a count that finds everybody taken, as in a small group", () => {
    const waves = [{ count: 1 }, { count: 10 }, { percent: 50 }, { count: 1 }];
    expect(planFor(["eu-1", "eu-2"], ...waves)).toEqual({ waves: [["eu-1"], ["eu-2"]], faults: [] });
  });

  it("puts every member in one wave, and makes no empty wave", () => {
    const wave = fc.oneof(
      fc.record({ clusters: fc.subarray(members.map(({ name }) => name)) }),
      fc.record({ match: fc.constantFrom("tier=edge", "cloud=aws", "cloud!=gcp", "name=eu-1", "gpu") }),
      fc.record({ count: fc.integer({ min: -1, max: 7 }) }),
      fc.record({ percent: fc.integer({ min: -1, max: 110 }) }),
    );
    fc.assert(
      fc.property(fc.array(wave, { maxLength: 5 }), (asked) => {
        const { waves, faults } = plan(...asked);
        expect(waves.flat().sort()).toEqual(members.map(({ name }) => name).sort());
        expect(waves).not.toContainEqual([]);
        const said = asked.filter((one) => "clusters" in one || "match" in one);
        if (faults.length === 0) expect(waves.length).toBeGreaterThanOrEqual(said.length);
        expect(waves.length).toBeLessThanOrEqual(asked.length + 1);
      }),
    );
  });
});

describe("waves that cannot be planned", () => {
  it("name a cluster that is no member", () => {
    expect(plan({ clusters: ["eu-3", "mars"] }).faults).toEqual([
      {
        path: "waves[0].clusters[0]",
        value: "eu-3",
        problem: "is no member of the group",
        allowed: "one of its members: eu-1, eu-2, us-1, us-2, ap-1",
        instead: '"eu-1"',
      },
      {
        path: "waves[0].clusters[1]",
        value: "mars",
        problem: "is no member of the group",
        allowed: "one of its members: eu-1, eu-2, us-1, us-2, ap-1",
      },
    ]);
  });

  it("name a member twice, in one wave or in two", () => {
    const { waves, faults } = plan({ clusters: ["eu-1", "eu-1"] }, { clusters: ["eu-2", "eu-1"] });
    expect(faults.map(({ path, problem }) => [path, problem])).toEqual([
      ["waves[0].clusters[1]", "is named twice"],
      ["waves[1].clusters[1]", "is named twice"],
    ]);
    expect(waves).toEqual([["eu-1"], ["eu-2"], ["us-1", "us-2", "ap-1"]]);
  });

  it("select nobody: the fault says what there is to select", () => {
    const { faults } = plan({ match: "tier=eadge" });
    expect(faults).toMatchObject([
      { path: "waves[0].match", value: "tier=eadge", problem: "selects no member of the group" },
    ]);
    expect(faults[0]?.allowed).toContain("name=us-1");
    expect(faults[0]?.allowed).toContain("tier=edge");
  });

  it.each<[string, Wave[], string, string]>([
    ["have no selector", [{ match: "tier:" }], "waves[0].match", "is not a selector"],
    ["count nobody", [{ count: 0 }], "waves[0].count", "is out of range"],
    ["count more than any group has", [{ count: 1001 }], "waves[0].count", "is out of range"],
    ["count in halves", [{ count: 1.5 }], "waves[0].count", "is out of range"],
    ["have no percent", [{ percent: 0 }], "waves[0].percent", "is out of range"],
    ["have too many percent", [{ percent: 101 }], "waves[0].percent", "is out of range"],
    ["name nobody", [{ clusters: [] }], "waves[0]", "has no members"],
    ["select only what is taken", [{ match: "tier" }, { match: "tier=edge" }], "waves[1]", "has no members"],
    [
      "say their members in two ways",
      [{ clusters: ["eu-1"], count: 2 }],
      "waves[0]",
      "does not say its members in one way",
    ],
    ["say nothing", [{} as Wave], "waves[0]", "does not say its members in one way"],
  ])("%s", (...[, waves, path, problem]) => {
    expect(plan(...waves).faults.map((fault) => [fault.path, fault.problem])).toEqual([[path, problem]]);
  });
});

describe("describeWaves", () => {
  it("tells who goes when", () => {
    expect(describeWaves("storefront", [["eu-1"], ["us-1", "us-2"]], 2)).toBe(
      [
        "storefront goes to 3 clusters in 2 waves, at most 2 at once; a wave starts when every cluster before it is healthy:",
        "  wave 1: eu-1",
        "  wave 2: us-1, us-2",
      ].join("\n"),
    );
  });

  it("promises no order where there is none", () => {
    expect(describeWaves("storefront", [["eu-1"]])).toBe(
      "storefront goes to 1 cluster in 1 wave:\n  wave 1: eu-1",
    );
  });
});
