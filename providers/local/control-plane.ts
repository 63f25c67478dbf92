// The resource `ControlPlane`: one cluster of this machine, from the engine's point of view.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CheckFailure, Difference, Properties, Resource, ResourceType } from "../kit/resource.ts";
import { readCredentials } from "./certificates.ts";
import { type Cluster, clusterDirectory, endpointOf, loadCluster, statusOf } from "./cluster.ts";
import { type Inputs, inputFailures } from "./inputs.ts";
import { administratorKubeconfig } from "./kubeconfig.ts";
import { prepareCluster, removeCluster, startCluster, withLock } from "./lifecycle.ts";
import { installedKubernetes } from "./programs.ts";

/** What a cluster is made with and cannot change. */
const fixed = ["name", "environment", "serviceCidr"];

export const controlPlane: ResourceType = {
  computed: ["kubeconfig", "endpoint", "certificateAuthority", "directory", "serviceCidr", "status"],
  secret: ["kubeconfig"],
  deleteBeforeReplace: true,

  async check(inputs, old) {
    const installed = installedKubernetes();
    const checked = { ...inputs, version: inputs["version"] ?? newest([...installed.keys()]) };
    return {
      inputs: checked,
      failures: [...inputFailures(checked), ...versionFailures(checked.version, { old, installed })],
    };
  },

  async diff({ inputs: old, outputs }, inputs) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(inputs)])];
    const changed = names.filter(
      (name) => name !== "nodePools" && !isDeepStrictEqual(old[name], inputs[name]),
    );
    const cluster = loadCluster(String(outputs["directory"]));
    if (!cluster) throw goneError(outputs);
    return [
      ...changed.map(
        (name): Difference => ({
          path: name,
          kind: kindOf(old[name], inputs[name]),
          replaces: fixed.includes(name),
        }),
      ),
      ...poolDifferences(old["nodePools"], inputs["nodePools"]),
      ...(statusOf(cluster) === "Running" ? [] : [{ path: "status", kind: "update" } as const]),
    ];
  },

  async create(properties, { signal }) {
    const inputs = properties as unknown as Inputs;
    const directory = clusterDirectory(inputs.environment, inputs.name);
    return withLock(directory, signal, async () => {
      const cluster = await prepareCluster(directory, inputs, signal);
      await startCluster(cluster, inputs, { kubernetes: folderOf(inputs.version), signal });
      return {
        id: `${inputs.environment}/${inputs.name}`,
        outputs: { ...properties, ...outputsOf(cluster) },
      };
    });
  },

  async read({ id, inputs, outputs }) {
    const [environment = "", name = ""] = id.split("/");
    const cluster = loadCluster(
      (outputs["directory"] as string | undefined) ?? clusterDirectory(environment, name),
    );
    // A folder without the administrator's certificate is what an interrupted start left.
    if (!cluster || !readCredentials(join(cluster.directory, "pki"), "administrator")) return undefined;
    return { id, inputs, outputs: { ...outputs, ...outputsOf(cluster), version: cluster.version } };
  },

  async update({ outputs }, properties, { signal }) {
    const inputs = properties as unknown as Inputs;
    const directory = String(outputs["directory"]);
    return withLock(directory, signal, async () => {
      const cluster = loadCluster(directory);
      if (!cluster) throw goneError(outputs);
      await startCluster(cluster, inputs, { kubernetes: folderOf(inputs.version), signal });
      return { ...properties, ...outputsOf(cluster) };
    });
  },

  async delete({ outputs }, { signal }: Resource) {
    const directory = String(outputs["directory"]);
    await withLock(directory, signal, () => removeCluster(directory));
  },
};

function outputsOf(cluster: Cluster): Properties {
  const { directory, serviceCidr } = cluster;
  return {
    kubeconfig: administratorKubeconfig(cluster),
    endpoint: endpointOf(cluster),
    certificateAuthority: readCredentials(join(directory, "pki"), "ca")?.certificate,
    directory,
    serviceCidr,
    status: statusOf(cluster),
  };
}

function poolDifferences(old: unknown, wanted: unknown): Difference[] {
  const [before, after] = [old ?? {}, wanted ?? {}] as Record<string, unknown>[];
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((pool) => !isDeepStrictEqual(before?.[pool], after?.[pool]))
    .map((pool) => ({ path: `nodePools.${pool}`, kind: kindOf(before?.[pool], after?.[pool]) }));
}

function kindOf(before: unknown, after: unknown): Difference["kind"] {
  if (before === undefined) return "add";
  return after === undefined ? "delete" : "update";
}

/** The data of a cluster goes up one minor version at a time and never back; the rule of Kubernetes' version skew policy. */
function versionFailures(
  wanted: unknown,
  { old, installed }: { old: Properties | undefined; installed: Map<string, string> },
): CheckFailure[] {
  const available = [...installed.keys()];
  const fail = (reason: string) => [{ property: "version", reason }];
  if (typeof wanted !== "string" || !installed.has(wanted)) {
    const found = available.length === 0 ? "none is on PATH" : `on PATH are ${available.join(", ")}`;
    return fail(
      `Kubernetes ${JSON.stringify(wanted) ?? ""} is not installed; ${found}. Ask for one of those, or put its kube-apiserver, kube-controller-manager and kube-scheduler into a folder on PATH`,
    );
  }
  const before = old?.["version"];
  if (typeof before !== "string") return [];
  if (compareVersions(wanted, before) < 0) {
    return fail(
      `the cluster runs ${before} and its data cannot go back to ${wanted}; ask for ${before} or later`,
    );
  }
  const [, minor = 0] = numbersOf(wanted);
  const [, minorBefore = 0] = numbersOf(before);
  if (minor - minorBefore > 1) return fail(`the cluster runs ${before}; go up one minor version at a time`);
  return [];
}

function newest(versions: string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const place = left.findIndex((number, index) => number !== right[index]);
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}

function numbersOf(version: string): number[] {
  return (version.split(/[-+]/)[0] ?? "").split(".").map(Number);
}

function folderOf(version: string): string {
  const folder = installedKubernetes().get(version);
  if (folder === undefined) throw new Error(`Kubernetes ${version} is not on PATH any more`);
  return folder;
}

function goneError(outputs: Properties): Error {
  const directory = String(outputs["directory"]);
  const what = existsSync(directory) ? `${directory} holds no cluster.json` : `${directory} is gone`;
  return new Error(`${what}, and with it the cluster's data: take the environment down and up again`);
}
