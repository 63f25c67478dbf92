// Whom an application talks to, as the peers of a NetworkPolicy.
import * as plus from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { cidrFaults } from "../components/core/cidr.ts";
import type { Fault } from "../components/core/errors.ts";
import { labelKeyFaults, labelValueFaults } from "../components/core/labels.ts";
import { dnsLabelFaults } from "../components/core/names.ts";
import { type Check, count, either, list, map, shape, text } from "./checks.ts";

/** Pods of the cluster. */
interface PodPeer {
  /** Namespace of the Pods. Defaults to the application's own. */
  namespace?: string;
  /** Labels that all of the Pods have. Defaults to none: every Pod of the namespace. */
  pods?: Record<string, string>;
}

/** Addresses, which should be outside of the cluster: those of Pods come and go. */
interface AddressPeer {
  /** An IPv4 or IPv6 network, such as `203.0.113.0/24`. */
  cidr: string;
}

/** One side of a connection. */
export type Peer = PodPeer | AddressPeer;

/** Where the application may connect to. */
export interface Destination {
  /** The other side. */
  to: Peer;
  /** Its TCP ports, 1 to 65535, at least one: those of its Pods, not those of a Service before them. */
  ports: number[];
}

const peer = either(
  "cidr",
  shape({ required: { cidr: text(cidrFaults) } }),
  shape({
    optional: {
      namespace: text(dnsLabelFaults),
      pods: map(text(labelKeyFaults), text(labelValueFaults)),
    },
  }),
);

/** Checks a list of clients. */
export const clientsCheck: Check = list(peer);

/** Checks a list of destinations. */
export const destinationsCheck: Check = list(
  shape({ required: { to: peer, ports: list(count(1, 65_535)) }, together: someFaults }),
);

/** The peer as a construct; its id is used nowhere in what is rendered. */
export function toPeer(scope: Construct, id: string, given: Peer): plus.INetworkPolicyPeer {
  if ("cidr" in given) {
    const family = given.cidr.includes(":") ? "ipv6" : "ipv4";
    return plus.NetworkPolicyIpBlock[family](scope, id, given.cidr);
  }
  const { namespace, pods = {} } = given;
  const namespaces =
    namespace === undefined
      ? undefined
      : plus.Namespaces.select(scope, `${id}-namespace`, { names: [namespace] });
  return plus.Pods.select(scope, id, { labels: pods, namespaces });
}

/** A rule without ports would open all of them. */
function someFaults(path: string, { ports }: Destination): Fault[] {
  if (ports.length > 0) return [];
  return [{ path: `${path}.ports`, value: ports, problem: "is empty", allowed: "at least one port" }];
}
