// One cluster as it is written down on this machine: the folder that holds everything of it.
//
//   cluster.json    what it is, its ports and its processes
//   pki/            authorities, certificates and keys
//   kubeconfig/     credentials of the administrator and of the cluster's own programs
//   etcd/           its data
//   logs/           one file per process
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isRunning, type ProcessRecord } from "./processes.ts";

/** The programs of a cluster, in the order in which they start. */
export const programNames = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
] as const;

export type ProgramName = (typeof programNames)[number];

/** What listens on a port of its own. */
export type PortName = "etcd" | "etcd-peer" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

export interface Cluster {
  /** The folder; not written into the record. */
  directory: string;
  name: string;
  environment: string;
  /** Kubernetes version of the running or last running programs. */
  version: string;
  serviceCidr: string;
  ports: Record<PortName, number>;
  processes: Partial<Record<ProgramName, ProcessRecord>>;
}

/** In the words of the resource's output. */
export type Status = "Running" | "Degraded" | "Stopped";

/** Folder under which all clusters of a checkout are, by environment and name. */
export function clustersDirectory(): string {
  const states = process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  return join(process.env["BREAKWATER_STATE"] || join(states, "breakwater", "default"), "clusters");
}

export function clusterDirectory(environment: string, name: string): string {
  return join(clustersDirectory(), environment, name);
}

/** The record of the cluster in a folder; undefined when there is none. */
export function loadCluster(directory: string): Cluster | undefined {
  const file = join(directory, "cluster.json");
  if (!existsSync(file)) return undefined;
  return { ...(JSON.parse(readFileSync(file, "utf8")) as Cluster), directory };
}

/** Written elsewhere and moved into place, so that a kill leaves the old record or the new one. */
export function saveCluster({ directory, ...record }: Cluster): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const half = join(directory, "cluster.json.half");
  writeFileSync(half, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(half, join(directory, "cluster.json"));
}

export function isProgramRunning(cluster: Cluster, program: ProgramName): boolean {
  const record = cluster.processes[program];
  return record !== undefined && isRunning(record);
}

export function statusOf(cluster: Cluster): Status {
  const running = programNames.filter((program) => isProgramRunning(cluster, program)).length;
  if (running === programNames.length) return "Running";
  return running === 0 ? "Stopped" : "Degraded";
}

/** Address of the API server. */
export function endpointOf(cluster: Cluster): string {
  return `https://127.0.0.1:${cluster.ports["kube-apiserver"]}`;
}
