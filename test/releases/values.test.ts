import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Layer, type LayersByKind, layersOf } from "../../components/releases/layers.ts";
import { memberOf, outputsToCome } from "../../components/releases/members.ts";
import {
  effectiveValues,
  mergeValues,
  openValues,
  type Values,
  withoutNulls,
} from "../../components/releases/values.ts";
import { clusterRef } from "../support/cluster-refs.ts";

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 2 }));
// Few words, so that keys meet.
const key = fc.constantFrom("a", "b", "c", "__proto__");
const { map } = fc.letrec<{ map: Values; value: unknown }>((tie) => ({
  map: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.constant(null), tie("map")),
}));

// Layers as they are written: with functions, and with words that say nothing.
const { spoken } = fc.letrec<{ spoken: Values; value: unknown; plain: unknown }>((tie) => ({
  spoken: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  plain: fc.oneof({ maxDepth: 3 }, leaf, fc.constantFrom(null, undefined), tie("spoken")),
  value: fc.oneof(
    { maxDepth: 3 },
    tie("plain"),
    tie("plain").map((given) => () => given),
  ),
}));
const spokenLayers = fc.array(spoken, { maxLength: 4 });

/** What is written, with its functions called. */
const said = (value: unknown): unknown => {
  if (typeof value === "function") return said(value());
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, said(item)]));
};

const eu = clusterRef("eu-1", { cloud: "aws", labels: { tier: "edge" } });
const us = clusterRef("us-1", { cloud: "gcp", distribution: "imported" });
const group = { name: "runtime", members: { "eu-1": eu, "us-1": us } };

const effective = (values: object, overrides: LayersByKind = {}, cluster = eu) =>
  effectiveValues(
    layersOf(values, overrides, () => undefined),
    memberOf(group, cluster, outputsToCome),
  );

/** Layers that are all for everybody, the lowest first. */
const stacked = (...layers: object[]) =>
  effectiveValues(
    layers.map(
      (values, index): Layer => ({
        name: `layer${index}`,
        selects: () => true,
        values,
        place: () => undefined,
      }),
    ),
    memberOf(group, eu, outputsToCome),
  );

describe("mergeValues", () => {
  it.each<[string, Values, Values, Values]>([
    ["V-M1: replaces what is no map", { r: 1, img: { tag: "2.1" } }, { r: 2 }, { r: 2, img: { tag: "2.1" } }],
    ["V-M2: merges maps", { a: { b: { c: 1, d: 2 } } }, { a: { b: { d: 9 } } }, { a: { b: { c: 1, d: 9 } } }],
    ["replaces lists as a whole", { l: [1, 2] }, { l: [3] }, { l: [3] }],
    ["V-M4: keeps null for Helm, which has a default there", { x: { y: 1 } }, { x: null }, { x: null }],
    ["V-M5: replaces a value by a map", { x: 5 }, { x: { y: 1 } }, { x: { y: 1 } }],
    ["V-M7: takes what only the override has", {}, { z: { q: [] } }, { z: { q: [] } }],
    ["V-M8: changes nothing without an override", { x: { y: 1 } }, {}, { x: { y: 1 } }],
    ["V-M10: replaces null by a map", { x: null }, { x: { y: 1 } }, { x: { y: 1 } }],
    ["keeps null in a map that only the chart has", {}, { x: { y: null } }, { x: { y: null } }],
    ["takes undefined for not given", { a: 1 }, { a: undefined }, { a: 1 }],
  ])("%s", (...[, base, override, expected]) => {
    expect(mergeValues(base, override)).toEqual(expected);
  });

  it("does not look into objects that are no plain maps", () => {
    const [date, output] = [new Date(0), pulumi.output({ y: 1 })];
    const merged = mergeValues({ a: { b: 1 }, x: { y: 0 } }, { a: date, x: output });
    expect(merged["a"]).toBe(date);
    expect(merged["x"]).toBe(output);
  });

  it("never changes what it is given, and gives the same when the override is laid over once more", () => {
    fc.assert(
      fc.property(map, map, (base, override) => {
        const before = structuredClone([base, override]);
        const merged = mergeValues(base, override);
        expect(mergeValues(merged, override)).toEqual(merged);
        expect([base, override]).toEqual(before);
      }),
    );
  });

  it("never reaches the prototype of objects", () => {
    mergeValues({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(({} as Values)["polluted"]).toBeUndefined();
  });
});

describe("withoutNulls", () => {
  it("takes out null and what it stands for, but not in lists", () => {
    expect(withoutNulls({ x: { y: null, z: 1 }, l: [null], n: null })).toEqual({ x: { z: 1 }, l: [null] });
  });
});

describe("the values of a member", () => {
  const values = { size: 1, image: { tag: "v1" } };

  it("come of the layers that are for it, the later kind over the earlier one", () => {
    const overrides: LayersByKind = {
      clusters: { "eu-1": { e: "cluster" } },
      labels: { "tier=edge": { d: "tier", e: "tier" }, "name!=us-1": { d: "name", e: "name" } },
      distributions: { local: { c: "local", d: "local", e: "local" }, imported: { b: "imported" } },
      clouds: { aws: { b: "aws", c: "aws", d: "aws", e: "aws" }, gcp: { b: "gcp" } },
    };
    const lowest = { a: "values", b: "values", c: "values", d: "values", e: "values" };
    expect(effective(lowest, overrides).values).toEqual({
      a: "values",
      b: "aws",
      c: "local",
      d: "name",
      e: "cluster",
    });
    expect(effective(lowest, overrides, us).values).toMatchObject({ b: "imported", c: "values" });
  });

  it("are what merging the layers one after the other gives, whatever is in them", () => {
    fc.assert(
      fc.property(spokenLayers, (layers) => {
        const merged = layers.map((layer) => said(layer) as Values).reduce(mergeValues, {});
        expect(stacked(...layers).values).toEqual(merged);
      }),
    );
  });

  it.each<[string, Values, Values, Values]>([
    ["a word", { image: "nginx" }, { image: { tag: () => undefined } }, { image: {} }],
    ["a list", { image: ["a"] }, { image: { x: undefined, y: 1 } }, { image: { y: 1 } }],
    ["null", { image: null }, { image: { tag: () => undefined } }, { image: {} }],
  ])("hold nothing of %s that a map replaced", (...[, below, above, expected]) => {
    expect(stacked(below, above).values).toEqual(expected);
    const hidden = Object.values(stacked(below, above).provenance).map(({ hid }) => hid);
    expect(hidden).toEqual([[{ layer: "layer0", value: below["image"] }]]);
  });

  it("V-M11: leave the layers as they were, and no trace of one member in the next", () => {
    fc.assert(
      fc.property(map, map, (common, override) => {
        const before = structuredClone([common, override]);
        const alone = effective(common, {}, us).values;
        effective(common, { clusters: { "eu-1": override } });
        expect(effective(common, { clusters: { "eu-1": override } }, us).values).toEqual(alone);
        expect([common, override]).toEqual(before);
      }),
    );
  });

  it("may be functions of the member at any depth, in maps, in lists, and instead of a map", () => {
    const made = effective(
      {
        image: ({ cluster }: { cluster: { cloud: string } }) => ({ tag: cluster.cloud, pull: "Always" }),
        hosts: ["a", ({ cluster }: { cluster: { name: string } }) => cluster.name, { b: () => 1 }],
        others: ({ members }: { members: object }) => Object.keys(members),
      },
      { clouds: { aws: { image: { pull: () => "Never" } } } },
    );
    expect(made.values).toEqual({
      image: { tag: "aws", pull: "Never" },
      hosts: ["a", "eu-1", { b: 1 }],
      others: ["us-1"],
    });
  });

  it("fall through a function that says nothing", () => {
    const override = {
      size: ({ cluster }: { cluster: { name: string } }) => (cluster.name === "us-1" ? 3 : undefined),
    };
    const overrides = { labels: { name: override } };
    expect(effective(values, overrides).values).toEqual(values);
    expect(effective(values, overrides, us).values).toEqual({ ...values, size: 3 });
  });

  it("do not ask a function that a higher layer hides", () => {
    const never = () => {
      throw new Error("asked");
    };
    const { faults, provenance } = effective({ size: never }, { clusters: { "eu-1": { size: 2 } } });
    expect(faults).toEqual([]);
    expect(provenance["size"]?.hid).toEqual([{ layer: "values" }]);
  });

  it("tell a function that throws, with its layer, path and member", () => {
    const broken = () => {
      throw new Error("no size for you");
    };
    const overrides = { clouds: { aws: { pools: [{ size: broken }] } } };
    expect(effective(values, overrides).faults).toMatchObject([
      {
        path: "overrides.clouds.aws.pools[0].size",
        problem: "throws for the member eu-1: no size for you",
      },
    ]);
    expect(effective(values, overrides, us).faults).toEqual([]);
  });
});

describe("the provenance of values", () => {
  it("names for each value the layer that set it, and what it hid, the highest first", () => {
    const { provenance } = stacked(
      { size: 1, image: { tag: "v1", pull: "Always" }, probe: { path: "/" }, x: 5, list: [1] },
      { size: 2, probe: null, x: { y: 1 } },
      { size: 3, image: { tag: "v2" }, list: [2, 3], empty: {} },
    );
    expect(provenance).toEqual({
      size: {
        layer: "layer2",
        hid: [
          { layer: "layer1", value: 2 },
          { layer: "layer0", value: 1 },
        ],
      },
      "image.tag": { layer: "layer2", hid: [{ layer: "layer0", value: "v1" }] },
      "image.pull": { layer: "layer0", hid: [] },
      probe: { layer: "layer1", hid: [{ layer: "layer0", value: { path: "/" } }] },
      "x.y": { layer: "layer1", hid: [{ layer: "layer0", value: 5 }] },
      list: { layer: "layer2", hid: [{ layer: "layer0", value: [1] }] },
      empty: { layer: "layer2", hid: [] },
    });
  });

  it("sees through a value that was replaced and replaced again", () => {
    const { values, provenance } = stacked({ x: { y: 1, z: 3 } }, { x: null }, { x: { y: 2 } });
    expect(values).toEqual({ x: { y: 2 } });
    expect(provenance["x.y"]?.hid).toEqual([
      { layer: "layer1", value: null },
      { layer: "layer0", value: 1 },
    ]);
  });

  it("is told for every value that is there, and for no other", () => {
    const leaves = (value: unknown, path = ""): string[] =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      (path === "" || Object.keys(value).length > 0)
        ? Object.entries(value).flatMap(([name, item]) =>
            leaves(item, path === "" ? name : `${path}.${name}`),
          )
        : [path];
    fc.assert(
      fc.property(spokenLayers, (layers) => {
        const { values, provenance } = stacked(...layers);
        expect(Object.keys(provenance).sort()).toEqual(leaves(values).sort());
      }),
    );
  });

  it("names the highest layer that says the value", () => {
    fc.assert(
      fc.property(fc.array(map, { minLength: 1, maxLength: 4 }), (layers) => {
        const { provenance } = stacked(...layers);
        for (const [index, layer] of layers.entries()) {
          for (const [name, value] of Object.entries(layer)) {
            if (typeof value === "object" && value !== null && !Array.isArray(value)) continue;
            const above = layers.slice(index + 1).some((other) => Object.hasOwn(other, name));
            if (!above)
              expect(Object.getOwnPropertyDescriptor(provenance, name)?.value.layer).toBe(`layer${index}`);
          }
        }
      }),
    );
  });
});

describe("openValues", () => {
  it("finds outputs and promises at any depth", () => {
    const values = {
      a: 1,
      b: { c: pulumi.output(1) },
      d: [0, { e: Promise.resolve(1) }],
      f: pulumi.secret("x"),
    };
    expect(openValues(values)).toEqual([["b", "c"], ["d", "1", "e"], ["f"]]);
    expect(openValues({ a: [1, { b: null }] })).toEqual([]);
  });
});
