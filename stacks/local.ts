// The platform on this machine: one core cluster, two runtime clusters that pretend to be on two clouds, two teams
// with their namespaces, and one chart released to both clouds with different values.
import type { StorefrontValues } from "../charts/storefront-values.ts";
import {
  ClusterGroup,
  helm,
  LocalCluster,
  MultiClusterRelease,
  TenantNamespace,
} from "../components/index.ts";

/** Who is who, by the groups of the identity provider. */
const teams = {
  payments: { owners: ["payments-owners"], developers: ["payments-developers"], viewers: ["auditors"] },
  shop: { owners: ["shop-owners"], developers: ["shop-developers"], viewers: ["auditors"] },
};

export function program() {
  const core = new LocalCluster("core-1", {
    role: "core",
    region: "here",
    nodePools: { platform: { count: 1 } },
  });

  const eu = new LocalCluster("eu-1", {
    role: "runtime",
    cloud: "aws",
    region: "eu-west-1",
    nodePools: { general: { count: 2, zones: ["eu-west-1a", "eu-west-1b"] } },
  });

  const us = new LocalCluster("us-1", {
    role: "runtime",
    cloud: "gcp",
    region: "us-central1",
    nodePools: { general: { count: 2, zones: ["us-central1-a", "us-central1-b"] } },
  });

  const runtime = new ClusterGroup("runtime", { members: { "eu-1": eu.ref, "us-1": us.ref } });

  /** The namespace of a team and an environment on every runtime cluster. */
  const namespaces = (tenant: keyof typeof teams, environment: "dev" | "prod") =>
    Object.fromEntries(
      Object.entries(runtime.ref.members).map(([member, cluster]) => [
        member,
        new TenantNamespace(`${tenant}-${environment}-${member}`, {
          cluster,
          tenant,
          environment,
          ...teams[tenant],
        }).ref,
      ]),
    );

  namespaces("payments", "dev");
  namespaces("payments", "prod");
  namespaces("shop", "dev");
  const shop = namespaces("shop", "prod");

  const storefront = new MultiClusterRelease("storefront", {
    group: runtime.ref,
    source: helm<StorefrontValues>({ path: "charts/storefront" }),
    namespace: shop,
    values: { replicas: 2, greeting: "Hello" },
    overrides: {
      clouds: { aws: { replicas: 3 } },
      clusters: { "eu-1": { greeting: "Moin" } },
    },
  });

  return { core: core.ref.version, storefront: storefront.members };
}
