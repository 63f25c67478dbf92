// Blocks of IP addresses in CIDR notation, IPv4 and IPv6.
import ipaddr from "ipaddr.js";
import type { Fault } from "./errors.ts";

const allowed = "an IPv4 or IPv6 network and its prefix length, such as 10.96.0.0/16 or fd00:10::/64";

/** Checks a block in CIDR notation: a network address, not the address of a host in it. */
export function cidrFaults(path: string, value: string): Fault[] {
  const network = networkOf(value);
  if (network === undefined) return [{ path, value, problem: "is not a CIDR block", allowed }];
  const [address = ""] = value.split("/");
  if (ipaddr.parse(address).toString() === network.split("/")[0]) return [];
  return [{ path, value, problem: "has bits set behind its prefix", allowed, instead: `"${network}"` }];
}

/** The block with its network address, or nothing when the text is not a block. */
function networkOf(value: string): string | undefined {
  const prefix = value.split("/")[1] ?? "";
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
    return `${ipaddr.IPv4.networkAddressFromCIDR(value).toString()}/${prefix}`;
  }
  if (!ipaddr.IPv6.isValidCIDR(value) || value.includes("%")) return undefined;
  return `${ipaddr.IPv6.networkAddressFromCIDR(value).toString()}/${prefix}`;
}
