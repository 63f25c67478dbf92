// `status`: what every member of every release has, beside what it is to have.
import { setTimeout as delay } from "node:timers/promises";
import { checkedChoice } from "./choice.ts";
import { type Engine, openEngine } from "./engine.ts";
import { readResources } from "./engine-state.ts";
import { type FleetState, fleetState } from "./fleet-state.ts";
import { assess, type MemberReport } from "./fleet-status.ts";
import { stackExists } from "./stack.ts";
import { statusTable } from "./status-table.ts";

interface StatusOptions {
  release?: string;
  json?: boolean;
  watch?: boolean;
}

/** Between two looks at the fleet. */
const watchSeconds = 2;

/**
 * Prints the status; with `watch` again whenever it changes, until the command is ended. Reads only. The exit code is
 * 0 when everything is as wanted, 1 when something is not, and 2 when something is UNKNOWN, so that neither can be told.
 */
export async function status(environment: string, options: StatusOptions): Promise<void> {
  const engine = await openEngine(environment);
  let shown: string | undefined;
  do {
    if (shown !== undefined) await delay(watchSeconds * 1000);
    const reports = await readStatus(engine, options.release);
    process.exitCode = exitCode(reports);
    const text = options.json ? JSON.stringify(reports, undefined, 2) : statusText(reports);
    if (text !== shown) show(text, shown !== undefined);
    shown = text;
  } while (options.watch);
}

/** What the state of an environment says of its releases, or of one of them. */
export function readFleet(engine: Engine, release?: string): FleetState {
  if (!stackExists(engine)) throw new Error(`nothing is up in "${engine.stack}": run \`up\` first`);
  const fleet = fleetState(readResources(engine));
  if (release === undefined) return fleet;
  const names = fleet.releases.map(({ name }) => name);
  const chosen = checkedChoice("release of this environment", release, names);
  return { ...fleet, releases: fleet.releases.filter(({ name }) => name === chosen) };
}

/** The status of every member of all releases, or of one. */
export async function readStatus(engine: Engine, release?: string): Promise<MemberReport[]> {
  const fleet = readFleet(engine, release);
  for (const { name, record } of fleet.releases) {
    if (record === undefined) console.error(`${name}: no update of this release has come to its end yet.`);
  }
  const assessments = await assess(
    fleet,
    fleet.releases.flatMap(({ members }) => members),
  );
  return assessments.map(({ report }) => report);
}

/** 0: everything is as wanted; 1: something is not; 2: something is UNKNOWN. */
export function exitCode(reports: MemberReport[]): number {
  if (reports.some(({ word }) => word === "UNKNOWN")) return 2;
  return reports.every(({ asWanted }) => asWanted) ? 0 : 1;
}

/** The table, with colours on a terminal. */
export function statusText(reports: MemberReport[]): string {
  if (reports.length === 0) return "There are no releases.";
  return statusTable(reports, process.stdout.isTTY && process.stdout.hasColors());
}

/** On a terminal a newer status takes the place of the older one. */
function show(text: string, again: boolean): void {
  if (again && process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[J");
  console.log(text);
}
