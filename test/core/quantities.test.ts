import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultsError } from "../../components/core/errors.ts";
import { countFaults, parseQuantity, quantityFaults } from "../../components/core/quantities.ts";

describe("parseQuantity", () => {
  it.each([
    ["0", 0],
    ["4", 4],
    ["+4", 4],
    ["-2", -2],
    ["1.", 1],
    [".5", 0.5],
    ["500m", 0.5],
    ["100m", 0.1],
    ["250u", 0.00025],
    ["7n", 7e-9],
    ["1k", 1000],
    ["1M", 1e6],
    ["2G", 2e9],
    ["1T", 1e12],
    ["1P", 1e15],
    ["1E", 1e18],
    ["1Ki", 1024],
    ["1.5Gi", 1610612736],
    ["1Ti", 2 ** 40],
    ["1Pi", 2 ** 50],
    ["1Ei", 2 ** 60],
    ["1e3", 1000],
    ["1E3", 1000],
    ["12e-2", 0.12],
    ["1e+2", 100],
  ])("reads %s as %d", (text, number) => {
    expect(parseQuantity(text)).toBe(number);
  });

  it("reads back whole numbers with every suffix", () => {
    const suffixes = { "": 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };
    const entries = fc.constantFrom(...Object.entries(suffixes));
    fc.assert(
      fc.property(fc.nat({ max: 4_000_000 }), entries, (number, [suffix, factor]) => {
        expect(parseQuantity(`${number}${suffix}`)).toBe(number * factor);
      }),
    );
  });

  it("keeps the order of numbers, whatever they are written in", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), fc.nat({ max: 1e9 }), (one, other) => {
        expect(Math.sign(parseQuantity(`${one}m`) - parseQuantity(`${other}m`))).toBe(Math.sign(one - other));
        expect(parseQuantity(`${one}Ki`) >= parseQuantity(`${one}k`)).toBe(true);
      }),
    );
  });

  it("gives thousandths and decimals the same number", () => {
    fc.assert(fc.property(fc.nat({ max: 1e9 }), (n) => parseQuantity(`${n}m`) === parseQuantity(`${n}e-3`)));
  });

  it("throws what is wrong with anything else", () => {
    expect(() => parseQuantity("much")).toThrow(FaultsError);
  });
});

describe("quantityFaults", () => {
  it("accepts every amount that can be read", () => {
    const text = fc.stringMatching(/^\d{1,9}(\.\d{1,3})?(m|k|M|G|Ki|Mi|Gi|e\d)?$/);
    fc.assert(
      fc.property(text, (value) => quantityFaults("cpu", value).length === 0 && parseQuantity(value) >= 0),
    );
  });

  it.each([
    ["4GB", '"4G"'],
    ["512 MiB", '"512Mi"'],
    ["1K", '"1k"'],
    ["2gi", '"2Gi"'],
    ["1.5 gb", '"1.5G"'],
    ["1kb", '"1k"'],
    ["", undefined],
    ["much", undefined],
    ["1 2", undefined],
    ["1.2.3G", undefined],
    ["1e", '"1E"'],
    ["4cores", undefined],
    ["1mi", '"1Mi"'],
  ])("refuses %j and offers %s", (value, instead) => {
    const [fault, ...more] = quantityFaults("memory", value);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ path: "memory", value, problem: "is not a quantity" });
    expect(fault?.instead).toBe(instead);
  });

  it("offers only what it accepts", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.]{1,4} ?[a-zA-Z]{0,4}$/), (value) => {
        const instead = quantityFaults("memory", value)[0]?.instead;
        expect(instead === undefined || quantityFaults("memory", JSON.parse(instead)).length === 0).toBe(
          true,
        );
      }),
    );
  });

  it("refuses less than nothing", () => {
    expect(quantityFaults("cpu", "-1")).toMatchObject([{ value: "-1", problem: "is negative" }]);
  });
});

describe("countFaults", () => {
  it.each([0, 5, 10])("accepts %d from 0 to 10", (value) => {
    expect(countFaults("count", value, [0, 10])).toEqual([]);
  });

  it.each([-1, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d from 0 to 10", (value) => {
    expect(countFaults("count", value, [0, 10])).toMatchObject([
      { path: "count", problem: "is out of range", allowed: "a whole number from 0 to 10" },
    ]);
  });
});
