// Every mistake that a newcomer makes on the first day, in one program.
import type { ClusterRef } from "../../../components/core/refs.ts";
import {
  ClusterGroup,
  helm,
  ImportedCluster,
  LocalCluster,
  MultiClusterRelease,
  TenantNamespace,
} from "../../../components/index.ts";

const place = { role: "runtime", region: "eu-west-1" } as const;
const absent = undefined as unknown as ClusterRef;

const silent = `apiVersion: v1
kind: Config
current-context: silent
clusters: [{ name: silent, cluster: { server: "https://127.0.0.1:1", certificate-authority-data: "" } }]
users: [{ name: nobody, user: { token: t0ps3cret } }]
contexts: [{ name: silent, context: { cluster: silent, user: nobody } }]
`;

export function program() {
  const good = new LocalCluster("eu-1", { ...place, nodePools: { general: { count: 1 } } });
  new LocalCluster("EU_2", { ...place, nodePools: {} });
  new LocalCluster("eu-1", { ...place, nodePools: {} });
  new LocalCluster("eu-3", {
    ...place,
    serviceCidr: "10.96.0.0/33",
    nodePools: { general: { count: -1, cpu: "four" } },
  });
  new ImportedCluster("no-yaml", { ...place, kubeconfig: "{ t0ps3cret" });
  new ImportedCluster("no-context", {
    ...place,
    kubeconfig: silent.replace("current-context: silent\n", ""),
  });
  new ImportedCluster("silent", { ...place, kubeconfig: silent });
  new ClusterGroup("nobody", { members: {} });
  new ClusterGroup("unknown", { members: { "us-9": absent } });
  const group = new ClusterGroup("one", { members: { "eu-1": good.ref } });
  new ClusterGroup("two", { members: { "eu-1": good.ref } });
  new TenantNamespace("shop", {
    cluster: good.ref,
    tenant: "shop",
    environment: "dev",
    owners: ["shop-owners"],
    quota: { "requests.cpu": "many" },
  });
  new MultiClusterRelease("storefront", {
    group: group.ref,
    source: helm({ path: "charts/storefront" }),
    namespace: "shop-dev",
    values: { replicas: 2 },
    overrides: { clusters: { "eu-7": { replicas: 3 } } },
  });
  return {};
}
