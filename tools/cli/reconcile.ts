// `reconcile`: brings back what is not as wanted, and nothing else.
import { createInterface } from "node:readline/promises";
import { type Engine, openEngine, runEngine } from "./engine.ts";
import type { FleetState } from "./fleet-state.ts";
import { assess } from "./fleet-status.ts";
import { restoreRelease } from "./helm.ts";
import {
  knownTargets,
  planReconcile,
  type ReconcilePlan,
  type Repair,
  wantedTargets,
} from "./reconcile-plan.ts";
import { recoverFromKill } from "./recovery.ts";
import { exitCode, readFleet, readStatus, statusText } from "./status.ts";
import { agreement } from "./up.ts";

interface ReconcileOptions {
  environment: string;
  yes?: boolean;
}

/**
 * Brings every target that is STALE, NOT INSTALLED, PENDING, FAILED or drifted back to what the program wants, and
 * removes what is left on members that are to have it no more; of all releases or of one. Says first what it will do. A
 * member that is UNKNOWN stays as it is, and the others go on. Ends with the status after it, and its exit code.
 */
export async function reconcile(
  release: string | undefined,
  { environment, yes = false }: ReconcileOptions,
): Promise<void> {
  const engine = await openEngine(environment);
  const fleet = readFleet(engine, release);
  const plan = planReconcile(
    await assess(
      fleet,
      fleet.releases.flatMap(({ members }) => members),
    ),
  );
  for (const sentence of planText(plan)) console.log(sentence);
  if (plan.repairs.length > 0) {
    if (!(await isAgreed(environment, yes))) return;
    for (const sentence of await recoverFromKill(engine)) console.error(`After a killed run: ${sentence}.`);
    await carryOut(engine, fleet, plan.repairs);
  }
  const reports = await readStatus(engine, release);
  process.exitCode = exitCode(reports);
  console.log(statusText(reports));
}

function planText({ repairs, untouched }: ReconcilePlan): string[] {
  if (repairs.length === 0 && untouched.length === 0) return ["Everything is as wanted."];
  return [...repairs.map(({ sentence }) => sentence), ...untouched].map((sentence) => `- ${sentence}`);
}

async function isAgreed(environment: string, yes: boolean): Promise<boolean> {
  if (agreement(environment, yes).length > 0) return true;
  if (!process.stdin.isTTY) throw new Error("nobody is there to agree to this: add --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Do this? (yes/no) ");
  terminal.close();
  return answer.trim() === "yes";
}

/** A member that Helm cannot restore is told and left out; what it is like then is in the status at the end. */
async function carryOut(engine: Engine, fleet: FleetState, repairs: Repair[]): Promise<void> {
  const ready = await Promise.all(repairs.map((repair) => restored(engine, fleet, repair)));
  const members = repairs.filter(({ update }, index) => update && ready[index]).map(({ member }) => member);
  if (members.length === 0) return;
  // What was uninstalled or changed by hand differs from the state, which is all that an update looks at.
  const known = members.flatMap(knownTargets);
  if (known.length > 0) await runEngine(engine, ["refresh", "--yes", "--skip-preview", ...targets(known)]);
  const wanted = members.flatMap((member) =>
    fleet.releases
      .filter(({ name }) => name === member.release)
      .flatMap((release) => wantedTargets(release, member)),
  );
  // Fields that somebody else changed are theirs until they are taken back.
  engine.environment["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true";
  await runEngine(engine, ["up", "--yes", "--continue-on-error", ...targets(wanted)]);
}

async function restored(engine: Engine, { kubeconfigs }: FleetState, repair: Repair): Promise<boolean> {
  const { member, restore } = repair;
  if (!restore) return true;
  try {
    const kubeconfig = kubeconfigs.get(member.cluster) ?? "";
    const done = await restoreRelease(engine.environment, { ...member, kubeconfig });
    console.log(`${member.release} on ${member.cluster}: ${done}.`);
    return true;
  } catch (error) {
    console.error(`${member.release} on ${member.cluster}: ${(error as Error).message}`);
    return false;
  }
}

function targets(urns: string[]): string[] {
  return [...new Set(urns)].flatMap((urn) => ["--target", urn]);
}
