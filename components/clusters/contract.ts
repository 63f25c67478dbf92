// What every kind of cluster takes and gives.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { neverKnown } from "../core/inputs.ts";
import { labelFaults, labelValueFaults } from "../core/labels.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { claim } from "../core/program.ts";
import type { ClusterRef, ClusterRole } from "../core/refs.ts";
import type { NodePoolArgs } from "./node-pool.ts";

/** What is said of every cluster, however it came to be. */
export interface ClusterArgs {
  /** `core` for a cluster that runs the platform itself, `runtime` for one that runs tenants. */
  role: ClusterRole;
  /**
   * Region in the cloud's words, e.g. `eu-west-1`. A label value: at most 63 letters, digits, "-", "_" and
   * ".".
   */
  region: string;
  /** Cloud that the cluster is on, e.g. `aws`; a label value. Defaults to `none`. */
  cloud?: string;
  /** Labels of your own, by which clusters are selected; Kubernetes' rules for labels. Defaults to none. */
  labels?: Record<string, string>;
}

/** What is said of a cluster that is made here. */
export interface ProvisionedClusterArgs extends ClusterArgs {
  /**
   * Kubernetes version `<major>.<minor>.<patch>`, e.g. `1.36.3`. Defaults to the one that the kind of cluster
   * brings.
   */
  version?: string;
  /** Node pools by name: a DNS label of at most 30 characters. */
  nodePools: Record<string, NodePoolArgs>;
}

/** What every cluster gives. */
export interface Cluster {
  /** How everything else names and reaches the cluster. */
  readonly ref: ClusterRef;
}

/** Longest name of a cluster: it begins the names of cloud resources that end at 63 characters. */
const longestName = 40;

/** Checks a cluster's name, which it takes for the rest of the program, and what is said of every cluster. */
export function clusterFaults(path: string, name: string, args: ClusterArgs): Fault[] {
  return [
    ...dnsLabelFaults(`${path} name`, name, longestName),
    ...takenFaults(path, name),
    ...placeFaults(keyPath(path, "region"), args.region),
    ...placeFaults(keyPath(path, "cloud"), args.cloud ?? "none"),
    ...labelFaults(keyPath(path, "labels"), args.labels ?? {}),
  ];
}

/**
 * The ref of a cluster that was refused: what stands on the cluster is checked all the same, but never
 * reaches it.
 */
export function refusedRef(ref: Omit<ClusterRef, "version" | "kubeconfig" | "resource">): ClusterRef {
  return { ...ref, version: neverKnown(), kubeconfig: pulumi.secret(neverKnown<string>()) };
}

function takenFaults(path: string, name: string): Fault[] {
  const earlier = claim("cluster", name, path);
  if (earlier === undefined) return [];
  return [
    {
      path: `${path} name`,
      value: name,
      problem: `is the name of another cluster, ${earlier}`,
      allowed: "a name that no other cluster of the program has",
    },
  ];
}

function placeFaults(path: string, value: string): Fault[] {
  if (value !== "") return labelValueFaults(path, value);
  return [{ path, value, problem: "is empty", allowed: "a word, such as eu-west-1" }];
}
