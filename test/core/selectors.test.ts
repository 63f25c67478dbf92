import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type SelectableCluster,
  selectorFaults,
  selectorOf,
  selects,
} from "../../components/core/selectors.ts";

const cluster: SelectableCluster = {
  name: "eu-1",
  distribution: "local",
  role: "runtime",
  cloud: "aws",
  region: "eu-west-1",
  labels: { tier: "edge", "example.com/gpu": "", region: "never this one" },
};

describe("selects", () => {
  it.each([
    ["name=eu-1", true],
    ["distribution=local", true],
    ["role==runtime", true],
    ["cloud=gcp", false],
    ["cloud!=gcp", true],
    ["cloud != aws", false],
    ["tier=edge,region=eu-west-1", true],
    [" tier = edge , cloud = gcp ", false],
    ["region in (eu-west-1, us-east-1)", true],
    ["region in (us-east-1)", false],
    ["region notin (us-east-1,us-east-2),tier=edge", true],
    ["tier notin (core, edge)", false],
    ["tier", true],
    ["!tier", false],
    ["! zone", true],
    ["zone", false],
    ["cloud", true],
    ["example.com/gpu", true],
    ["example.com/gpu=", true],
  ])("%s: %s", (selector, expected) => {
    expect(selectorFaults("select", selector)).toEqual([]);
    expect(selects(selector, cluster)).toBe(expected);
  });

  it.each([
    ["zone!=a", true],
    ["zone notin (a, b)", true],
    ["zone=a", false],
    ["zone in (a, b)", false],
    ["zone=", false],
    ["toString", false],
  ])("follows Kubernetes for a cluster without the label: %s: %s", (selector, expected) => {
    expect(selects(selector, cluster)).toBe(expected);
  });

  it("takes a built-in word for the fact, never for a label of that name", () => {
    expect(selects("region in (never)", { ...cluster, labels: { region: "never" } })).toBe(false);
  });

  it("selects each cluster by what selectorOf tells of it, and no cluster that differs", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}[a-z0-9]$/);
    const clusters = fc.record({
      name: word,
      distribution: fc.constantFrom("local", "imported"),
      role: fc.constantFrom("core", "runtime"),
      cloud: word,
      region: word,
      labels: fc.dictionary(word, word, { maxKeys: 3 }),
    }) as fc.Arbitrary<SelectableCluster>;
    fc.assert(
      fc.property(clusters, word, (one, other) => {
        expect(selectorFaults("select", selectorOf(one))).toEqual([]);
        expect(selects(selectorOf(one), one)).toBe(true);
        expect(selects(selectorOf(one), { ...one, name: `${other}-${one.name}` })).toBe(false);
      }),
    );
  });

  it("selects nobody by what is not a selector", () => {
    expect(selects("tier edge", cluster)).toBe(false);
  });
});

describe("selectorFaults", () => {
  it.each([
    ["", undefined],
    [" ", undefined],
    ["tier=edge,", undefined],
    ["tier edge", undefined],
    ["tier in ()", undefined],
    ["tier in (edge,)", undefined],
    ["tier in edge", undefined],
    ["tier>3", undefined],
    ["tier=edge region=eu", undefined],
    ["tier: edge", '"tier=edge"'],
    ['tier="edge"', '"tier=edge"'],
    ["tier=edge && cloud=aws", '"tier=edge,cloud=aws"'],
  ])("refuses %j, and knows what to write if it can: %s", (selector, instead) => {
    const [fault, ...more] = selectorFaults("select", selector);
    expect(fault).toMatchObject({ path: "select", value: selector, problem: "is not a selector" });
    expect(fault?.allowed).toContain("key in (a, b)");
    expect(fault?.instead).toBe(instead);
    expect(more).toEqual([]);
  });

  it("checks keys and values as Kubernetes does, all at once", () => {
    expect(selectorFaults("select", "-tier=edge,zone in (a, b-)")).toMatchObject([
      { path: "select", value: "-tier", problem: "has a key that Kubernetes does not accept" },
      { path: "select.zone", value: "b-", problem: "is not a label value" },
    ]);
  });
});
