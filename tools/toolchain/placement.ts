// What a toolchain folder holds: programs, and for each a record of its files. A record is written last, so a program
// with one is whole, and what was interrupted is simply not there yet.
import { lstatSync, readFileSync, statSync } from "node:fs";
import { link, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Program } from "./programs.ts";
import type { Source } from "./resolution.ts";

/** Written for a reader too: it tells where a program is from. */
interface Record {
  program: string;
  origin: string;
  /** Hash of what the program was made of, so that a toolchain with other versions of other programs can share it. */
  inputs: string;
  /** Size and time of each file by its path in the toolchain; of the user's own file when it is a link. */
  files: { [path: string]: { size: number; modified: number } };
}

/** True when all its files are as they were placed; a linked program that its owner removed or replaced is not. */
export function isPlaced(toolchain: string, program: Program): boolean {
  const files = readRecord(toolchain, program)?.files;
  return pathsOf(program).every((path) => {
    const recorded = files?.[path];
    const stat = statSync(join(toolchain, path), { throwIfNoEntry: false });
    return recorded !== undefined && stat?.size === recorded.size && stat.mtimeMs === recorded.modified;
  });
}

/** What is placed. */
export interface Delivery {
  /** Files in the order of the program's executables. */
  sources: Source[];
  /** Where they are from, for the reader of the record. */
  origin: string;
  /** Hash of what the program is made of. */
  inputs: string;
}

/** Finds a program that a toolchain of ours beside this one made out of the same inputs, and shares its files. */
export async function shareFiles(
  toolchains: string,
  program: Program,
  { inputs, scratch }: { inputs: string; scratch: string },
): Promise<Delivery | undefined> {
  for (const name of await readdir(toolchains)) {
    const other = join(toolchains, name);
    const record = readRecord(other, program);
    const paths = pathsOf(program).map((path) => join(other, path));
    if (record?.inputs !== inputs || !isPlaced(other, program) || paths.some(isLink)) continue;
    const sources: Source[] = [];
    for (const path of paths) {
      const shared = join(scratch, basename(path));
      await link(path, shared);
      sources.push({ path: shared, ours: true });
    }
    return { sources, origin: record.origin, inputs };
  }
  return undefined;
}

/** Puts the files where they belong. */
export async function place(
  toolchain: string,
  program: Program,
  { sources, origin, inputs, scratch }: Delivery & { scratch: string },
): Promise<void> {
  await rm(recordPath(toolchain, program), { force: true });
  await mkdir(join(toolchain, program.folder), { recursive: true });
  const files: Record["files"] = {};
  for (const [index, path] of pathsOf(program).entries()) {
    const source = sources[index];
    if (!source) throw new Error(`${program.name} came with ${sources.length} files only`);
    const target = join(toolchain, path);
    await rename(
      source.ours ? source.path : await linkTo(source.path, join(scratch, `link-${index}`)),
      target,
    );
    const { size, mtimeMs } = statSync(target);
    files[path] = { size, modified: mtimeMs };
  }
  const record: Record = { program: `${program.name} ${program.version}`, origin, inputs, files };
  const draft = join(scratch, "record.json");
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`);
  await mkdir(join(toolchain, "placed"), { recursive: true });
  await rename(draft, recordPath(toolchain, program));
}

/** The user's own file: looked for anew instead of shared. */
function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}

async function linkTo(target: string, link: string): Promise<string> {
  await rm(link, { force: true });
  await symlink(target, link);
  return link;
}

function readRecord(toolchain: string, program: Program): Record | undefined {
  try {
    return JSON.parse(readFileSync(recordPath(toolchain, program), "utf8"));
  } catch {
    return undefined; // none, or not readable: the program is made ready again
  }
}

function recordPath(toolchain: string, program: Program): string {
  return join(toolchain, "placed", `${program.name}.json`);
}

function pathsOf(program: Program): string[] {
  return program.executables.map(({ name }) => join(program.folder, name));
}
