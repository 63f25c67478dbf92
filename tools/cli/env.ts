// `env`: the variables of the engine as shell commands.
import { openEngine } from "./engine.ts";
import { ensureStack } from "./stack.ts";

/** Prints `export` commands after which plain `pulumi` works on the environment's stack like anywhere else. */
export async function printEnvironment(environment: string): Promise<void> {
  const engine = await openEngine(environment);
  ensureStack(engine);
  for (const [name, value] of Object.entries(engine.environment)) {
    console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
  }
}
