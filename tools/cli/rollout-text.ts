// What a person reads of a rollout.
import type { RolloutState, WaitCommand } from "../../components/releases/rollout-state.ts";
import type { RolloutPlan } from "./rollout-plan.ts";

/** What would change, wave by wave. */
export function planText({ release, waves, members, needed, otherChanges }: RolloutPlan): string[] {
  const updates = waves.flatMap((wave, index) =>
    wave.flatMap((member) => {
      const { changes = [] } = members[member] ?? {};
      const place = `[wave ${index + 1}/${waves.length}] ${member}`;
      return changes.length === 0 ? [`${place}: unchanged`] : changes.map((change) => `${place}: ${change}`);
    }),
  );
  const lines = [...needed.map((change) => `[first] ${change}`), ...updates];
  if (otherChanges === 0) return lines;
  const count = otherChanges === 1 ? "1 other change" : `${otherChanges} other changes`;
  return [...lines, `${count} of the program: no part of ${release}, so left to \`up\``];
}

/** What is different now, one line a member or status. */
export function transitionText(before: RolloutState | undefined, after: RolloutState): string[] {
  const progress = (state: RolloutState | undefined, member: string) =>
    state?.members[member]?.progress ?? "not reached";
  const members = after.definition.waves
    .flat()
    .filter((member) => progress(before, member) !== progress(after, member));
  const pause = (before?.paused ?? false) === after.paused ? [] : [after.paused ? "paused" : "resumed"];
  return [...pause, ...members.map((member) => memberText(after, member))];
}

/** How it stands: every member, then the whole. */
export function stateText(release: string, state: RolloutState): string[] {
  const { definition, status, reason, paused } = state;
  const members = definition.waves.flat().map((member) => memberText(state, member));
  const whole = `${release}: ${status}${paused ? " (paused)" : ""}`;
  return [...members, reason === "" ? whole : `${whole}: ${reason}`];
}

/** What it waits for, and what ends that. */
export function waitText(release: string, wait: WaitCommand): string {
  if (wait.for === "approval") {
    return `wave ${wait.wave} waits for approval: breakwater rollout ${release} --approve ${wait.wave}`;
  }
  if (wait.for === "resume") return `nothing more starts; to go on: breakwater rollout ${release} --resume`;
  const until = new Date(wait.until).toISOString();
  return wait.for === "soak" ? `watched until ${until}` : `the next maintenance window opens at ${until}`;
}

function memberText({ definition: { waves }, members }: RolloutState, member: string): string {
  const { progress = "not reached", reason } = members[member] ?? {};
  const wave = waves.findIndex((wave) => wave.includes(member)) + 1;
  const why = progress.endsWith("failed") && reason !== undefined ? `: ${reason}` : "";
  return `[wave ${wave}/${waves.length}] ${member}: ${progress}${why}`;
}
