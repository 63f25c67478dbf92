// Names for what is made out of the same things: a hash of a program's row in the table and of its Go modules.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./programs.ts";

/** Hash of all that decides how a program comes out, by the program's name. */
export type Inputs = Map<string, string>;

/** Reads every file of the modules, none twice. */
export function inputsOf(programs: Program[], modules: string): Inputs {
  const folders = new Map<string, string>();
  const folderHash = (folder: string) => {
    const hash = folders.get(folder) ?? hashOfFolder(join(modules, folder));
    folders.set(folder, hash);
    return hash;
  };
  return new Map(
    programs.map((program) => [
      program.name,
      hashOf([JSON.stringify(program), ...program.executables.map(({ module }) => folderHash(module))]),
    ]),
  );
}

/** Name of the toolchain that has all of them. */
export function toolchainName(inputs: Inputs): string {
  return hashOf([...inputs.values()]).slice(0, 16);
}

function hashOfFolder(folder: string): string {
  return hashOf(
    readdirSync(folder)
      .sort()
      .flatMap((file) => [file, readFileSync(join(folder, file))]),
  );
}

function hashOf(parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}
