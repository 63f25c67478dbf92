import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dnsLabelFaults } from "../../components/core/names.ts";
import { releaseName } from "../../components/releases/names.ts";

const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

describe("releaseName", () => {
  it("is made of the release and the group", () => {
    expect(releaseName("runtime", "storefront")).toBe("storefront-runtime");
  });

  it("keeps 53 characters as they are and cuts the 54th", () => {
    const fits = releaseName("runtime", "s".repeat(45));
    expect(fits).toBe(`${"s".repeat(45)}-runtime`);
    const cut = releaseName("runtime", "s".repeat(46));
    expect(cut).toMatch(/^s+-[0-9a-f]{8}$/);
    expect(cut).toHaveLength(53);
  });

  it("is always one that Helm takes, and always the same", () => {
    fc.assert(
      fc.property(label, label, (group, release) => {
        const name = releaseName(group, release);
        expect(dnsLabelFaults("name", name, 53)).toEqual([]);
        expect(releaseName(group, release)).toBe(name);
      }),
    );
  });

  it("differs for different releases of a group, behind the cut too", () => {
    fc.assert(
      fc.property(label, label, label, (group, one, other) => {
        fc.pre(one !== other);
        expect(releaseName(group, one)).not.toBe(releaseName(group, other));
        const long = `${"x".repeat(50)}-`;
        expect(releaseName(group, long + one)).not.toBe(releaseName(group, long + other));
      }),
    );
  });
});
