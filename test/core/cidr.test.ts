import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cidrFaults } from "../../components/core/cidr.ts";

describe("cidrFaults", () => {
  it.each(["10.96.0.0/16", "0.0.0.0/0", "192.168.1.1/32", "fd00:10::/64", "::/0", "2001:db8::1/128"])(
    "accepts %s",
    (value) => {
      expect(cidrFaults("cidr", value)).toEqual([]);
    },
  );

  it.each([
    "",
    "10.96.0.0",
    "10.96.0.0/",
    "10.96.0.0/33",
    "10.96.0.0/-1",
    "10.96.0.0/016",
    "10.96/16",
    "010.0.0.0/8",
    "0x0a.0.0.0/8",
    "10.96.0.256/16",
    "10.96.0.0/16/16",
    " 10.96.0.0/16",
    "fd00::/129",
    "fe80::%eth0/64",
    "everything",
  ])("refuses %j", (value) => {
    expect(cidrFaults("cidr", value)).toMatchObject([
      { path: "cidr", value, problem: "is not a CIDR block" },
    ]);
  });

  it("offers the network of an address that is inside it", () => {
    expect(cidrFaults("cidr", "10.96.7.1/16")).toMatchObject([
      { problem: "has bits set behind its prefix", instead: '"10.96.0.0/16"' },
    ]);
    expect(cidrFaults("cidr", "fd00:10::7/64")).toMatchObject([{ instead: '"fd00:10::/64"' }]);
  });

  it("accepts every network that it offers", () => {
    const block = fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(block, ([address, prefix]) => {
        const [fault] = cidrFaults("cidr", `${address}/${prefix}`);
        const network = fault === undefined ? `${address}/${prefix}` : JSON.parse(fault.instead ?? '""');
        expect(cidrFaults("cidr", network)).toEqual([]);
      }),
    );
  });
});
