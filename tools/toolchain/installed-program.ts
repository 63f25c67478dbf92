// The first way to a program: the user has it installed already, in the version that is needed.
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import type { Program } from "./programs.ts";
import { Refusal, type Resolution, type Source, variable } from "./resolution.ts";
import { checkVersion } from "./version-answer.ts";

/** Finds commands on PATH and plugins in the engine's homes; refuses with what was found instead. */
export async function findInstalled(program: Program, resolution: Resolution): Promise<Source[]> {
  const refusals: string[] = [];
  const seen = new Set<string>();
  for (const folder of searchFolders(program, resolution.environment)) {
    const path = await executable(join(folder, program.name));
    if (path === undefined || seen.has(path) || path.startsWith(resolution.toolchains + sep)) continue;
    seen.add(path);
    try {
      await checkVersion(program, path, resolution);
      return await wholeProgram(program, path);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error.message);
    }
  }
  throw new Refusal(refusals.length > 0 ? refusals.join("; ") : "it is not there");
}

function searchFolders(program: Program, environment: NodeJS.ProcessEnv): string[] {
  if (program.folder === "bin") {
    return (variable(environment, "PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  }
  const own = variable(environment, "PULUMI_HOME");
  const user = join(variable(environment, "HOME") ?? homedir(), ".pulumi");
  return [...(own === undefined ? [] : [own]), user].map((home) => join(home, program.folder));
}

/** All files of it, which must stand beside the first one. */
async function wholeProgram(program: Program, first: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { name } of program.executables) {
    const path = name === program.name ? first : await executable(join(dirname(first), name));
    if (path === undefined) throw new Refusal(`${first} has no ${name} beside it`);
    sources.push({ path, ours: false });
  }
  return sources;
}

/** The file behind the path, through all links, when there is one that may be run. */
async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}
