import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { massRemovalFaults } from "../../components/core/mass-removal.ts";

const faultsOf = (before: string[], after: string[], confirmed: string[] = []) =>
  massRemovalFaults("leaving", { kind: "members", before, after, confirmed });

describe("massRemovalFaults", () => {
  it.each([
    { when: "nothing goes", before: ["a", "b"], after: ["a", "b"] },
    { when: "there was nothing", before: [], after: ["a"] },
    { when: "half goes", before: ["a", "b"], after: ["a"] },
    { when: "half goes and others come", before: ["a", "b", "c", "d"], after: ["a", "b", "e"] },
    { when: "all that goes is named", before: ["a", "b", "c"], after: [], confirmed: ["c", "b", "a"] },
    { when: "more is named than goes", before: ["a", "b"], after: [], confirmed: ["a", "b", "gone before"] },
  ])("accepts a change when $when", ({ before, after, confirmed = [] }) => {
    expect(faultsOf(before, after, confirmed)).toEqual([]);
  });

  it.each([
    { what: "more than half", before: ["a", "b", "c"], after: ["a"], missing: "b, c", share: "2 of 3" },
    { what: "the only one", before: ["a"], after: [], missing: "a", share: "1 of 1" },
    { what: "the only one for another", before: ["a"], after: ["b"], missing: "a", share: "1 of 1" },
    {
      what: "more than was named",
      before: ["a", "b"],
      after: [],
      confirmed: ["b"],
      missing: "a",
      share: "2 of 2",
    },
  ])("refuses to remove $what", ({ before, after, confirmed = [], missing, share }) => {
    const removed = before.filter((name) => !(after as string[]).includes(name));
    const problem = `does not name ${missing}, though ${share} members would go in one change`;
    expect(faultsOf(before, after, confirmed)).toMatchObject([
      { path: "leaving", value: confirmed, problem, instead: JSON.stringify(removed) },
    ]);
  });

  it("is satisfied by what it says to write, and refuses nothing that removes half or less", () => {
    const names = fc.uniqueArray(fc.constantFrom(..."abcdefgh"));
    fc.assert(
      fc.property(names, names, names, (before, after, confirmed) => {
        const [fault] = faultsOf(before, after, confirmed);
        const kept = before.filter((name) => after.includes(name)).length;
        if (kept * 2 >= before.length) expect(fault).toBeUndefined();
        if (fault) expect(faultsOf(before, after, JSON.parse(fault.instead ?? "[]"))).toEqual([]);
      }),
    );
  });
});
