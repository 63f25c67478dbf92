// Where things are: this checkout, and the folder outside of it that holds all that its commands leave on the machine.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, realpathSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

/** Root folder of the checkout that this file belongs to. */
export const checkoutDirectory = realpathSync(dirname(dirname(import.meta.dirname)));

/**
 * Folder of this checkout's engine state, credentials, clusters and logs: `BREAKWATER_STATE`, else
 * `${XDG_STATE_HOME:-~/.local/state}/breakwater/<checkout>-<hash of its path>`, so that two checkouts on one
 * machine never share anything.
 */
export function stateDirectory(): string {
  const given = process.env["BREAKWATER_STATE"];
  if (given !== undefined && given !== "") return given;
  const states = process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  const hash = createHash("sha256").update(checkoutDirectory).digest("hex").slice(0, 8);
  return join(states, "breakwater", `${basename(checkoutDirectory)}-${hash}`);
}

/** Folder of an environment's clusters on this machine. */
export function localClustersFolder(environment: string): string {
  return join(stateDirectory(), "clusters", environment);
}

/**
 * Copies the sources into a folder, as a fresh clone would have them, uncommitted changes included. The packages are
 * shared with this checkout by links, but for those that are folders of the sources.
 */
export function copyCheckout(folder: string): void {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", list, { cwd: checkoutDirectory, encoding: "utf8" }).split("\0");
  for (const file of files) {
    const source = join(checkoutDirectory, file);
    if (file !== "" && existsSync(source)) cpSync(source, join(folder, file), { recursive: true });
  }
  for (const workspace of ["", "components", "policies", "tools"]) {
    const packages = join(checkoutDirectory, workspace, "node_modules");
    if (existsSync(packages)) linkPackages(packages, join(folder, workspace, "node_modules"));
  }
}

/** Links what npm installed. A link of npm's own leads to a workspace or a program, and to the copy's after that. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === ".bin" || entry.name.startsWith("@")) linkPackages(source, target);
    else symlinkSync(source, target);
  }
}
