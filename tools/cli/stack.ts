// The engine's record of one environment: made when the environment is first used, removed when it is taken down.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMap, parseDocument } from "yaml";
import { checkoutDirectory, stateDirectory } from "./checkout.ts";
import { askEngine, type Engine } from "./engine.ts";

const project = "breakwater";

/** Makes the stack unless it is there. */
export function ensureStack(engine: Engine): void {
  if (stackExists(engine)) return;
  if (usesLocalBackend(engine)) forgetEncryptionSalt(engine.stack);
  askEngine(engine, ["stack", "init", "--no-select"]);
}

/** Whether the environment has ever been used and not been taken down since. */
export function stackExists(engine: Engine): boolean {
  if (usesLocalBackend(engine)) return existsSync(localFile(engine, "stacks", `${engine.stack}.json`));
  const stacks = JSON.parse(askEngine(engine, ["stack", "ls", "--json"])) as { name: string }[];
  return stacks.some(({ name }) => name === engine.stack);
}

/** Removes the stack, its rollouts and, with the last stack of this checkout, the folder of its state. */
export function removeStack(engine: Engine): void {
  askEngine(engine, ["stack", "rm", "--yes"]);
  rmSync(join(stateDirectory(), "rollouts", engine.stack), { recursive: true, force: true });
  if (!usesLocalBackend(engine)) return;
  const left = readdirSync(localFile(engine, "stacks")).filter((file) => file.endsWith(".json"));
  if (left.length === 0) rmSync(stateDirectory(), { recursive: true, force: true });
}

/** Process that holds the lock of the stack, as the local backend wrote it down; undefined when nobody does. */
export function lockHolder(engine: Engine): { pid: number; hostname: string } | undefined {
  const folder = localFile(engine, "locks", engine.stack);
  if (!usesLocalBackend(engine) || !existsSync(folder)) return undefined;
  const lock = readdirSync(folder).find((file) => file.endsWith(".json"));
  return lock === undefined ? undefined : JSON.parse(readFileSync(join(folder, lock), "utf8"));
}

function usesLocalBackend(engine: Engine): boolean {
  return engine.environment["PULUMI_BACKEND_URL"] !== undefined;
}

function localFile(engine: Engine, kind: "stacks" | "locks", ...rest: string[]): string {
  const backend = fileURLToPath(engine.environment["PULUMI_BACKEND_URL"] ?? "");
  const scope = kind === "locks" ? ["organization", project] : [project];
  return join(backend, ".pulumi", kind, ...scope, ...rest);
}

/**
 * The engine keeps the salt of a stack's passphrase in its settings file. Where the state was removed by hand, an
 * old salt would be left there that no longer fits the new passphrase.
 */
function forgetEncryptionSalt(stack: string): void {
  const file = join(checkoutDirectory, "stacks", "config", `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return;
  const settings = parseDocument(readFileSync(file, "utf8"));
  if (!isMap(settings.contents) || !settings.delete("encryptionsalt")) return;
  writeFileSync(file, settings.contents.items.length === 0 ? "" : settings.toString());
}
