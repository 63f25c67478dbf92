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

/**
 * Takes a release back to its last good revision, with all that others changed of its objects; `uninstall`s it when no
 * revision was ever good. Returns what was done, as a sentence's end.
 */
export async function restoreRelease(environment: Environment, target: HelmTarget): Promise<string> {
  const { releaseName } = target;
  const history = JSON.parse(
    await helm(environment, target, ["history", releaseName, "--output", "json"]),
  ) as {
    revision: number;
    status: string;
  }[];
  const good = history.findLast(({ status }) => status === "deployed" || status === "superseded");
  if (good === undefined) {
    await helm(environment, target, ["uninstall", releaseName, "--wait"]);
    return "uninstalled it, because no revision of it was ever good";
  }
  await helm(environment, target, ["rollback", releaseName, String(good.revision), "--wait"]);
  return `applied revision ${good.revision} again`;
}

/** Credentials are in a file only as long as it takes, which nobody else can read. */
async function helm(
  environment: Environment,
  { kubeconfig, namespace }: HelmTarget,
  command: string[],
): Promise<string> {
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
    throw new Error(`helm ${command.join(" ")} failed: ${stderr.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
