// `up` and `preview`: the two commands that run the environment's program.
import { type Engine, openEngine, runEngine } from "./engine.ts";
import { withEventLog } from "./event-log.ts";
import { recoverFromKill } from "./recovery.ts";
import { formatSummary, summarise } from "./run-summary.ts";
import { ensureStack } from "./stack.ts";

/** Previews the environment and applies it. What a killed run left behind is put right first. */
export async function up(environment: string, yes: boolean, options: string[]): Promise<void> {
  const engine = await openEngine(environment);
  ensureStack(engine);
  const recovered = await recoverFromKill(engine);
  for (const sentence of recovered) console.error(`After a killed run: ${sentence}.`);
  if (recovered.length > 0) {
    // Objects that the killed run made are not in the state, so their fields count as somebody else's.
    engine.environment["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true";
  }
  process.exitCode = await runLogged(engine, ["up", ...agreement(environment, yes), ...options]);
}

/** Goes on where one member fails, and tells in the end how each of them fared. */
function runLogged(engine: Engine, args: string[]): Promise<number> {
  return withEventLog(engine, async (logging, readLog) => {
    const code = await runEngine(engine, [...args, "--continue-on-error", ...logging]);
    for (const line of formatSummary(summarise(readLog()))) console.error(line);
    return code;
  });
}

/** Shows what `up` would do. Changes nothing, a killed run's leftovers included. */
export async function preview(environment: string, options: string[]): Promise<void> {
  const engine = await openEngine(environment);
  ensureStack(engine);
  process.exitCode = await runEngine(engine, ["preview", ...options]);
}

/** The environment on this machine is applied without a question: nobody else depends on it. */
export function agreement(environment: string, yes: boolean): string[] {
  return yes || environment === "local" ? ["--yes"] : [];
}
