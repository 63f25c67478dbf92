// One CockroachDB over three clouds: each cluster runs nodes that join those on the others at the addresses of their
// load balancers. These come first, in a release of their own: in one release every member would wait for all others.
// The clouds are clusters on this machine, where no container runs: addresses, values, volumes and order are real, the
// database is not. Where it is, Pods wait for certificates; charts/cockroachdb/values.yaml tells how to make them.
import * as pulumi from "@pulumi/pulumi";
import type { CockroachdbNetworkValues } from "../../charts/cockroachdb-network-values.ts";
import type { CockroachdbValues } from "../../charts/cockroachdb-values.ts";
import {
  ClusterGroup,
  helm,
  type InstalledMember,
  LocalCluster,
  MultiClusterRelease,
  serviceAddress,
  TenantNamespace,
} from "../../components/index.ts";

/** Where the database runs. */
const places = {
  "eu-1": { cloud: "aws", region: "eu-west-1" },
  "us-1": { cloud: "gcp", region: "us-central1" },
  "asia-1": { cloud: "azure", region: "southeastasia" },
};

/** How many nodes of the database each cluster has. */
const nodes = 2;

export function program() {
  const nodePools = { general: { count: 2 } };
  const clusters = Object.entries(places).map(
    ([name, place]) => new LocalCluster(name, { ...place, role: "runtime", nodePools }).ref,
  );
  const members = Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster]));
  const group = new ClusterGroup("database", { members }).ref;

  // A load balancer for each node, and for each load balancer a port of the cluster's machines.
  const quota = { "services.loadbalancers": `${nodes}`, "services.nodeports": `${nodes}` };
  const owner = { tenant: "data", environment: "prod", owners: ["data-owners"], quota };
  const namespace = Object.fromEntries(
    clusters.map((cluster) => [
      cluster.name,
      new TenantNamespace(`data-prod-${cluster.name}`, { cluster, ...owner }).ref,
    ]),
  );

  const network = new MultiClusterRelease("cockroachdb-network", {
    group,
    namespace,
    source: helm<CockroachdbNetworkValues>({ path: "charts/cockroachdb-network" }),
    values: { nodes },
    outputs: (member) => ({ addresses: addressesOn(member) }),
  });

  const database = new MultiClusterRelease("cockroachdb", {
    group,
    namespace,
    source: helm<CockroachdbValues>({ path: "charts/cockroachdb" }),
    // Nodes on two clouds must not restart at once: each cloud has a copy of the data.
    maxConcurrent: 1,
    values: {
      addresses: ({ cluster }) => network.members[cluster.name]?.outputs.addresses,
      join: ({ cluster }) => {
        const others = Object.values(network.members).filter((other) => other.cluster !== cluster.name);
        return pulumi.all(others.map(({ outputs }) => outputs.addresses)).apply((lists) => lists.flat());
      },
      locality: ({ cluster: { cloud, region } }) => `cloud=${cloud},region=${region}`,
    },
    overrides: {
      clouds: {
        aws: { storage: { className: "gp3" } },
        gcp: { storage: { className: "premium-rwo" } },
        azure: { storage: { className: "managed-csi-premium" } },
      },
      distributions: { local: { storage: { provisioner: "breakwater.internal/local" } } }, // stands in for theirs
      clusters: { "eu-1": { initialise: true } }, // the first that is there makes the database
    },
  });

  return { network: network.members, database: database.members };
}

/** The addresses of the load balancers on one cluster, by number of the node. */
function addressesOn({ cluster, namespace, releaseName, status: after, resource: parent }: InstalledMember) {
  const addresses = Array.from({ length: nodes }, (_, node) => {
    const service = `${releaseName}-${node}`;
    return serviceAddress(`${service}-${cluster.name}`, { cluster, namespace, service, after }, { parent });
  });
  return pulumi.all(addresses);
}
