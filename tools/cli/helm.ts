// Runs the `helm` program on the release of one member.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "./engine-environment.ts";

/** A release where Helm finds it. */
export interface HelmTarget {
  kubeconfig: string;
  namespace: string;
  releaseName: string;
}

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
 * Takes a release back to its last good revision, with all that others changed of its objects; takes it away when no
 * revision was ever good. Returns what was done, as a sentence's end.
 */
export async function restoreRelease(environment: Environment, target: HelmTarget): Promise<string> {
  const revision = await lastGoodRevision(environment, target);
  if (revision === undefined) {
    await uninstall(environment, target);
    return "uninstalled it, because no revision of it was ever good";
  }
  await rollBack(environment, target, revision);
  return `applied revision ${revision} again`;
}

/**
 * Runs Helm; undefined when there is no such release. Credentials are in a file only as long as it takes, which nobody
 * else can read.
 */
async function helm(
  environment: Environment,
  { kubeconfig, namespace }: HelmTarget,
  command: string[],
): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    const { stdout } = await run("helm", [...command, "--namespace", namespace, "--kubeconfig", file], {
      env: { ...process.env, ...environment },
      maxBuffer: 1024 ** 3,
    });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    if (/release: not found/.test(stderr)) return undefined;
    throw new Error(`helm ${command.join(" ")} failed: ${stderr.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
