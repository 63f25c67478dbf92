// `down`: nothing of the environment stays, neither in a cloud nor on this machine.
import { deleteLocalClusters } from "../../providers/local/delete.ts";
import { localClustersFolder } from "./checkout.ts";
import { openEngine, runEngine } from "./engine.ts";
import { recoverFromKill } from "./recovery.ts";
import { removeStack, stackExists } from "./stack.ts";
import { agreement } from "./up.ts";

/** Deletes everything of the environment, then the record of it. */
export async function down(environment: string, yes: boolean, options: string[]): Promise<void> {
  const engine = await openEngine(environment);
  if (!stackExists(engine)) {
    console.error(`Nothing is up in "${environment}".`);
    return;
  }
  for (const sentence of await recoverFromKill(engine)) console.error(`After a killed run: ${sentence}.`);
  const code = await runEngine(engine, ["destroy", ...agreement(environment, yes), ...options]);
  process.exitCode = code;
  if (code !== 0) return;
  await deleteLocalClusters(localClustersFolder(environment));
  removeStack(engine);
}
