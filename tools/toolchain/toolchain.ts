// The programs that a fleet on this machine needs, made ready once and shared by all checkouts.
import { mkdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Inputs, inputsOf, toolchainName } from "./inputs.ts";
import { takeLock } from "./lock.ts";
import { isPlaced } from "./placement.ts";
import { prepare } from "./preparation.ts";
import { fleetPrograms, type Platform, type Program } from "./programs.ts";
import { Progress, type Screen } from "./progress.ts";
import { variable } from "./resolution.ts";

/** Where the programs are. */
export interface Toolchain {
  /** Folder of this very set of programs and versions. */
  directory: string;
  /** Folder of the commands, to be put first on PATH. */
  bin: string;
  /** Folders of the engine's plugins, named as the engine looks for them in its home. */
  plugins: string[];
}

/** All have defaults: this machine, this checkout. */
export interface ToolchainOptions {
  /** Default: what a fleet needs. */
  programs?: Program[];
  /** Folder of the Go modules that `programs` names. Default: this one. */
  modules?: string;
  /** Default: the process's. */
  environment?: NodeJS.ProcessEnv;
  /** Where progress is shown. Default: standard error. */
  screen?: Screen;
}

/** Makes all programs ready and tells where they are. Costs milliseconds when they are ready already. */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const plan = planOf(options);
  const { programs, directory } = plan;
  if (missingOf(plan).length > 0) await untilInterrupted((signal) => makeReady(plan, signal));
  return {
    directory,
    bin: join(directory, "bin"),
    plugins: programs.flatMap(({ folder }) => (folder === "bin" ? [] : [join(directory, folder)])),
  };
}

/** The folder of the toolchain, ready or not: named by a hash of all that decides what is in it. */
export function toolchainDirectory(options: ToolchainOptions = {}): string {
  return planOf(options).directory;
}

type Plan = Required<ToolchainOptions> & { platform: Platform; inputs: Inputs; directory: string };

function planOf(options: ToolchainOptions): Plan {
  const platform = thisPlatform();
  const {
    programs = fleetPrograms(platform),
    modules = import.meta.dirname,
    environment = process.env,
    screen = process.stderr,
  } = options;
  const inputs = inputsOf(programs, modules);
  const directory = join(toolchainsOf(environment), toolchainName(inputs));
  return { programs, modules, environment, screen, platform, inputs, directory };
}

function thisPlatform(): Platform {
  const { platform, arch } = process;
  if (platform === "linux" && arch === "x64") return { os: "linux", cpu: "amd64" };
  if (platform === "linux" && arch === "arm64") return { os: "linux", cpu: "arm64" };
  throw new Error(`A fleet on this machine needs Linux on x64 or arm64; this is ${platform} on ${arch}.`);
}

function toolchainsOf(environment: NodeJS.ProcessEnv): string {
  const home = variable(environment, "HOME") ?? homedir();
  const caches = variable(environment, "XDG_CACHE_HOME") ?? join(home, ".cache");
  return join(resolve(variable(environment, "BREAKWATER_CACHE") ?? join(caches, "breakwater")), "toolchain");
}

function missingOf({ programs, directory }: Plan): Program[] {
  return programs.filter((program) => !isPlaced(directory, program));
}

/** Another process may do all or part of it while this one waits for the lock. */
async function makeReady(plan: Plan, signal: AbortSignal): Promise<void> {
  await mkdir(plan.directory, { recursive: true });
  const directory = await realpath(plan.directory);
  const waiting = new Progress(plan.screen, []);
  const onWait = (owner: string) =>
    waiting.wait(`Waiting for process ${owner}, which makes the toolchain ready`);
  const release = await takeLock(directory, onWait, signal).finally(() => waiting.close());
  const missing = missingOf(plan);
  const progress = new Progress(plan.screen, missing);
  try {
    if (missing.length > 0) {
      progress.note(`Making the toolchain ready in ${directory}, once for all checkouts on this machine.`);
      await prepare(missing, { ...plan, directory, signal, total: plan.programs.length, progress });
    }
  } finally {
    progress.close();
    await release();
  }
}

/** Lets the work end its own children and remove its unfinished files before the signal has its usual effect. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const received = new Set<NodeJS.Signals>();
  const interrupt = (name: NodeJS.Signals) => {
    received.add(name);
    interruption.abort(new Error(`The toolchain was interrupted by ${name}; what is ready already stays.`));
  };
  const names: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of names) process.on(name, interrupt);
  try {
    await work(interruption.signal);
  } finally {
    for (const name of names) process.off(name, interrupt);
    for (const name of received) process.kill(process.pid, name);
    if (received.size > 0) await delay(100); // it arrives a moment later, and before the error is reported
  }
}
