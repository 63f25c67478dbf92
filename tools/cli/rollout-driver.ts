// Drives a rollout: carries out its commands, tells what came of them, and saves all it knows before each step.
import { setTimeout as delay } from "node:timers/promises";
import { isOver, step } from "../../components/releases/rollout.ts";
import type {
  MemberCommand,
  RolloutCommand,
  RolloutEvent,
  RolloutState,
  RolloutStep,
  WaitCommand,
} from "../../components/releases/rollout-state.ts";
import type { RolloutFiles } from "./rollout-file.ts";
import { transitionText, waitText } from "./rollout-text.ts";

/** What it takes to change members. Each answers with what came of it; an error stops the driver, not the rollout. */
export interface RolloutWork {
  /** Brings members to the wanted version, all in one go. */
  update(commands: { member: string; version: string }[]): Promise<RolloutEvent[]>;
  /** Brings members back to what they had. */
  restore(commands: MemberCommand[]): Promise<RolloutEvent[]>;
  /** Tells of members that are not healthy any more; `decides` when this is the last look at them. */
  watch(members: string[], decides: boolean): Promise<RolloutEvent[]>;
}

export interface RolloutDriver {
  release: string;
  files: Pick<RolloutFiles, "save" | "requests" | "forget">;
  work: RolloutWork;
  /** Takes a line that a person reads. */
  print: (line: string) => void;
  /** Ends the driver as soon as nothing runs; the rollout can be resumed. */
  signal: AbortSignal;
  /** How long it may take until a request is seen, in milliseconds. */
  patience: number;
}

/** Goes on from a step to the end of the rollout, or until the signal. Returns the last state, which is saved. */
export async function driveRollout(begun: RolloutStep, driver: RolloutDriver): Promise<RolloutState> {
  const { files, print, signal } = driver;
  let { state, commands } = begun;
  let waited: string | undefined;
  files.save(state);
  for (const line of transitionText(undefined, state)) print(line);
  while (!isOver(state) && !signal.aborted) {
    const wait = commands.find((command) => command.kind === "wait");
    const waiting = wait && waitText(driver.release, wait);
    if (waiting !== undefined && waiting !== waited) print(waiting);
    waited = waiting;
    const outcomes = await carryOut(commands, state, driver);
    // What an interrupted engine did not come to is no failure: it is done again when the rollout is resumed.
    if (signal.aborted) break;
    const requests = files
      .requests()
      .filter(({ request }) => request.kind !== "approve" || request.wave <= state.wave);
    const next = step(state, [...requests.map(({ request }) => request), ...outcomes], Date.now());
    for (const line of transitionText(state, next.state)) print(line);
    files.save(next.state);
    files.forget(requests);
    ({ state, commands } = next);
  }
  return state;
}

/** One engine works on an environment at a time, so members that return do so before others are updated. */
async function carryOut(
  commands: RolloutCommand[],
  state: RolloutState,
  { work, patience, signal }: RolloutDriver,
): Promise<RolloutEvent[]> {
  const updates = commands.flatMap((command) => (command.kind === "update" ? [command] : []));
  const restores = commands.filter(isRestore);
  const wait = commands.find((command) => command.kind === "wait");
  if (updates.length + restores.length === 0)
    return wait === undefined ? [] : hold(wait, state, { work, patience, signal });
  return [
    ...(restores.length === 0 ? [] : await work.restore(restores)),
    ...(updates.length === 0 ? [] : await work.update(updates)),
  ];
}

function isRestore(command: RolloutCommand): command is MemberCommand {
  return command.kind === "rollback" || command.kind === "uninstall";
}

/** Waits for as long as nobody is kept waiting, and looks at the members of a wave that is watched. */
async function hold(
  wait: WaitCommand,
  { definition, wave, members }: RolloutState,
  { work, patience, signal }: Pick<RolloutDriver, "work" | "patience" | "signal">,
): Promise<RolloutEvent[]> {
  const left = "until" in wait ? Math.max(0, wait.until - Date.now()) : patience;
  await delay(Math.min(left, patience), undefined, { signal }).catch(() => {});
  if (wait.for !== "soak" || signal.aborted) return [];
  const watched = (definition.waves[wave - 1] ?? []).filter((name) => members[name]?.progress === "updated");
  return work.watch(watched, left <= patience);
}
