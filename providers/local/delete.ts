// Removes clusters that the engine does not know of, because their making was interrupted.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { removeCluster, withLock } from "./lifecycle.ts";

/** Stops and removes every cluster of this machine whose folder is in `folder`, that of one environment. */
export async function deleteLocalClusters(folder: string): Promise<void> {
  for (const name of list(folder)) {
    const directory = join(folder, name);
    await withLock(directory, new AbortController().signal, () => removeCluster(directory));
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
