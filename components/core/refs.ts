// Plain-data pointers through which sibling folders meet. A ref says what a thing is and how to reach it;
// it never creates anything.
import type * as pulumi from "@pulumi/pulumi";

/** How a cluster came to be: one word per component of `components/clusters`. */
type Distribution = "local" | "imported";

/** What a cluster is for: `core` runs the platform itself, `runtime` runs the tenants. */
export type ClusterRole = "core" | "runtime";

/** A cluster that something can be put on. */
export interface ClusterRef {
  /** Name of the cluster; unique in a program. */
  name: string;
  distribution: Distribution;
  role: ClusterRole;
  /** Cloud that the cluster runs on, as its owner calls it, e.g. `aws`; `none` when it is on no cloud. */
  cloud: string;
  /** Region in that cloud's words, e.g. `eu-west-1`. */
  region: string;
  /** The owner's own labels, for selecting clusters. */
  labels: Record<string, string>;
  /** Kubernetes version of the control plane without a leading v, e.g. `1.36.3`. */
  version: pulumi.Output<string>;
  /** Credentials as kubeconfig YAML; always a Pulumi secret. */
  kubeconfig: pulumi.Output<string>;
  /**
   * The resource whose deletion takes everything in the cluster with it. Absent when the cluster outlives the
   * program.
   */
  resource?: pulumi.Resource;
}

/** A cluster group and the members of it that the program holds. */
export interface ClusterGroupRef {
  name: string;
  /** By cluster name. */
  members: Record<string, ClusterRef>;
}

/** A namespace on one cluster. */
export interface NamespaceRef {
  name: string;
  cluster: ClusterRef;
  /**
   * The resource whose deletion takes everything in the namespace with it. Absent when the namespace outlives
   * the program.
   */
  resource?: pulumi.Resource;
}
