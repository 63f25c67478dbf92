// Ports and networks that no other cluster of this machine has.
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type Cluster, clustersDirectory, loadCluster, type PortName } from "./cluster.ts";

/** Below the range from which Linux takes ports for outgoing connections, so that a stopped cluster finds its own free. */
const portRange = { first: 20_000, last: 29_999 };

const portNames: PortName[] = [
  "etcd",
  "etcd-peer",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
];

/** Chooses free ports. They are kept for the cluster's life, so those of stopped clusters count as taken. */
export async function choosePorts(): Promise<Record<PortName, number>> {
  const taken = new Set(otherClusters().flatMap(({ ports }) => Object.values(ports)));
  const ports: Partial<Record<PortName, number>> = {};
  const span = portRange.last - portRange.first + 1;
  const start = Math.floor(Math.random() * span);
  let next = 0;
  for (const name of portNames) {
    let port: number;
    do {
      if (next >= span)
        throw new Error(`no port from ${portRange.first} to ${portRange.last} is free on 127.0.0.1`);
      port = portRange.first + ((start + next++) % span);
    } while (taken.has(port) || !(await isPortFree(port)));
    ports[name] = port;
  }
  return ports as Record<PortName, number>;
}

/** Chooses a network for Services: 10.96.0.0/16 to 10.223.0.0/16. */
export function chooseServiceCidr(): string {
  const taken = new Set(otherClusters().map(({ serviceCidr }) => serviceCidr));
  for (let second = 96; second < 224; second++) {
    const cidr = `10.${second}.0.0/16`;
    if (!taken.has(cidr)) return cidr;
  }
  throw new Error(
    "all networks from 10.96.0.0/16 to 10.223.0.0/16 are taken by clusters; give one as serviceCidr",
  );
}

/** The address that the API server itself has inside the cluster: the first of the network. */
export function firstAddress(cidr: string): string {
  const octets = (cidr.split("/")[0] ?? "").split(".").map(Number);
  octets[3] = (octets[3] ?? 0) + 1;
  return octets.join(".");
}

/** Whether nobody listens there. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Every cluster of every environment of every checkout that keeps its state beside ours. */
function otherClusters(): Cluster[] {
  const checkouts = dirname(dirname(clustersDirectory()));
  return list(checkouts)
    .flatMap((checkout) => list(join(checkout, "clusters")))
    .flatMap(list)
    .flatMap((directory) => loadCluster(directory) ?? []);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).map((entry) => join(folder, entry));
  } catch {
    return [];
  }
}
