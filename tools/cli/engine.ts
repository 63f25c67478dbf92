// Runs the Pulumi engine for one environment.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { checkoutDirectory } from "./checkout.ts";
import { type Environment, engineEnvironment } from "./engine-environment.ts";

/** The engine, ready to run commands on the stack of one environment. */
export interface Engine {
  /** The environment, which is the stack's name. */
  stack: string;
  /** The variables that the engine needs on top of the shell's. */
  environment: Environment;
}

/** Makes sure of everything the engine needs. `stack` is the environment's name. */
export async function openEngine(stack: string): Promise<Engine> {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){0,2}$/.test(stack)) {
    throw new Error(
      `"${stack}" is not the name of an environment; allowed are lower-case letters, digits and -, ` +
        `with up to two parts after dots: write for example "local" or "production.platform.eu-1"`,
    );
  }
  return { stack, environment: await engineEnvironment() };
}

/** Runs `pulumi` with the terminal attached; resolves with its exit code. */
export async function runEngine(engine: Engine, args: string[]): Promise<number> {
  const temporary = temporaryFolder(engine);
  try {
    return await runAttached(engine, args, temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function runAttached(engine: Engine, args: string[], temporary: string): Promise<number> {
  const child = spawn("pulumi", withStack(engine, args), {
    cwd: checkoutDirectory,
    env: { ...process.env, ...engine.environment, TMPDIR: temporary },
    stdio: "inherit",
  });
  // A terminal sends its interrupt to the engine as well, which then ends in good order by itself.
  const ignore = () => {};
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", ignore).on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", ignore).off("SIGTERM", forward);
      resolve(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
    });
  });
}

/** Runs `pulumi` quietly; returns what it printed or throws with what it complained of. */
export function askEngine(engine: Engine, args: string[], input?: string): string {
  const temporary = temporaryFolder(engine);
  const answer = spawnSync("pulumi", withStack(engine, args), {
    cwd: checkoutDirectory,
    env: { ...process.env, ...engine.environment, TMPDIR: temporary },
    encoding: "utf8",
    maxBuffer: 1024 ** 3,
    input,
  });
  rmSync(temporary, { recursive: true, force: true });
  if (answer.error) throw answer.error;
  if (answer.status !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${answer.stderr.trim()}`);
  return answer.stdout;
}

/** A folder for one run: the Kubernetes provider leaves a file with credentials behind for every operation of Helm. */
function temporaryFolder({ environment }: Engine): string {
  return mkdtempSync(join(environment["BREAKWATER_STATE"] ?? tmpdir(), "run-"));
}

function withStack(engine: Engine, args: string[]): string[] {
  return [...args, "--stack", engine.stack];
}
