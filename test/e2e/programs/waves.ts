// One chart on three clouds, layer upon layer of values, and one member that goes first.
import type { StorefrontValues } from "../../../charts/storefront-values.ts";
import {
  ClusterGroup,
  helm,
  LocalCluster,
  MultiClusterRelease,
  TenantNamespace,
} from "../../../components/index.ts";

const nodes = { nodePools: { general: { count: 1 } } };

export function program() {
  const eu = new LocalCluster("eu-1", { role: "runtime", cloud: "aws", region: "eu-west-1", ...nodes });
  const us = new LocalCluster("us-1", { role: "runtime", cloud: "gcp", region: "us-central1", ...nodes });
  const ap = new LocalCluster("ap-1", {
    role: "runtime",
    cloud: "gcp",
    region: "asia-east1",
    labels: { tier: "edge" },
    ...nodes,
  });
  const group = new ClusterGroup("shops", {
    members: { "eu-1": eu.ref, "us-1": us.ref, "ap-1": ap.ref },
  });
  const namespaces = Object.entries(group.ref.members).map(([member, cluster]) => {
    const tenant = { cluster, tenant: "shop", environment: "prod", owners: ["shop-owners"] };
    return [member, new TenantNamespace(`shop-${member}`, tenant).ref];
  });
  new MultiClusterRelease("storefront", {
    group: group.ref,
    source: helm<StorefrontValues>({ path: "charts/storefront" }),
    namespace: Object.fromEntries(namespaces),
    timeoutSeconds: 20,
    values: { replicas: 1, greeting: ({ cluster }) => `Hello from ${cluster.region}` },
    overrides: {
      clouds: { gcp: { replicas: 2 } },
      labels: { "tier=edge": { replicas: 3 } },
      clusters: { "ap-1": { greeting: "Ni hao" } },
    },
    waves: [{ clusters: ["eu-1"] }],
  });
  return {};
}
