import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedName, dnsLabelFaults, toDnsLabel } from "../../components/core/names.ts";

const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

describe("dnsLabelFaults", () => {
  it.each(["a", "0", "eu-1", "a--b", "x".repeat(63)])("accepts %s", (name) => {
    expect(dnsLabelFaults("name", name)).toEqual([]);
  });

  it.each([
    ["", undefined],
    ["-", undefined],
    ["Eu-1", '"eu-1"'],
    ["eu_1", '"eu-1"'],
    ["-eu-1-", '"eu-1"'],
    ["eu.1", '"eu-1"'],
    ["Zürich 2", '"zurich-2"'],
    ["eu-1\n", '"eu-1"'],
  ])("refuses %j and offers %s", (name, instead) => {
    const [fault, ...more] = dnsLabelFaults("name", name);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ path: "name", value: name, problem: "is not a name" });
    expect(fault?.instead).toBe(instead);
  });

  it("tells how long a name is that is only too long, and cuts it", () => {
    expect(dnsLabelFaults("name", "abc-def", 4)).toMatchObject([
      {
        problem: "is 7 characters long",
        instead: '"abc"',
        allowed: expect.stringContaining("1 to 4 characters"),
      },
    ]);
  });
});

describe("toDnsLabel", () => {
  it("gives a label that is accepted, or nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 63 }), (text, maximum) => {
        const result = toDnsLabel(text, maximum);
        expect(result === "" || dnsLabelFaults("name", result, maximum).length === 0).toBe(true);
      }),
    );
  });

  it("leaves a valid label as it is", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]([a-z0-9]|-[a-z0-9]){0,20}$/),
        (text) => toDnsLabel(text) === text,
      ),
    );
  });
});

describe("boundedName", () => {
  const word = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/);
  const words = fc.array(word, { minLength: 1, maxLength: 6 });
  const maximum = fc.integer({ min: 16, max: 63 });

  it("joins parts that fit", () => {
    expect(boundedName(["storefront", "eu-1"], 63)).toBe("storefront-eu-1");
  });

  it("cuts what does not fit and ends it in a digest that stays the same on every machine", () => {
    expect(boundedName(["a".repeat(20), "b"], 20)).toBe("aaaaaaaaaaa-eed27cbd");
  });

  it("never exceeds the limit, and makes labels of labels", () => {
    fc.assert(
      fc.property(words, maximum, (parts, limit) => {
        const name = boundedName(parts, limit);
        expect(name.length).toBeLessThanOrEqual(limit);
        expect(name).toMatch(label);
      }),
    );
  });

  it("keeps names apart that differ only behind the cut", () => {
    fc.assert(
      fc.property(word, word, maximum, (one, other, limit) => {
        fc.pre(one !== other);
        const long = "x".repeat(limit);
        expect(boundedName([long, one], limit)).not.toBe(boundedName([long, other], limit));
      }),
    );
  });

  it("refuses a limit that has no room for a digest", () => {
    expect(() => boundedName(["a"], 15)).toThrow("at least 16");
  });
});
