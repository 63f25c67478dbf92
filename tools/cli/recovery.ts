// What a killed engine leaves behind: a lock, plugin processes without a parent, operations of unknown outcome.
// Each is put right before the next command goes on, so that nothing has to be cleaned up by hand.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { askEngine, type Engine } from "./engine.ts";
import { isAlive, listProcesses } from "./processes.ts";
import { lockHolder } from "./stack.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";

interface Resource {
  urn: string;
  type: string;
  provider?: string;
  inputs?: Record<string, unknown>;
}

/** What the engine was doing when it was killed; `type` is `creating`, `updating`, `deleting` and the like. */
interface Operation {
  type: string;
  resource: Resource;
}

interface Deployment {
  resources?: Resource[];
  pending_operations?: Operation[];
}

/**
 * Puts right what a killed engine left of this environment. Refuses while another command works on it.
 * Returns what was done, one sentence each; nothing when there was nothing. An attempt that fails can be repeated.
 */
export async function recoverFromKill(engine: Engine): Promise<string[]> {
  const holder = lockHolder(engine);
  if (holder !== undefined && (holder.hostname !== hostname() || isAlive(holder.pid))) {
    throw new Error(
      `another command (process ${holder.pid} on ${holder.hostname}) is working on "${engine.stack}": ` +
        `wait for it to end, or end it first`,
    );
  }
  const ended = await endOrphans(engine);
  if (holder === undefined) return ended;
  const { pending, healed } = healReleases(engine);
  // The lock goes last but one: until then a failed attempt is seen as what it is, an unfinished recovery.
  askEngine(engine, ["cancel", "--yes"]);
  if (pending.length > 0) forgetPendingOperations(engine);
  return [
    ...ended,
    `released the lock of process ${holder.pid}, which was killed`,
    ...healed,
    ...(pending.length === 0 ? [] : [`will do again what was under way: ${pending.join(", ")}`]),
  ];
}

/** Plugins end with their engine; one whose engine was killed finishes its work and then waits for ever. */
async function endOrphans(engine: Engine): Promise<string[]> {
  const mark = `PULUMI_HOME=${engine.environment["PULUMI_HOME"]}`;
  const processes = listProcesses();
  const engines = new Set(
    processes.filter(({ commandLine }) => isProgram(commandLine, /^pulumi$/)).map(({ pid }) => pid),
  );
  const orphans = processes.filter(
    ({ parent, commandLine, environment }) =>
      environment.includes(mark) &&
      isProgram(commandLine, /^pulumi-(resource|language)-/) &&
      !engines.has(parent),
  );
  for (const { pid } of orphans) process.kill(pid, "SIGTERM");
  while (orphans.some(({ pid }) => isAlive(pid))) await delay(50);
  return orphans.map(
    ({ pid, commandLine }) => `ended process ${pid} (${commandLine.trim()}), whose engine was killed`,
  );
}

function isProgram(commandLine: string, name: RegExp): boolean {
  return name.test(basename(commandLine.split(" ")[0] ?? ""));
}

/**
 * Creating again is safe for what the API server merges and for our own plugin, which takes over what it finds.
 * Helm is not so forgiving: a release that it was working on refuses every further operation.
 */
function healReleases(engine: Engine): { pending: string[]; healed: string[] } {
  const { deployment } = exportState(engine, "--show-secrets");
  const pending = deployment.pending_operations ?? [];
  const healed = pending
    .filter(({ resource }) => resource.type === releaseType)
    .flatMap((operation) => healRelease(engine, operation, deployment.resources ?? []));
  return { pending: pending.map(({ resource: { urn } }) => urn.slice(urn.lastIndexOf("::") + 2)), healed };
}

function forgetPendingOperations(engine: Engine): void {
  const state = exportState(engine);
  state.deployment.pending_operations = [];
  askEngine(engine, ["stack", "import", "--force"], JSON.stringify(state));
}

function exportState(engine: Engine, ...options: string[]): { deployment: Deployment } {
  return JSON.parse(askEngine(engine, ["stack", "export", ...options])) as { deployment: Deployment };
}

/** Takes a release that Helm holds as pending back to its last good revision, or away when there never was one. */
function healRelease(engine: Engine, operation: Operation, resources: Resource[]): string[] {
  const release = operation.resource;
  const providerUrn = release.provider?.slice(0, release.provider.lastIndexOf("::"));
  const provider = resources.find(({ urn }) => urn === providerUrn);
  const kubeconfig = provider?.inputs?.["kubeconfig"] as { plaintext: string } | undefined;
  if (kubeconfig === undefined) return [];
  const { name, namespace } = release.inputs as { name: string; namespace: string };
  return withKubeconfig(JSON.parse(kubeconfig.plaintext) as string, (file) => {
    const helm = (...args: string[]) => {
      const command = [...args, name, "--namespace", namespace, "--kubeconfig", file];
      const { status, stdout, stderr, error } = spawnSync("helm", command, {
        encoding: "utf8",
        env: { ...process.env, ...engine.environment },
      });
      if (error) throw error;
      return { stdout, problem: status === 0 ? undefined : stderr.trim() };
    };
    const { stdout, problem } = helm("status", "--output", "json");
    if (problem?.includes("release: not found")) return [];
    if (problem !== undefined)
      throw new Error(`helm status ${name} failed after a killed update: ${problem}`);
    const status = (JSON.parse(stdout) as { info: { status: string } }).info.status;
    const verb = remedyFor(operation, status);
    if (verb === undefined) return [];
    const remedy = helm(verb, "--wait");
    if (remedy.problem !== undefined)
      throw new Error(`helm ${verb} ${name} failed after a killed update: ${remedy.problem}`);
    return [`did helm ${verb} for the release ${name}, which was ${status}`];
  });
}

/** A release that the state does not know cannot be installed over; one that is pending refuses to be upgraded. */
function remedyFor({ type }: Operation, status: string): "uninstall" | "rollback" | undefined {
  if (type === "creating") return "uninstall";
  return status.startsWith("pending-") ? "rollback" : undefined;
}

/** Credentials are in a file only as long as it takes, which nobody else can read. */
function withKubeconfig<T>(content: string, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, content, { mode: 0o600 });
    return work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
