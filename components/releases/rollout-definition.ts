// What a rollout is to do, as plain data, and what can be wrong with it.
import { type Fault, keyPath } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { countFaults } from "../core/quantities.ts";
import { type MaintenanceWindow, minutesBeforeUtc, minutesOfDay, weekdays } from "./maintenance-windows.ts";

/** A rollout of one release over the members of a group. It holds nothing but what JSON can say. */
export interface RolloutDefinition {
  /** By the name of the member. */
  members: Record<string, MemberVersions>;
  /** Names of members by wave, in order; every member in one wave. A member of wave 2 starts when wave 1 is done. */
  waves: string[][];
  /** How many members may be worked on at once, from 1 to 1000. Defaults to no limit but the wave. */
  maxConcurrent?: number;
  /**
   * How many members may be unavailable at once, from 1 to 1000: those that are worked on and those that have failed.
   * Defaults to no limit.
   */
  maxUnavailable?: number;
  /**
   * How many members may fail before the rollout has failed, from 0 to 1000 and less than `maxUnavailable`, so that
   * there is always room for the next member. Defaults to 0.
   */
  failureBudget?: number;
  /**
   * How long every wave is watched when all its members are updated, in whole seconds from 0 to 604800, a week; the
   * last wave is watched, too. Defaults to 0.
   */
  soakSeconds?: number;
  /** Waves that start when somebody has approved them, counted from 1. Defaults to none. */
  approveBefore?: number[];
  /**
   * When members may start to be updated or returned; what runs may end outside of it. Defaults to none: at any time.
   */
  windows?: MaintenanceWindow[];
  /**
   * What happens when the rollout has failed. `stop` leaves every member as it is; `rollback` returns those that were
   * touched to their last good version. Defaults to `stop`.
   */
  onFailure?: "stop" | "rollback";
}

/** Versions are opaque: two are the same when their texts are. */
interface MemberVersions {
  /** The version on which the member was healthy last; absent when it was never installed. */
  lastGood?: string;
  /** The version that it is to have. A member that has it as its last good one is left alone. */
  wanted: string;
}

const longestSoakSeconds = 7 * 24 * 60 * 60;
const minutesOfADay = 24 * 60;
const reactions: string[] = ["stop", "rollback"] satisfies RolloutDefinition["onFailure"][];

/** Checks a definition; `path` names it in faults. A rollout of one without faults always comes to its end. */
export function rolloutFaults(path: string, definition: RolloutDefinition): Fault[] {
  const { maxConcurrent = 1, maxUnavailable = 1, soakSeconds = 0, windows = [] } = definition;
  return [
    ...waveFaults(path, definition),
    ...countFaults(`${path}.maxConcurrent`, maxConcurrent, [1, 1000]),
    ...countFaults(`${path}.maxUnavailable`, maxUnavailable, [1, 1000]),
    ...budgetFaults(`${path}.failureBudget`, definition),
    ...countFaults(`${path}.soakSeconds`, soakSeconds, [0, longestSoakSeconds]),
    ...approvalFaults(`${path}.approveBefore`, definition),
    ...windows.flatMap((window, index) => windowFaults(`${path}.windows[${index}]`, window)),
    ...wordFaults(`${path}.onFailure`, definition.onFailure ?? "stop", reactions),
  ];
}

function waveFaults(path: string, { members, waves }: RolloutDefinition): Fault[] {
  const known = Object.keys(members);
  const placed = waves.flatMap((wave, index) =>
    wave.map((name, place) => ({ name, where: `${path}.waves[${index}][${place}]` })),
  );
  const names = placed.map(({ name }) => name);
  const missing = known.filter((name) => !names.includes(name));
  return [
    ...placed.flatMap(({ name, where }, index): Fault[] => {
      if (!names.slice(0, index).includes(name)) return wordFaults(where, name, known);
      return [{ path: where, value: name, problem: "is in two waves", allowed: "every member in one wave" }];
    }),
    ...missing.map((name) => ({
      path: keyPath(`${path}.members`, name),
      problem: "is in no wave",
      allowed: "every member in one wave",
    })),
  ];
}

function budgetFaults(path: string, { failureBudget = 0, maxUnavailable }: RolloutDefinition): Fault[] {
  const faults = countFaults(path, failureBudget, [0, 1000]);
  if (faults.length > 0 || maxUnavailable === undefined || failureBudget < Math.max(1, maxUnavailable)) {
    return faults;
  }
  const problem = "leaves no member that may be updated when so many have failed";
  return [
    { path, value: failureBudget, problem, allowed: `less than maxUnavailable, which is ${maxUnavailable}` },
  ];
}

function approvalFaults(path: string, { approveBefore = [], waves }: RolloutDefinition): Fault[] {
  return approveBefore.flatMap((wave, index) => countFaults(`${path}[${index}]`, wave, [1, waves.length]));
}

function windowFaults(
  path: string,
  { days, start, minutes, utcOffset = "+00:00" }: MaintenanceWindow,
): Fault[] {
  const faults = days.flatMap((name, index) => wordFaults(`${path}.days[${index}]`, name, [...weekdays]));
  if (days.length === 0) {
    faults.push({
      path: `${path}.days`,
      problem: "is empty",
      allowed: `one or more of ${weekdays.join(", ")}`,
    });
  }
  if (minutesOfDay(start) === undefined) {
    const problem = "is not a time of the day";
    faults.push({ path: `${path}.start`, value: start, problem, allowed: "00:00 to 23:59, such as 22:30" });
  }
  if (minutesBeforeUtc(utcOffset) === undefined) {
    const allowed = "-14:00 to +14:00, such as +01:00";
    faults.push({
      path: `${path}.utcOffset`,
      value: utcOffset,
      problem: "is not a distance from UTC",
      allowed,
    });
  }
  return [...faults, ...countFaults(`${path}.minutes`, minutes, [1, minutesOfADay])];
}

function wordFaults(path: string, value: string, words: string[]): Fault[] {
  if (words.includes(value)) return [];
  const meant = nearest(value, words);
  const instead = meant === undefined ? {} : { instead: JSON.stringify(meant) };
  return [{ path, value, problem: "is not known here", allowed: words.join(", "), ...instead }];
}
