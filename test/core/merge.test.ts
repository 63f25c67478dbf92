import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeValues, type Values } from "../../components/core/merge.ts";

// Few words, so that keys meet.
const key = fc.constantFrom("image", "tag", "replicas", "env", "__proto__");
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 2 }));
const { values, override } = fc.letrec<{ values: Values; override: Values }>((tie) => ({
  values: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, tie("values"))),
  override: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, fc.constant(null), tie("override"))),
}));

describe("mergeValues", () => {
  it("merges maps, replaces everything else, and removes what is null", () => {
    const base = { image: { repository: "web", tag: "1.0" }, replicas: 2, hosts: ["a", "b"], debug: true };
    const layer = { image: { tag: "1.1" }, replicas: 3, hosts: ["c"], debug: null };
    expect(mergeValues(base, layer)).toEqual({
      image: { repository: "web", tag: "1.1" },
      replicas: 3,
      hosts: ["c"],
    });
  });

  it("replaces a map by a leaf and a leaf by a map", () => {
    expect(mergeValues({ a: { b: 1 }, c: 1 }, { a: 1, c: { d: 1 } })).toEqual({ a: 1, c: { d: 1 } });
  });

  it("takes undefined for not given", () => {
    expect(mergeValues({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
  });

  it("keeps a null of the base, by which Helm takes away a value of the chart", () => {
    expect(mergeValues({ a: null }, { b: 1 })).toEqual({ a: null, b: 1 });
  });

  it("does not look into objects that are no plain maps", () => {
    const date = new Date(0);
    expect(mergeValues({ a: { b: 1 } }, { a: date })["a"]).toBe(date);
  });

  it("changes nothing when nothing is overridden", () => {
    fc.assert(
      fc.property(values, (base) => {
        expect(mergeValues(base, {})).toEqual(base);
      }),
    );
  });

  it("gives the same when the same override is laid over once more", () => {
    fc.assert(
      fc.property(values, override, (base, layer) => {
        const once = mergeValues(base, layer);
        expect(mergeValues(once, layer)).toEqual(once);
      }),
    );
  });

  it("never changes what it is given", () => {
    fc.assert(
      fc.property(values, override, (base, layer) => {
        const before = structuredClone([base, layer]);
        mergeValues(base, layer);
        expect([base, layer]).toEqual(before);
      }),
    );
  });

  it("leaves no null that the override brought", () => {
    fc.assert(
      fc.property(override, (layer) => {
        expect(JSON.stringify(mergeValues({}, layer))).not.toContain(":null");
      }),
    );
  });

  it("never reaches the prototype of objects", () => {
    mergeValues({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(({} as Values)["polluted"]).toBeUndefined();
  });
});
