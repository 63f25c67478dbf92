// Runs of the engine whose event log is read.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askEngine, type Engine, runEngine } from "./engine.ts";
import { planRollout, type RolloutPlan } from "./rollout-plan.ts";

/** Previews the program and reads what it wants of a release. What is wrong is shown as `preview` shows it. */
export function readPlan(engine: Engine, release: string): Promise<RolloutPlan> {
  return withEventLog(engine, async (logging, readLog) => {
    const preview = await previewAsJson(engine, logging);
    return planRollout(release, preview, readLog());
  });
}

async function previewAsJson(engine: Engine, logging: string[]): Promise<string> {
  try {
    return askEngine(engine, ["preview", "--json", "--show-sames", ...logging]);
  } catch (error) {
    if ((await runEngine(engine, ["preview"])) === 0) throw error;
    throw new Error("the preview failed, so nothing was changed");
  }
}

/** Calls `work` with the options that make the engine log its events, and with a way to read them afterwards. */
export async function withEventLog<T>(
  engine: Engine,
  work: (logging: string[], readLog: () => string) => Promise<T>,
): Promise<T> {
  // The log holds what the engine knows: nobody else can read it, and it goes with the run.
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  const log = join(folder, "events");
  engine.environment["PULUMI_DEBUG_COMMANDS"] = "true"; // without it the engine does not take --event-log
  try {
    return await work(["--event-log", log], () => (existsSync(log) ? readFileSync(log, "utf8") : ""));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
