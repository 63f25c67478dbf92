// Node pools as Node objects, of which kwok then pretends that kubelets run on them.
import type { Cluster } from "./cluster.ts";
import type { Inputs, NodePool } from "./inputs.ts";
import { apply, ask, demand, type KubernetesObject } from "./kubernetes-api.ts";

const poolLabel = "breakwater.internal/node-pool";

/** How many calls are under way at once. */
const atOnce = 50;

/** Brings the cluster's nodes to what its pools say: missing ones are made, changed ones changed, the rest removed. */
export async function applyNodePools(cluster: Cluster, inputs: Inputs): Promise<void> {
  const wanted = nodesOf(inputs);
  await inBatches(wanted, async ({ status, ...node }) => {
    const path = `/api/v1/nodes/${node.metadata.name}`;
    await apply(cluster, path, node);
    await apply(cluster, `${path}/status`, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: node.metadata.name },
      status,
    });
  });
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  const { items } = (await demand(cluster, `/api/v1/nodes?labelSelector=${poolLabel}`)) as {
    items: KubernetesObject[];
  };
  await inBatches(
    items.filter(({ metadata }) => !names.has(metadata.name)),
    ({ metadata }) => removeNode(cluster, metadata.name),
  );
}

/** The nodes of all pools. A pool's nodes are numbered, and spread over its zones in turn. */
export function nodesOf({ name, region, version, nodePools }: Inputs): KubernetesObject[] {
  return Object.entries(nodePools).flatMap(([poolName, pool]) =>
    Array.from({ length: pool.count }, (_, index) =>
      nodeOf(pool, {
        name: `${name}-${poolName}-${index}`,
        poolName,
        region,
        zone: pool.zones[index % pool.zones.length],
        version,
      }),
    ),
  );
}

interface Place {
  name: string;
  poolName: string;
  region: string;
  zone: string | undefined;
  version: string;
}

function nodeOf(pool: NodePool, { name, poolName, region, zone, version }: Place): KubernetesObject {
  const capacity = {
    cpu: pool.cpu,
    memory: pool.memory,
    pods: String(pool.pods),
    "ephemeral-storage": "100Gi",
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: {
        ...pool.labels,
        [poolLabel]: poolName,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": pool.instanceType,
        "topology.kubernetes.io/region": region,
        ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
      },
    },
    spec: {
      providerID: `breakwater-local://${name}`,
      // Left out when there are none: the list as a whole would be ours, and conditions could not taint the node.
      ...(pool.taints.length === 0 ? {} : { taints: pool.taints }),
    },
    status: { capacity, allocatable: capacity, nodeInfo: nodeInfo(version) },
  };
}

function nodeInfo(version: string): Record<string, string> {
  return {
    architecture: "amd64",
    operatingSystem: "linux",
    kubeletVersion: `v${version}`,
    kubeProxyVersion: "",
    containerRuntimeVersion: "kwok://",
    kernelVersion: "",
    osImage: "",
    bootID: "",
    machineID: "",
    systemUUID: "",
  };
}

/** The Pods of a node that is gone are replaced at once; by itself the cluster would take a minute. */
async function removeNode(cluster: Cluster, name: string): Promise<void> {
  await ask(cluster, `/api/v1/nodes/${name}`, { method: "DELETE" });
  const { items } = (await demand(cluster, `/api/v1/pods?fieldSelector=spec.nodeName=${name}`)) as {
    items: KubernetesObject[];
  };
  await inBatches(items, async ({ metadata }) => {
    await ask(cluster, `/api/v1/namespaces/${metadata.namespace ?? ""}/pods/${metadata.name}`, {
      method: "DELETE",
    });
  });
}

async function inBatches<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += atOnce) {
    await Promise.all(items.slice(start, start + atOnce).map(work));
  }
}
