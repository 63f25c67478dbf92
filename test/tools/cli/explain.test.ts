import { describe, expect, it } from "vitest";
import { Secret } from "../../../tools/cli/engine-state.ts";
import { explanation } from "../../../tools/cli/explain.ts";
import { memberRecord } from "../../support/release-states.ts";

const file = "stacks/local.ts";
const member = memberRecord("eu-1", {
  values: {
    replicas: 3,
    image: { tag: "6.9.0", pullSecret: new Secret("t0ps3cret") },
    hosts: ["a", { b: 1 }],
    "a-b": {},
    none: null,
  },
  provenance: {
    replicas: {
      layer: 'overrides.clusters["eu-1"]',
      file,
      line: 66,
      hid: [
        { layer: "overrides.clouds.aws", file, line: 64 },
        { layer: "values", value: 2, file, line: 63 },
      ],
    },
    "image.tag": { layer: "values", file, line: 62, hid: [] },
    "image.pullSecret": { layer: "values", hid: [{ layer: "values", value: new Secret("0ld") }] },
    hosts: { layer: "overrides.clouds.aws", file, hid: [] },
    '["a-b"]': { layer: "values", hid: [] },
    none: { layer: "values", hid: [] },
  },
});

describe("an explanation", () => {
  it("has the layer, the place and what was hidden for every value, and no secret", () => {
    expect(explanation(member)).toBe(
      [
        '  replicas          3                 overrides.clusters["eu-1"]  stacks/local.ts:66',
        "                    hides a function  overrides.clouds.aws        stacks/local.ts:64",
        "                    hides 2           values                      stacks/local.ts:63",
        '  image.tag         "6.9.0"           values                      stacks/local.ts:62',
        "  image.pullSecret  [secret]          values",
        "                    hides [secret]    values",
        '  hosts             ["a",{"b":1}]     overrides.clouds.aws        stacks/local.ts',
        '  ["a-b"]           {}                values',
        "  none              null              values",
      ].join("\n"),
    );
  });

  it.each([
    ["image", ["image.tag", "image.pullSecret"]],
    ["image.tag", ["image.tag"]],
    ["hosts[1].b", ["hosts"]],
  ])("of %s tells the values there, below, or those it is a part of", (path, leaves) => {
    const lines = explanation(member, path).split("\n");
    const told = lines.map((line) => line.trim().split(" ")[0]).filter((word) => word !== "hides");
    expect(told).toEqual(leaves);
  });

  it("of a value that is not there says which was probably meant", () => {
    expect(() => explanation(member, "image.tags")).toThrow(/"image\.tags" is no value.*write image\.tag$/);
    expect(() => explanation(member, "imag")).toThrow(/there are replicas, image\.tag/);
  });

  it("of a release without values says so", () => {
    expect(explanation(memberRecord("eu-1", { values: {}, provenance: {} }))).toBe("  no values");
  });
});
