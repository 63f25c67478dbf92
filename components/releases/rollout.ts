// How a release goes from version to version over the waves of a group. This only decides: it is a state machine over
// a clock that it is told. Somebody else, the driver, carries out its commands and tells what came of them.
//
// A driver starts with `startRollout`, or with `resumeRollout` and the state that it saved, and then, until `isOver`:
// it saves the state, carries out the commands, and gives `step` what has happened. The state is saved before its
// commands are carried out. So whatever kills the driver, no command is forgotten: `resumeRollout` gives those again
// whose outcome was not told, and carrying out a command twice must do no harm.
import { nextOpening } from "./maintenance-windows.ts";
import type { RolloutDefinition } from "./rollout-definition.ts";
import type {
  MemberCommand,
  MemberProgress,
  RolloutEvent,
  RolloutMember,
  RolloutState,
  RolloutStatus,
  RolloutStep,
  WaitCommand,
} from "./rollout-state.ts";

/** What an answer makes of a member, by what it was before. */
const answers: Record<
  "updated" | "failed" | "rolled back",
  Partial<Record<MemberProgress, MemberProgress>>
> = {
  updated: { updating: "updated" },
  failed: { updating: "failed", updated: "failed", "rolling back": "rollback failed" },
  "rolled back": { "rolling back": "rolled back" },
};

const running: MemberProgress[] = ["updating", "rolling back"];
const unavailable: MemberProgress[] = [...running, "failed", "rollback failed"];
/** What is left of a member that was touched and is not back. */
const away: MemberProgress[] = ["updated", "failed", "rollback failed"];
const over: RolloutStatus[] = ["succeeded", "failed", "rolled back", "aborted"];

/** Begins a rollout whose definition has no faults; `now` is in milliseconds since 1970, here and below. */
export function startRollout(definition: RolloutDefinition, now: number): RolloutStep {
  const members = Object.entries(definition.members).map(
    ([name, { lastGood, wanted }]): [string, RolloutMember] => [
      name,
      { progress: lastGood === wanted ? "unchanged" : "not reached" },
    ],
  );
  const state: RolloutState = {
    definition,
    status: "updating",
    reason: "",
    paused: false,
    wave: 0,
    approved: false,
    soakUntil: now,
    members: Object.fromEntries(members),
  };
  return proceed(state, now);
}

/** Goes on: what has happened, in order, and what time it is. Without an event it tells the time alone. */
export function step(state: RolloutState, events: RolloutEvent[], now: number): RolloutStep {
  if (isOver(state)) return { state, commands: [] };
  return proceed(events.reduce(received, state), now);
}

/** Goes on from a saved state when it is not known what came of its commands: they are given again. */
export function resumeRollout(saved: RolloutState, now: number): RolloutStep {
  const again = withProgress(saved, running).map((name) => command(saved, name));
  const { state, commands } = proceed(saved, now);
  return { state, commands: [...again, ...commands] };
}

/** Whether the rollout is at its end. */
export function isOver({ status }: RolloutState): boolean {
  return over.includes(status);
}

function received(state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.kind) {
    case "pause":
      return { ...state, paused: true };
    case "resume":
      return { ...state, paused: false };
    case "approve":
      return event.wave === state.wave ? { ...state, approved: true } : state;
    case "abort":
      return aborted(state);
    case "updated":
    case "failed":
    case "rolled back":
      return answered(state, event);
  }
}

function aborted(state: RolloutState): RolloutState {
  if (state.status === "updating")
    return { ...state, status: "aborting", reason: `aborted in wave ${state.wave}` };
  if (state.status !== "rolling back") return state;
  return { ...state, status: "aborting", reason: `${state.reason}; aborted while members were rolled back` };
}

function answered(state: RolloutState, event: Extract<RolloutEvent, { member: string }>): RolloutState {
  const before = state.members[event.member];
  const progress = before && answers[event.kind][before.progress];
  if (progress === undefined) return state;
  const member = { ...before, progress, ...(event.kind === "failed" ? { reason: event.reason } : {}) };
  return { ...state, members: { ...state.members, [event.member]: member } };
}

/** All that follows from the state and the time. */
function proceed(before: RolloutState, now: number): RolloutStep {
  const state = ended(advanced(judged(before), now));
  const wait = heldBy(state, now);
  if (wait !== undefined) return { state, commands: [wait] };
  const starting = startable(state);
  const progress = state.status === "updating" ? "updating" : "rolling back";
  const started = starting.map((name): [string, RolloutMember] => [
    name,
    { ...state.members[name], progress },
  ]);
  const next = { ...state, members: { ...state.members, ...Object.fromEntries(started) } };
  return { state: next, commands: starting.map((name) => command(next, name)) };
}

/** Ends the updates once more members have failed than may. */
function judged(state: RolloutState): RolloutState {
  const { failureBudget = 0, onFailure = "stop" } = state.definition;
  const failed = withProgress(state, ["failed"]);
  if (state.status !== "updating" || failed.length <= failureBudget) return state;
  return { ...state, reason: failures(state), status: onFailure === "rollback" ? "rolling back" : "failing" };
}

/** Goes to the next wave that has something to do when this one is done and watched. */
function advanced(state: RolloutState, now: number): RolloutState {
  const { definition, wave, status } = state;
  const { waves, soakSeconds = 0 } = definition;
  const here = waves[wave - 1] ?? [];
  if (status !== "updating" || amongst(state, here, ["not reached", "updating"]).length > 0) return state;
  const { soakUntil = now + soakSeconds * 1000, ...rest } = state;
  if (now < soakUntil) return { ...rest, soakUntil };
  const next = waves.findIndex((names) => amongst(state, names, ["not reached"]).length > 0);
  if (next >= 0) return { ...rest, wave: next + 1, approved: false };
  return { ...rest, status: "succeeded", reason: succeeded(state) };
}

/** Ends the rollout when nothing runs any more and nothing can start. */
function ended(state: RolloutState): RolloutState {
  if (withProgress(state, running).length > 0) return state;
  if (state.status === "failing") return { ...state, status: "failed" };
  if (state.status === "aborting") return { ...state, status: "aborted" };
  if (state.status !== "rolling back" || startable(state).length > 0) return state;
  const left = withProgress(state, away).map((name) => notBack(state, name));
  return left.length === 0
    ? { ...state, status: "rolled back", reason: `${state.reason}; every member that was touched is back` }
    : { ...state, status: "failed", reason: `${state.reason}; not back: ${left.join(", ")}` };
}

/** What keeps the next members from starting, however much room there is. */
function heldBy(state: RolloutState, now: number): WaitCommand | undefined {
  const { definition, status, wave, soakUntil } = state;
  if (status === "updating" && soakUntil !== undefined)
    return { kind: "wait", for: "soak", until: soakUntil };
  if (candidates(state).length === 0) return undefined;
  if (state.paused) return { kind: "wait", for: "resume" };
  const gated = status === "updating" && definition.approveBefore?.includes(wave) === true;
  if (gated && !state.approved) return { kind: "wait", for: "approval", wave };
  const until = nextOpening(definition.windows ?? [], now);
  return until > now ? { kind: "wait", for: "window", until } : undefined;
}

/** The next members, as many as there is room for. */
function startable(state: RolloutState): string[] {
  const { maxConcurrent = Number.POSITIVE_INFINITY, maxUnavailable = Number.POSITIVE_INFINITY } =
    state.definition;
  const next = candidates(state);
  const free = Math.max(0, maxConcurrent - withProgress(state, running).length);
  const spare = Math.max(0, maxUnavailable - withProgress(state, unavailable).length);
  // A member that has failed is unavailable already: to roll it back costs nothing.
  const failed = amongst(state, next, ["failed"]);
  const healthy = next.filter((name) => !failed.includes(name)).slice(0, spare);
  return [...failed, ...healthy].slice(0, free);
}

/** The members whose turn it is, in order: those of the wave, or those to be rolled back, the last ones first. */
function candidates(state: RolloutState): string[] {
  const { waves } = state.definition;
  if (state.status === "updating") return amongst(state, waves[state.wave - 1] ?? [], ["not reached"]);
  if (state.status !== "rolling back") return [];
  return amongst(state, waves.flat().reverse(), ["failed", "updated"]);
}

/** What a member that is being updated or rolled back needs. */
function command({ definition, members }: RolloutState, member: string): MemberCommand {
  const { lastGood, wanted = "" } = definition.members[member] ?? {};
  if (members[member]?.progress === "updating") return { kind: "update", member, version: wanted };
  return lastGood === undefined
    ? { kind: "uninstall", member }
    : { kind: "rollback", member, version: lastGood };
}

function succeeded(state: RolloutState): string {
  if (withProgress(state, ["failed"]).length > 0) return failures(state);
  return withProgress(state, ["updated"]).length > 0
    ? "every member has the wanted version"
    : "every member had the wanted version already";
}

function failures(state: RolloutState): string {
  const failed = withProgress(state, ["failed"]).map((name) => because(state, name));
  return `${failed.join(", ")}; ${state.definition.failureBudget || "none"} may fail`;
}

/** A healthy member stays on the wanted version where rolling it back would make too many unavailable. */
function notBack(state: RolloutState, name: string): string {
  const kept = state.members[name]?.progress === "updated";
  return kept ? `${name} stays updated (no more may be unavailable)` : because(state, name);
}

function because({ members }: RolloutState, name: string): string {
  const { progress = "not reached", reason } = members[name] ?? {};
  return `${name} ${progress}${reason === undefined ? "" : ` (${reason})`}`;
}

function withProgress(state: RolloutState, progress: MemberProgress[]): string[] {
  return amongst(state, Object.keys(state.members), progress);
}

function amongst({ members }: RolloutState, names: string[], progress: MemberProgress[]): string[] {
  return names.filter((name) => progress.some((one) => one === members[name]?.progress));
}
