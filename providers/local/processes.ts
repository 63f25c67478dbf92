// Processes that outlive the command that started them. Each is known by its id and its start time, so that another
// process that was given the same id later is never taken for ours.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process of ours, as written down. */
export interface ProcessRecord {
  pid: number;
  /** In clock ticks since the machine started, from /proc/<pid>/stat. */
  startTime: number;
}

/** What to run. */
export interface Command {
  program: string;
  args: string[];
  /** Working directory. */
  directory: string;
  /** File to which both its outputs are added. */
  log: string;
}

/** Starts a process in a session of its own, with nothing of our environment but where programs are. */
export async function startDetached({ program, args, directory, log }: Command): Promise<ProcessRecord> {
  const output = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, args, {
      cwd: directory,
      detached: true,
      stdio: ["ignore", output, output],
      env: { PATH: process.env["PATH"] },
    });
    await new Promise((resolve, reject) =>
      child.once("spawn", () => resolve(undefined)).once("error", reject),
    );
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, startTime: readStat(pid)?.startTime ?? 0 };
  } finally {
    closeSync(output);
  }
}

/** Whether the very process runs; a zombie does not. */
export function isRunning({ pid, startTime }: ProcessRecord): boolean {
  const found = readStat(pid);
  return found !== undefined && found.state !== "Z" && found.startTime === startTime;
}

/** Asks the process to end and makes it end when it has not after `patience` milliseconds. */
export async function stopProcess(record: ProcessRecord, patience = 10_000): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isRunning(record)) return;
    process.kill(record.pid, signal);
    const deadline = Date.now() + patience;
    while (isRunning(record) && Date.now() < deadline) await delay(20);
  }
  if (isRunning(record)) throw new Error(`process ${record.pid} did not end although it was killed`);
}

/** The program's name in the second field may hold anything, so the fields are counted from its closing bracket. */
function readStat(pid: number): { state: string; startTime: number } | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}
