// How a rollout is to go, from the words of the command line.
import { type Fault, FaultsError } from "../../components/core/errors.ts";
import { type MaintenanceWindow, weekdays } from "../../components/releases/maintenance-windows.ts";
import { type RolloutDefinition, rolloutFaults } from "../../components/releases/rollout-definition.ts";

/** As typed. */
export interface RolloutOptions {
  soak?: string;
  approveBefore?: string[];
  maxConcurrent?: string;
  failureBudget?: string;
  onFailure?: string;
  window?: string[];
}

/** Adds the options to what is known of a release; throws with every fault. */
export function rolloutDefinition(
  { members, waves }: Pick<RolloutDefinition, "members" | "waves">,
  source: "helm" | "manifests",
  options: RolloutOptions,
): RolloutDefinition {
  const { soak, approveBefore, maxConcurrent, failureBudget, onFailure, window } = options;
  const definition: RolloutDefinition = {
    members,
    waves,
    ...(soak === undefined ? {} : { soakSeconds: Number(soak) }),
    ...(approveBefore === undefined ? {} : { approveBefore: approveBefore.map(Number) }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent: Number(maxConcurrent) }),
    ...(failureBudget === undefined ? {} : { failureBudget: Number(failureBudget) }),
    ...(onFailure === undefined ? {} : { onFailure: onFailure as "stop" | "rollback" }),
    ...(window === undefined ? {} : { windows: window.map(maintenanceWindow) }),
  };
  const faults = rolloutFaults("rollout", definition);
  if (onFailure === "rollback" && source !== "helm") faults.push(rollbackFault);
  if (faults.length > 0) throw new FaultsError(faults);
  return definition;
}

const rollbackFault: Fault = {
  path: "rollout.onFailure",
  value: "rollback",
  problem: "is for what Helm installs: of other objects nobody keeps the last good version",
  allowed: "stop",
};

/** Reads days, start, minutes and perhaps a distance from UTC, e.g. `sat,sun 22:00 240 +01:00`. */
function maintenanceWindow(text: string): MaintenanceWindow {
  const [days = "", start = "", minutes = "", utcOffset] = text.trim().split(/\s+/);
  return {
    days: days.split(",").map(weekday),
    start,
    minutes: Number(minutes),
    ...(utcOffset === undefined ? {} : { utcOffset }),
  };
}

/** A day by its name or the first three letters of it; what is no day stays as it is, to be told of. */
function weekday(text: string): MaintenanceWindow["days"][number] {
  const meant = weekdays.find((day) => day === text || day.slice(0, 3) === text);
  return meant ?? (text as MaintenanceWindow["days"][number]);
}
