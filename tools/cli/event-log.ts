// The engine's own log of a run's events, which tells what it did to each resource.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "./engine.ts";

/** Calls `work` with the options that make the engine log its events, and with a way to read them afterwards. */
export async function withEventLog<T>(
  engine: Engine,
  work: (logging: string[], readLog: () => string) => Promise<T>,
): Promise<T> {
  // The log holds all that the engine knows but secrets: nobody else can read it, and it goes with the run.
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  const log = join(folder, "events");
  engine.environment["PULUMI_DEBUG_COMMANDS"] = "true"; // without it the engine does not take --event-log
  try {
    return await work(["--event-log", log], () => (existsSync(log) ? readFileSync(log, "utf8") : ""));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
