// `rollout`: one release goes to its members wave by wave, each wave a real update, and a kill loses nothing.
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isOver, resumeRollout, startRollout, step } from "../../components/releases/rollout.ts";
import type { RolloutDefinition } from "../../components/releases/rollout-definition.ts";
import type { RolloutEvent, RolloutStep } from "../../components/releases/rollout-state.ts";
import { stateDirectory } from "./checkout.ts";
import { type Engine, openEngine } from "./engine.ts";
import { readResources } from "./engine-state.ts";
import { fleetState } from "./fleet-state.ts";
import { lastGoodRevision } from "./helm.ts";
import { isAlive } from "./processes.ts";
import { recoverFromKill } from "./recovery.ts";
import { driveRollout } from "./rollout-driver.ts";
import { RolloutFiles, type RolloutRequest } from "./rollout-file.ts";
import { type RolloutOptions, rolloutDefinition } from "./rollout-options.ts";
import type { RolloutPlan } from "./rollout-plan.ts";
import { readPlan } from "./rollout-preview.ts";
import { planText, stateText } from "./rollout-text.ts";
import { checkVersion, revisionVersion, rolloutWork } from "./rollout-work.ts";
import { ensureStack, lockHolder } from "./stack.ts";
import { agreement } from "./up.ts";

interface RolloutCommandOptions extends RolloutOptions {
  environment: string;
  yes?: boolean;
  status?: boolean;
  pause?: boolean;
  resume?: boolean;
  abort?: boolean;
  approve?: string;
}

/** How long a request may lie, and how often a watched wave is looked at, in milliseconds. */
const patience = 2000;

/**
 * Rolls a release out, goes on with a rollout that was killed, or asks one that is under way for something. The exit
 * code is 0 only when the rollout has succeeded, or when the request was left.
 */
export async function rollout(release: string, options: RolloutCommandOptions): Promise<void> {
  const files = new RolloutFiles(join(stateDirectory(), "rollouts", options.environment), release);
  const request = requestIn(options);
  if (options.status) {
    for (const line of statusText(release, files)) console.log(line);
  } else if (request === undefined) {
    await drive(release, files, options);
  } else {
    console.log(ask(release, files, request));
  }
}

function requestIn({ pause, resume, abort, approve }: RolloutCommandOptions): RolloutRequest | undefined {
  if (abort) return { kind: "abort" };
  if (pause) return { kind: "pause" };
  if (resume) return { kind: "resume" };
  if (approve === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(approve))
    throw new Error(`"${approve}" is no number of a wave: write for example 2`);
  return { kind: "approve", wave: Number(approve) };
}

function statusText(release: string, files: RolloutFiles): string[] {
  const state = files.read();
  if (state === undefined) return [`${release} was never rolled out.`];
  const driver = files.driver();
  if (isOver(state)) return stateText(release, state);
  const hint =
    driver === undefined
      ? `nobody drives it; to go on: breakwater rollout ${release}`
      : `process ${driver} drives it`;
  return [...stateText(release, state), hint];
}

/** Leaves a request for the driver. Who gives a rollout up that nobody drives has it end at once. */
function ask(release: string, files: RolloutFiles, request: RolloutRequest): string {
  const state = files.read();
  if (state === undefined || isOver(state)) throw new Error(`no rollout of ${release} is under way`);
  const driver = files.driver();
  if (driver !== undefined || request.kind !== "abort") {
    files.ask(request);
    const taker = driver === undefined ? "the next driver" : `process ${driver}`;
    return `${request.kind}: left for ${taker}`;
  }
  const unknown = Object.keys(state.members)
    .filter((member) => ["updating", "rolling back"].includes(state.members[member]?.progress ?? ""))
    .map((member): RolloutEvent => ({ kind: "failed", member, reason: "what came of it is not known" }));
  const aborted = step(state, [request, ...unknown], Date.now()).state;
  files.save(aborted);
  return stateText(release, aborted).join("\n");
}

async function drive(release: string, files: RolloutFiles, options: RolloutCommandOptions): Promise<void> {
  const engine = await openEngine(options.environment);
  ensureStack(engine);
  const state = await files.drive(async () => {
    await takeOver(engine, files);
    const plan = await readPlan(engine, release);
    const begun = await begin(engine, plan, { files, options });
    const isFresh = begun.commands.some(({ kind }) => kind === "update");
    const interrupt = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupt.abort());
    return driveRollout(begun, {
      release,
      files,
      work: rolloutWork(engine, plan, isFresh),
      print: console.log,
      signal: interrupt.signal,
      patience,
    });
  });
  for (const line of stateText(release, state)) console.log(line);
  if (!isOver(state)) console.error(`Interrupted; to go on: breakwater rollout ${release}`);
  process.exitCode = state.status === "succeeded" ? 0 : 1;
}

/** Puts right what a killed run left. The engine of a killed driver may still be at work, and ends by itself. */
async function takeOver(engine: Engine, files: RolloutFiles): Promise<void> {
  const saved = files.read();
  const holder = lockHolder(engine);
  if (saved !== undefined && !isOver(saved) && holder?.hostname === hostname() && isAlive(holder.pid)) {
    console.error(`Process ${holder.pid} is still at work on "${engine.stack}": waiting for its end.`);
    while (isAlive(holder.pid)) await delay(100);
  }
  const recovered = await recoverFromKill(engine);
  for (const sentence of recovered) console.error(`After a killed run: ${sentence}.`);
  // Objects that the killed run made are not in the state, so their fields count as somebody else's.
  if (recovered.length > 0) engine.environment["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true";
}

/** Goes on with a rollout that is not over, else starts one; says first what it is about to do. */
async function begin(
  engine: Engine,
  plan: RolloutPlan,
  { files, options }: { files: RolloutFiles; options: RolloutCommandOptions },
): Promise<RolloutStep> {
  const saved = files.read();
  if (saved !== undefined && !isOver(saved)) {
    const left = saved.definition.waves
      .flat()
      .filter((member) => ["not reached", "updating"].includes(saved.members[member]?.progress ?? ""));
    for (const member of left) checkVersion(plan, member, saved.definition.members[member]?.wanted ?? "");
    console.log(`Going on with the rollout of ${plan.release}, with the options that it began with.`);
    return resumeRollout(saved, Date.now());
  }
  const { source, waves } = plan;
  const members = await memberVersions(engine, plan);
  const definition = rolloutDefinition({ members, waves }, source.kind, options);
  for (const line of planText(plan)) console.log(line);
  if (agreement(options.environment, options.yes ?? false).length === 0) {
    throw new Error("nothing was changed; to do this, add --yes");
  }
  // What was asked of the rollout before this one is not meant for it.
  files.forget(files.requests());
  return startRollout(definition, Date.now());
}

/** What each member is to have, and what Helm can return it to. */
async function memberVersions(engine: Engine, plan: RolloutPlan): Promise<RolloutDefinition["members"]> {
  const { kubeconfigs } = fleetState(readResources(engine));
  const versions = Object.entries(plan.members).map(
    async ([member, { cluster, changes, version, ...target }]): Promise<
      [string, RolloutDefinition["members"][string]]
    > => {
      if (changes.length === 0) return [member, { wanted: version, lastGood: version }];
      const kubeconfig = kubeconfigs.get(cluster);
      if (plan.source.kind !== "helm" || kubeconfig === undefined) return [member, { wanted: version }];
      const revision = await lastGoodRevision(engine.environment, { ...target, kubeconfig });
      return [member, { wanted: version, ...(revision && { lastGood: revisionVersion(revision) }) }];
    },
  );
  return Object.fromEntries(await Promise.all(versions));
}
