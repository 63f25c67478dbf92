// A cluster group: clusters that get the same features and releases.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { claim, registeredName, reportFaults } from "../core/program.ts";
import type { ClusterGroupRef, ClusterRef } from "../core/refs.ts";

export interface ClusterGroupArgs {
  /** The members by cluster name; at least one. A cluster is a member of at most one group. */
  members: Record<string, ClusterRef | undefined>;
}

/** A named set of clusters. It makes nothing: what is switched on for a group refers to it. */
export class ClusterGroup extends pulumi.ComponentResource {
  readonly ref: ClusterGroupRef;

  constructor(name: string, args: ClusterGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:ClusterGroup", registeredName("ClusterGroup", name), {}, opts);
    const path = `ClusterGroup("${name}")`;
    const known = Object.entries(args.members).filter(
      (member): member is [string, ClusterRef] => member[1] !== undefined,
    );
    this.ref = { name, members: Object.fromEntries(known) };
    const faults = [
      ...dnsLabelFaults(`${path} name`, name, 40),
      ...takenFaults(`${path} name`, name),
      ...emptyFaults(`${path}.members`, args.members),
      ...Object.entries(args.members).flatMap(([key, ref]) => memberFaults(path, key, ref)),
    ];
    if (reportFaults(faults)) return;
    this.registerOutputs({ name, members: Object.keys(args.members) });
  }
}

function takenFaults(path: string, name: string): Fault[] {
  if (claim("cluster group", name, path) === undefined) return [];
  const problem = "is the name of another cluster group";
  return [{ path, value: name, problem, allowed: "a name that no other group of the program has" }];
}

function emptyFaults(path: string, members: ClusterGroupArgs["members"]): Fault[] {
  if (Object.keys(members).length > 0) return [];
  return [
    { path, value: members, problem: "is empty", allowed: "at least one cluster: { <name>: <cluster>.ref }" },
  ];
}

function memberFaults(path: string, key: string, ref: ClusterRef | undefined): Fault[] {
  const where = keyPath(`${path}.members`, key);
  if (ref === undefined) {
    return [
      {
        path: where,
        problem: "is no cluster of this program",
        allowed: "the ref of a cluster, such as eu.ref",
      },
    ];
  }
  if (ref.name !== key) {
    return [
      {
        path: where,
        value: key,
        problem: `is the key of the cluster "${ref.name}"`,
        allowed: "the cluster's own name",
        instead: keyPath(`${path}.members`, ref.name),
      },
    ];
  }
  const earlier = claim("group of cluster", ref.name, path);
  if (earlier === undefined) return [];
  return [
    {
      path: where,
      value: key,
      problem: `is a member of ${earlier} already`,
      allowed: "a cluster in one group",
    },
  ];
}
