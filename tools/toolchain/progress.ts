// Tells the user what the toolchain does: a live line on a terminal, one line a step elsewhere.
import type { Writable } from "node:stream";
import ora from "ora";
import type { Program } from "./programs.ts";
import type { Work } from "./resolution.ts";

/** Where progress is shown. */
export type Screen = Writable & { isTTY?: boolean; columns?: number };

interface Display {
  /** Shows what goes on now; `text` is asked again as time passes. */
  live(text: () => string): void;
  /** Shows a line that stays. */
  keep(text: string): void;
  close(): void;
}

/** The steps of one run. Times are in milliseconds. */
export class Progress {
  readonly #display: Display;
  readonly #programs: Program[];
  readonly #started = Date.now();
  #step = 0;
  #stepStarted = 0;
  /** What building took so far, and what the table says it takes: their ratio is this machine's pace. */
  #building: { expected: number; spent: number } = { expected: 0, spent: 0 };
  #isBuilding = false;
  readonly #reasons = new Set<string>();

  constructor(screen: Screen, programs: Program[]) {
    // A terminal that does not know its width cannot be drawn on (ora would clear lines without end).
    this.#display = screen.isTTY && screen.columns ? terminal(screen) : lines(screen);
    this.#programs = programs;
  }

  /** The next program is looked for. */
  next(): void {
    this.#step += 1;
    this.#stepStarted = Date.now();
    this.#isBuilding = false;
  }

  /** Something slow begins. */
  announce(work: Work): void {
    this.#isBuilding = work.kind === "build";
    const what = work.kind === "build" ? "building from source" : `downloading from ${work.host}`;
    this.#display.live(() => `${this.#title()}: ${what}${this.#times()}`);
  }

  /** Why the quick way is closed, said once; what follows may take long. */
  notDownloaded(reason: string): void {
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    this.#display.keep(`${this.#title()}: not downloaded, ${reason}`);
  }

  /** The program is there, or cannot be had. */
  done(how: string): void {
    const spent = Date.now() - this.#stepStarted;
    if (this.#isBuilding) {
      this.#building.expected += (this.#program()?.buildSeconds ?? 0) * 1000;
      this.#building.spent += spent;
    }
    this.#display.keep(`${this.#title()}: ${how}${spent < 1000 ? "" : `, ${duration(spent)}`}`);
  }

  /** Something to know that is not progress. */
  note(text: string): void {
    this.#display.keep(text);
  }

  /** Something to wait for before the first step. */
  wait(text: string): void {
    this.#display.live(() => `${text} (${duration(Date.now() - this.#started)})`);
  }

  close(): void {
    this.#display.close();
  }

  #program(): Program | undefined {
    return this.#programs[this.#step - 1];
  }

  #title(): string {
    const { name, version } = this.#program() ?? { name: "", version: "" };
    return `[${this.#step}/${this.#programs.length}] ${name} ${version}`;
  }

  #times(): string {
    const elapsed = `${duration(Date.now() - this.#started)} elapsed`;
    return this.#isBuilding ? ` (${elapsed}, about ${duration(this.#remaining())} left)` : ` (${elapsed})`;
  }

  /** As if all that is left were built too. */
  #remaining(): number {
    const pace = this.#building.expected > 0 ? this.#building.spent / this.#building.expected : 1;
    const [now = 0, ...later] = this.#programs
      .slice(this.#step - 1)
      .map((program) => program.buildSeconds * 1000);
    const rest = later.reduce((sum, expected) => sum + expected, 0);
    return Math.max(now * pace - (Date.now() - this.#stepStarted), 1000) + rest * pace;
  }
}

function terminal(screen: Writable): Display {
  // Whether to draw is decided above; ora by itself would not where CI is set.
  const spinner = ora({ stream: screen as NodeJS.WriteStream, discardStdin: false, isEnabled: true });
  let update: NodeJS.Timeout | undefined;
  const pause = () => {
    clearInterval(update);
    spinner.stop();
  };
  return {
    live(text) {
      pause();
      spinner.start(text());
      update = setInterval(() => {
        spinner.text = text();
      }, 1000);
    },
    keep(text) {
      pause();
      screen.write(`${text}\n`);
    },
    close: pause,
  };
}

function lines(screen: Writable): Display {
  const keep = (text: string) => void screen.write(`${text}\n`);
  return { live: (text) => keep(text()), keep, close: () => {} };
}

/** `42 s`, `3 min 5 s`, `1 h 2 min`. */
function duration(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1000), 0);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
