// The processes of this machine as far as /proc tells; on a system without it there are none to see.
import { readdirSync, readFileSync } from "node:fs";

/** A running process and the variables it was started with. */
export interface Process {
  pid: number;
  parent: number;
  /** Its command line, arguments joined by blanks; the first one is the program. */
  commandLine: string;
  environment: string[];
}

/** Every process that this user may look into; zombies are left out. */
export function listProcesses(): Process[] {
  return readIfThere(() => readdirSync("/proc"), [])
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readIfThere(() => readProcess(Number(entry)), []));
}

/** Whether a process with this id runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return readIfThere(() => processStatus(pid).state !== "Z", true);
}

function readProcess(pid: number): Process[] {
  const { state, parent } = processStatus(pid);
  if (state === "Z") return [];
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ");
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return [{ pid, parent, commandLine, environment }];
}

/** The program's name in the second field may hold anything, so the fields are counted from its closing bracket. */
function processStatus(pid: number): { state: string; parent: number } {
  const line = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [state = "", parent = "0"] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}

function readIfThere<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
