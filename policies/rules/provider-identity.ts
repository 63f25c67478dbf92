// A provider without an identity is its address: a new port or certificate would replace every object of the cluster.
import type { Rule } from "../define.ts";

export const providerIdentity: Rule = {
  id: "provider-identity",
  title: "Every Kubernetes provider says which cluster it reaches.",
  remedy:
    "Make providers with `clusterProvider` of `components/kubernetes/connection.ts`, or set `clusterIdentifier`.",
  severity: "critical",
  *faults({ type, props }) {
    if (type !== "pulumi:providers:kubernetes" || props["clusterIdentifier"]) return;
    yield {
      path: "clusterIdentifier",
      problem: "is missing, so a new address of the cluster would replace everything on it",
      allowed: "a name that stays with the cluster for its life",
      instead: "clusterIdentifier: <name of the cluster>",
    };
  },
};
