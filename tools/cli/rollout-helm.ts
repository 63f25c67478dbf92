// What Helm knows of the way back: the last good revision of a release, and how to return to it.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "./engine-environment.ts";
import type { HelmTarget } from "./helm.ts";

const run = promisify(execFile);

/** The newest revision that was ever good; undefined when there is none. */
export async function lastGoodRevision(
  environment: Environment,
  target: HelmTarget,
): Promise<number | undefined> {
  const history = await helm(environment, target, ["history", target.releaseName, "--output", "json"]);
  if (history === undefined) return undefined;
  const revisions = JSON.parse(history) as { revision: number; status: string }[];
  return revisions.findLast(({ status }) => status === "deployed" || status === "superseded")?.revision;
}

/** Returns a release to one of its revisions, and waits until its objects are ready. */
export async function rollBack(
  environment: Environment,
  target: HelmTarget,
  revision: number,
): Promise<void> {
  const done = await helm(environment, target, ["rollback", target.releaseName, String(revision), "--wait"]);
  if (done === undefined) throw new Error(`helm has no release ${target.releaseName} to roll back`);
}

/** Takes a release away; done as well when it is not there. */
export async function uninstall(environment: Environment, target: HelmTarget): Promise<void> {
  await helm(environment, target, ["uninstall", target.releaseName, "--wait"]);
}

/**
 * Runs Helm; undefined when there is no such release. Credentials are in a file only as long as it takes, which nobody
 * else can read.
 */
async function helm(
  environment: Environment,
  { kubeconfig, namespace }: HelmTarget,
  words: string[],
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const env = { ...process.env, ...environment };
    const { stdout } = await run("helm", [...words, "--namespace", namespace, "--kubeconfig", file], { env });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    if (/release: not found/.test(stderr)) return undefined;
    throw new Error(`helm ${words[0]} ${words[1]} failed: ${stderr.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
