// Makes missing programs ready, one after the other, each by the first way that is open.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Inputs } from "./inputs.ts";
import { findInstalled } from "./installed-program.ts";
import { downloadRelease } from "./official-release.ts";
import { type Delivery, place, shareFiles } from "./placement.ts";
import type { Program } from "./programs.ts";
import type { Progress } from "./progress.ts";
import { Refusal, type Resolution, type Source } from "./resolution.ts";
import { buildFromSource, neededGo } from "./source-build.ts";
import { type Failure, ToolchainError } from "./toolchain-error.ts";

/** The ways to a program, in the order in which they are tried. */
const ways: { [name: string]: (program: Program, resolution: Resolution) => Promise<Source[]> } = {
  installed: findInstalled,
  release: downloadRelease,
  source: buildFromSource,
};
const scratchPrefix = ".scratch-";

/** What the caller knows of a run. */
export type Preparation = Pick<Resolution, "platform" | "environment" | "modules" | "signal"> & {
  /** Folder of the toolchain. */
  directory: string;
  inputs: Inputs;
  /** How many programs the toolchain has in all. */
  total: number;
  progress: Progress;
};

/** Goes on after a program that cannot be had, so that one error tells all of them and the rest is ready next time. */
export async function prepare(missing: Program[], preparation: Preparation): Promise<void> {
  const { directory, progress, platform, environment, modules, signal } = preparation;
  const resolution: Resolution = {
    platform,
    environment,
    modules,
    signal,
    toolchains: dirname(directory),
    scratch: await emptyScratch(directory),
    unreachable: new Map(),
    announce: (work) => progress.announce(work),
  };
  const failures: Failure[] = [];
  try {
    for (const program of missing) {
      progress.next();
      const inputs = preparation.inputs.get(program.name) ?? "";
      const delivery = await deliver(program, inputs, { resolution, progress });
      if ("refusals" in delivery) failures.push(delivery);
      else await place(directory, program, { ...delivery, scratch: resolution.scratch });
      progress.done("refusals" in delivery ? "cannot be had" : delivery.origin);
    }
  } finally {
    await rm(resolution.scratch, { recursive: true, force: true });
  }
  if (failures.length > 0) {
    throw new ToolchainError(failures, { total: preparation.total, go: await neededGo(missing, modules) });
  }
}

/** By the first way that is open, else with the reason why each is not. */
async function deliver(
  program: Program,
  inputs: string,
  { resolution, progress }: { resolution: Resolution; progress: Progress },
): Promise<Delivery | Failure> {
  const { toolchains, scratch, signal } = resolution;
  const shared = await shareFiles(toolchains, program, { inputs, scratch });
  if (shared) return shared;
  const refusals: Failure["refusals"] = {};
  for (const [way, supply] of Object.entries(ways)) {
    try {
      const sources = await supply(program, resolution);
      return { sources, origin: originOf(way, program, sources), inputs };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Refusal)) throw error;
      refusals[way] = error.message;
      if (way === "release") progress.notDownloaded(error.message);
    }
  }
  return { program, refusals };
}

function originOf(way: string, { release }: Program, [first]: Source[]): string {
  if (way === "installed") return `found at ${first?.path}`;
  return way === "release" ? `downloaded from ${release?.url}` : "built from source";
}

/** On the file system of the toolchain, so that files are moved from it; what a killed run left there goes. */
async function emptyScratch(directory: string): Promise<string> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(scratchPrefix)) await rm(join(directory, name), { recursive: true, force: true });
  }
  return mkdtemp(join(directory, scratchPrefix));
}
