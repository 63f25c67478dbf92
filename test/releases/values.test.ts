import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Values } from "../../components/core/merge.ts";
import {
  decides,
  helmValues,
  type Override,
  openValues,
  plainValues,
} from "../../components/releases/values.ts";

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
const key = fc.constantFrom("a", "b", "c", "__proto__");
const { map } = fc.letrec<{ map: Values; value: unknown }>((tie) => ({
  map: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.constant(null), tie("map")),
}));

describe("helmValues", () => {
  it.each<[string, object, object, object]>([
    ["replace what is no map", { r: 1, img: { tag: "2.1" } }, { r: 2 }, { r: 2, img: { tag: "2.1" } }],
    ["merge maps", { a: { b: { c: 1, d: 2 } } }, { a: { b: { d: 9 } } }, { a: { b: { c: 1, d: 9 } } }],
    ["replace lists as a whole", { l: [1, 2] }, { l: [3] }, { l: [3] }],
    ["replace a value by a map", { x: 5 }, { x: { y: 1 } }, { x: { y: 1 } }],
    ["keep null for Helm, which has a default there", { x: { y: 1 } }, { x: null }, { x: null }],
    ["keep null in a map that only the chart has", {}, { x: { y: null } }, { x: { y: null } }],
    ["keep null of the common values", { x: null }, {}, { x: null }],
    ["replace null of the common values", { x: null }, { x: { y: 1 } }, { x: { y: 1 } }],
    ["stay as they are under no override", { x: { y: 1 } }, {}, { x: { y: 1 } }],
  ])("%s", (...[, common, override, expected]) => {
    expect(helmValues(common, override)).toEqual(expected);
  });

  it("say of every key of an override exactly what the override says", () => {
    fc.assert(
      fc.property(map, map, (common, override) => {
        const effective = helmValues(common, override);
        for (const [name, value] of Object.entries(override)) {
          if (typeof value !== "object" || value === null || Array.isArray(value)) {
            expect(Object.getOwnPropertyDescriptor(effective, name)?.value).toEqual(value);
          }
        }
      }),
    );
  });

  it("leave both layers as they were, and no trace of one member in the next", () => {
    fc.assert(
      fc.property(map, map, map, (common, one, other) => {
        const before = structuredClone([common, one, other]);
        const alone = helmValues(common, other);
        helmValues(common, one);
        expect(helmValues(common, other)).toEqual(alone);
        expect([common, one, other]).toEqual(before);
      }),
    );
  });

  it("take outputs for values, not for maps", () => {
    const output = pulumi.output({ y: 1 });
    expect(helmValues({ x: { y: 0, z: 0 } }, { x: output })["x"]).toBe(output);
    expect(helmValues({ x: output }, {})["x"]).toBe(output);
  });
});

describe("plainValues", () => {
  it("lose what null takes away", () => {
    expect(plainValues({ x: { y: 1, z: 2 } }, { x: { y: null } })).toEqual({ x: { z: 2 } });
    expect(plainValues({ x: null, y: undefined }, {})).toEqual({});
  });

  it("are what Helm's values are, without null", () => {
    const withoutNull = (value: unknown): unknown =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .filter(([, item]) => item !== null)
              .map(([name, item]) => [name, withoutNull(item)]),
          );
    fc.assert(
      fc.property(map, map, (common, override) => {
        expect(plainValues(common, override)).toEqual(withoutNull(helmValues(common, override)));
      }),
    );
  });
});

describe("Override", () => {
  interface Shop {
    replicas: number;
    image: { tag: string; digest?: string };
    hosts: string[];
  }

  it("takes any part of the values, at any depth", () => {
    expectTypeOf<{ image: { tag: string } }>().toExtend<Override<Shop>>();
    expectTypeOf<{ hosts: string[] }>().toExtend<Override<Shop>>();
  });

  it("takes away what is optional, and only that", () => {
    expectTypeOf<{ image: { digest: null } }>().toExtend<Override<Shop>>();
    expectTypeOf<{ replicas: null }>().not.toExtend<Override<Shop>>();
  });

  it("refuses other keys and other types", () => {
    // @ts-expect-error There is no such key.
    const unknown: Override<Shop> = { replica: 2 };
    // @ts-expect-error It is a number.
    const mistyped: Override<Shop> = { replicas: "2" };
    expect([unknown, mistyped]).toHaveLength(2);
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

describe("decides", () => {
  it.each<[object, string[], boolean]>([
    [{ a: { b: 1 } }, ["a", "b"], true],
    [{ a: { b: 1 } }, ["a", "c"], false],
    [{ a: null }, ["a", "b"], true],
    [{ a: "text" }, ["a", "b", "c"], true],
    [{ a: [{ b: 1 }] }, ["a", "0", "b"], true],
    [{ a: [{ b: 1 }] }, ["a", "1"], false],
    [{}, ["toString"], false],
  ])("of %j about %j is %j", (values, keys, expected) => {
    expect(decides(values, keys)).toBe(expected);
  });
});
