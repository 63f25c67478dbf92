import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Program } from "../../../tools/toolchain/programs.ts";
import { Progress, type Screen } from "../../../tools/toolchain/progress.ts";

const programs = [60, 120, 30].map(
  (buildSeconds, index): Program => ({
    name: `p${index + 1}`,
    version: "1.0.0",
    folder: "bin",
    executables: [],
    buildSeconds,
  }),
);

function screenOf(isTTY: boolean): { screen: Screen; text: () => string } {
  const chunks: string[] = [];
  const screen = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return {
    screen: Object.assign(screen, { isTTY, columns: 200, cursorTo() {}, moveCursor() {}, clearLine() {} }),
    text: () => chunks.join(""),
  };
}

describe("Progress", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("writes one plain line a change where there is no terminal", () => {
    const { screen, text } = screenOf(false);
    const progress = new Progress(screen, programs);
    progress.next();
    progress.announce({ kind: "build" });
    vi.advanceTimersByTime(61_000);
    progress.done("built from source");
    progress.next();
    progress.announce({ kind: "download", host: "releases.test" });
    progress.done("downloaded");
    progress.close();
    expect(text()).toBe(
      `[1/3] p1 1.0.0: building from source (0 s elapsed, about 3 min 30 s left)
[1/3] p1 1.0.0: built from source, 1 min 1 s
[2/3] p2 1.0.0: downloading from releases.test (1 min 1 s elapsed)
[2/3] p2 1.0.0: downloaded
`,
    );
  });

  it("judges what is left by this machine's pace", () => {
    const { screen, text } = screenOf(false);
    const progress = new Progress(screen, programs);
    progress.next();
    progress.announce({ kind: "build" });
    vi.advanceTimersByTime(6_000); // ten times as fast as the table says
    progress.done("built from source");
    progress.next();
    progress.announce({ kind: "build" });
    expect(text()).toContain("[2/3] p2 1.0.0: building from source (6 s elapsed, about 15 s left)");
  });

  it("keeps a live line on a terminal up to date", () => {
    const { screen, text } = screenOf(true);
    const progress = new Progress(screen, programs);
    progress.next();
    progress.announce({ kind: "build" });
    vi.advanceTimersByTime(10_000);
    progress.close();
    expect(text()).toContain("[1/3] p1 1.0.0: building from source (9 s elapsed, about 3 min 21 s left)");
  });

  it("does without the live line on a terminal of no width", () => {
    const { screen, text } = screenOf(true);
    const progress = new Progress(Object.assign(screen, { columns: 0 }), programs);
    progress.next();
    progress.announce({ kind: "build" });
    vi.advanceTimersByTime(10_000);
    progress.close();
    expect(text()).toBe("[1/3] p1 1.0.0: building from source (0 s elapsed, about 3 min 30 s left)\n");
  });

  it("gives the reason for what is not downloaded once", () => {
    const { screen, text } = screenOf(false);
    const progress = new Progress(screen, programs);
    for (const _ of [1, 2]) {
      progress.next();
      progress.notDownloaded("releases.test cannot be reached");
    }
    expect(text()).toBe("[1/3] p1 1.0.0: not downloaded, releases.test cannot be reached\n");
  });
});
