// `kubeconfig`: credentials for a cluster of this machine.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadCluster } from "../../providers/local/cluster.ts";
import { administratorKubeconfig, personKubeconfig } from "../../providers/local/kubeconfig.ts";
import { localClustersFolder } from "./checkout.ts";

interface KubeconfigOptions {
  environment: string;
  user?: string;
  group?: string[];
}

/** Prints the administrator's kubeconfig of a cluster, or one for a person with groups, good for one day. */
export async function printKubeconfig(
  name: string,
  { environment, user, group = [] }: KubeconfigOptions,
): Promise<void> {
  if (user === undefined && group.length > 0)
    throw new Error("--group needs --user: the administrator has a fixed group");
  const folder = localClustersFolder(environment);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const cluster = names.includes(name) ? loadCluster(join(folder, name)) : undefined;
  if (cluster === undefined) {
    const found =
      names.length === 0 ? "there are none; run `npm run up` first" : `there are ${names.join(", ")}`;
    throw new Error(`"${name}" is no cluster of the environment "${environment}" on this machine: ${found}`);
  }
  const text =
    user === undefined ? administratorKubeconfig(cluster) : await personKubeconfig(cluster, user, group);
  process.stdout.write(text);
}
