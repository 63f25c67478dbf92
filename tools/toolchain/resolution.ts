// What the three ways to a program share: the run they are part of, what they hand over, and how they say no.
import type { Platform } from "./programs.ts";

/** One run of the toolchain; ways keep in it what they learn for the programs that follow. */
export interface Resolution {
  platform: Platform;
  /** Environment variables, from which PATH, HOME, PULUMI_HOME and BREAKWATER_MIRROR are read. */
  environment: NodeJS.ProcessEnv;
  /** Folder of all toolchains of this machine: what lies in it was made by us. */
  toolchains: string;
  /** Folder of the Go modules. */
  modules: string;
  /** Folder for unfinished files, on the file system of the toolchain; removed at the end of the run. */
  scratch: string;
  /** Ends the run when the user interrupts it. */
  signal: AbortSignal;
  /** Hosts that did not answer, with the reason; none is asked twice. */
  unreachable: Map<string, string>;
  /** Told before anything slow. */
  announce: (work: Work) => void;
}

/** What takes long. */
export type Work = { kind: "download"; host: string } | { kind: "build" };

/** A file to take as it is, in the order of the program's executables. */
export interface Source {
  /** Absolute path. */
  path: string;
  /** The user's own file is linked to, ours is moved into place. */
  ours: boolean;
}

/** A way's no: the reason completes "not this way:"; the next way is tried. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** The value of an environment variable; an empty one counts as not set. */
export function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name];
  return value === "" ? undefined : value;
}
