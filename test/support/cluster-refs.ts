// Refs of clusters for tests of what stands above clusters.
import * as pulumi from "@pulumi/pulumi";
import type { ClusterGroupRef, ClusterRef } from "../../components/core/refs.ts";

/**
 * A runtime cluster that is known only by its ref; give a `resource` to have one that its objects go with.
 */
export function clusterRef(name: string, more: Partial<ClusterRef> = {}): ClusterRef {
  return {
    name,
    distribution: "local",
    role: "runtime",
    cloud: "aws",
    region: "eu-west-1",
    labels: {},
    version: pulumi.output("1.36.3"),
    kubeconfig: pulumi.secret(`kubeconfig of ${name}`),
    ...more,
  };
}

/** A group of such clusters. */
export function groupRef(name: string, ...members: string[]): ClusterGroupRef {
  return { name, members: Object.fromEntries(members.map((member) => [member, clusterRef(member)])) };
}
