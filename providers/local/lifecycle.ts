// Starting, stopping and removing the programs of one cluster.
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { takeLock } from "../kit/lock.ts";
import { choosePorts, chooseServiceCidr, isPortFree } from "./addresses.ts";
import {
  type Cluster,
  clustersDirectory,
  isProgramRunning,
  loadCluster,
  type PortName,
  type ProgramName,
  programNames,
  saveCluster,
} from "./cluster.ts";
import type { Inputs } from "./inputs.ts";
import { apply, demand, type KubernetesObject, untilFound } from "./kubernetes-api.ts";
import { applyNodePools } from "./nodes.ts";
import { startDetached, stopProcess } from "./processes.ts";
import { commandOf, writeCredentials } from "./programs.ts";

/** How long a start may take. */
const patience = 90_000;

/** The class that a PersistentVolumeClaim gets by default; its volumes are made by a stage. */
const storageClass: KubernetesObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "breakwater.internal/local",
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
};

/** Takes a cluster's lock for the time of the work: a command that was killed may still have a plugin at work on it. */
export async function withLock<T>(
  directory: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const release = await takeLock(directory, () => {}, signal);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Writes down a new cluster with ports and network of its own, or finds the one that an interrupted start left. */
export async function prepareCluster(
  directory: string,
  { name, environment, version, serviceCidr }: Inputs,
  signal: AbortSignal,
): Promise<Cluster> {
  const found = loadCluster(directory);
  if (found) return found;
  return withLock(dirname(dirname(clustersDirectory())), signal, async () => {
    const cluster: Cluster = {
      directory,
      name,
      environment,
      version,
      serviceCidr: serviceCidr ?? chooseServiceCidr(),
      ports: await choosePorts(),
      processes: {},
    };
    saveCluster(cluster);
    return cluster;
  });
}

/**
 * Starts whatever does not run, and waits until the first user's request would succeed. `kubernetes` is the folder of the programs
 * of the wanted version; when the cluster runs another one, its programs are started anew on the same data.
 */
export async function startCluster(
  cluster: Cluster,
  inputs: Inputs,
  { kubernetes, signal }: { kubernetes: string; signal: AbortSignal },
): Promise<void> {
  if (cluster.version !== inputs.version) {
    await stopPrograms(cluster, ["kube-scheduler", "kube-controller-manager", "kube-apiserver"]);
    cluster.version = inputs.version;
  }
  await writeCredentials(cluster);
  const missing = programNames.filter((program) => !isProgramRunning(cluster, program));
  const started: ProgramName[] = [];
  const deadline = Date.now() + patience;
  const check = () => {
    signal.throwIfAborted();
    const dead = started.find((program) => !isProgramRunning(cluster, program));
    if (dead)
      throw new Error(
        `${dead} of the cluster ${cluster.name} ended while it started:\n${logTail(cluster, dead)}`,
      );
    if (Date.now() < deadline) return;
    throw new Error(
      `the cluster ${cluster.name} was not ready after ${patience / 1000} s:\n${logTail(cluster, "kube-apiserver")}`,
    );
  };
  const start = async (program: ProgramName) => {
    if (!missing.includes(program)) return;
    await startProgram(cluster, program, kubernetes);
    started.push(program);
  };
  try {
    await start("etcd");
    await start("kube-apiserver");
    await untilFound(cluster, "/readyz", check);
    await Promise.all([start("kube-controller-manager"), start("kube-scheduler"), start("kwok")]);
    await apply(
      cluster,
      `/apis/storage.k8s.io/v1/storageclasses/${storageClass.metadata.name}`,
      storageClass,
    );
    await applyNodePools(cluster, inputs);
    await untilFound(cluster, "/api/v1/namespaces/default/serviceaccounts/default", check);
    await untilNodesReady(cluster, check);
  } catch (error) {
    await stopPrograms(cluster, started.reverse());
    throw error;
  }
}

/** Stops the programs and removes every file of the cluster, and the folders above it that this leaves empty. */
export async function removeCluster(directory: string): Promise<void> {
  const cluster = loadCluster(directory);
  if (cluster) await stopPrograms(cluster, programNames.toReversed());
  rmSync(directory, { recursive: true, force: true });
  for (const parent of [dirname(directory), dirname(dirname(directory))]) {
    try {
      rmdirSync(parent);
    } catch {
      return; // Another cluster is in there, or it is gone.
    }
  }
}

async function startProgram(cluster: Cluster, program: ProgramName, kubernetes: string): Promise<void> {
  const ports = Object.entries(cluster.ports) as [PortName, number][];
  for (const [, port] of ports.filter(
    ([name]) => name === program || (program === "etcd" && name === "etcd-peer"),
  )) {
    if (await isPortFree(port)) continue;
    throw new Error(
      `port ${port}, which ${program} of the cluster ${cluster.name} keeps, is taken by another process: ` +
        `end that process, or delete the cluster and make it anew`,
    );
  }
  mkdirSync(join(cluster.directory, "logs"), { recursive: true, mode: 0o700 });
  cluster.processes[program] = await startDetached(commandOf(cluster, program, kubernetes));
  saveCluster(cluster);
}

async function stopPrograms(cluster: Cluster, programs: ProgramName[]): Promise<void> {
  // The API server waits for its clients, so they are stopped before it, and it before its data.
  const clients = programs.filter((program) => program !== "etcd" && program !== "kube-apiserver");
  const stop = async (program: ProgramName) => {
    const record = cluster.processes[program];
    if (record) await stopProcess(record);
    delete cluster.processes[program];
  };
  await Promise.all(clients.map(stop));
  if (programs.includes("kube-apiserver")) await stop("kube-apiserver");
  if (programs.includes("etcd")) await stop("etcd");
  saveCluster(cluster);
}

async function untilNodesReady(cluster: Cluster, check: () => void): Promise<void> {
  for (;;) {
    check();
    const { items } = (await demand(cluster, "/api/v1/nodes")) as {
      items: { status?: { conditions?: Condition[] } }[];
    };
    const isReady = ({ type, status }: Condition) => type === "Ready" && status === "True";
    if (items.every(({ status }) => status?.conditions?.some(isReady))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Condition {
  type: string;
  status: string;
}

/** The last lines that a program wrote, for an error message. */
function logTail(cluster: Cluster, program: ProgramName, lines = 12): string {
  const file = join(cluster.directory, "logs", `${program}.log`);
  if (!existsSync(file)) return `${file} is empty`;
  const tail = readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines);
  return [...tail.map((line) => `  ${line}`), `(from ${file})`].join("\n");
}
