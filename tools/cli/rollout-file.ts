// What a rollout leaves on this machine while it goes on: its state, the process that drives it, and what people have
// asked of it. All of it is readable by nobody else, and written so that a reader never sees half of it.
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RolloutEvent, RolloutState } from "../../components/releases/rollout-state.ts";
import { isAlive } from "./processes.ts";

/** What a person can ask of a rollout. */
export type RolloutRequest = Extract<RolloutEvent, { kind: "pause" | "resume" | "abort" | "approve" }>;

/** A request as it lies there. */
export interface FiledRequest {
  request: RolloutRequest;
  file: string;
}

/** The process that drives a rollout. Ids are used again, so that it takes the start time to know it. */
interface Driver {
  pid: number;
  started: string;
}

/** The files of the rollout of one release. */
export class RolloutFiles {
  readonly #folder: string;
  readonly #state: string;
  readonly #lock: string;

  /** `folder` is that of the environment's rollouts. */
  constructor(folder: string, release: string) {
    this.#folder = join(folder, encodeURIComponent(release));
    this.#state = join(this.#folder, "state.json");
    this.#lock = join(this.#folder, "driver.json");
  }

  /** The state as it was saved last; undefined before the first rollout. */
  read(): RolloutState | undefined {
    return readJson<RolloutState>(this.#state);
  }

  save(state: RolloutState): void {
    this.#write(this.#state, state, renameSync);
  }

  /** The process that drives it; undefined when none does. */
  driver(): number | undefined {
    const driver = readJson<Driver>(this.#lock);
    if (driver === undefined || !isAlive(driver.pid) || startTime(driver.pid) !== driver.started)
      return undefined;
    return driver.pid;
  }

  /** Calls `work` as the only driver; refuses while there is another one. */
  async drive<T>(work: () => Promise<T>): Promise<T> {
    const other = this.driver();
    if (other !== undefined) throw new Error(`process ${other} drives this rollout already`);
    rmSync(this.#lock, { force: true });
    // A link fails where there is a file, so that of two drivers that begin at once one is refused.
    this.#write(this.#lock, { pid: process.pid, started: startTime(process.pid) }, linkSync);
    try {
      return await work();
    } finally {
      rmSync(this.#lock, { force: true });
      if (this.read() === undefined) rmSync(this.#folder, { recursive: true });
    }
  }

  /** Leaves a request for the driver. */
  ask(request: RolloutRequest): void {
    const name = `request-${String(process.hrtime.bigint()).padStart(20, "0")}-${process.pid}.json`;
    this.#write(join(this.#folder, name), request, renameSync);
  }

  /** What people have asked, in order. */
  requests(): FiledRequest[] {
    return readdirSync(this.#folder)
      .filter((name) => /^request-.*\.json$/.test(name))
      .sort()
      .map((name) => join(this.#folder, name))
      .map((file) => ({ file, request: readJson<RolloutRequest>(file) as RolloutRequest }));
  }

  /** Removes requests that were taken up. */
  forget(requests: FiledRequest[]): void {
    for (const { file } of requests) rmSync(file, { force: true });
  }

  #write(file: string, content: unknown, place: (from: string, to: string) => void): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
    try {
      place(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** When a process was started, in the kernel's own clock; the same for all where the system does not tell. */
function startTime(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
