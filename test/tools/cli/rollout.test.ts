import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startRollout } from "../../../components/releases/rollout.ts";
import { rollout } from "../../../tools/cli/rollout.ts";
import { RolloutFiles } from "../../../tools/cli/rollout-file.ts";

let state: string;
let files: RolloutFiles;
let printed: string[];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "breakwater-test-"));
  vi.stubEnv("BREAKWATER_STATE", state);
  files = new RolloutFiles(join(state, "rollouts", "local"), "shop");
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => printed.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const local = { environment: "local" };

/** A rollout that was killed while it updated its first member. */
function killedRollout(): void {
  const members = { a: { lastGood: "revision 1", wanted: "v2" }, b: { wanted: "v2" } };
  files.save(startRollout({ members, waves: [["a"], ["b"]] }, 0).state);
}

describe("what is asked of a rollout", () => {
  it("is refused when none is under way", async () => {
    await expect(rollout("shop", { ...local, pause: true })).rejects.toThrow(
      "no rollout of shop is under way",
    );
    await rollout("shop", { ...local, status: true });
    expect(printed).toEqual(["shop was never rolled out."]);
  });

  it("lies there for its driver", async () => {
    killedRollout();
    await files.drive(() => rollout("shop", { ...local, approve: "2" }));
    await rollout("shop", { ...local, resume: true });
    expect(printed).toEqual([`approve: left for process ${process.pid}`, "resume: left for the next driver"]);
    const requests = files.requests().map(({ request }) => request);
    expect(requests).toEqual([{ kind: "approve", wave: 2 }, { kind: "resume" }]);
  });

  it("is refused when it approves what is no wave", async () => {
    killedRollout();
    await expect(rollout("shop", { ...local, approve: "two" })).rejects.toThrow(
      '"two" is no number of a wave',
    );
  });

  it("ends at once a rollout that nobody drives, and tells what is not known", async () => {
    killedRollout();
    await rollout("shop", { ...local, status: true });
    await rollout("shop", { ...local, abort: true });
    expect(files.read()?.status).toBe("aborted");
    expect(printed.join("\n")).toBe(
      [
        "[wave 1/2] a: updating",
        "[wave 2/2] b: not reached",
        "shop: updating",
        "nobody drives it; to go on: breakwater rollout shop",
        "[wave 1/2] a: failed: what came of it is not known",
        "[wave 2/2] b: not reached",
        "shop: aborted: aborted in wave 1",
      ].join("\n"),
    );
  });
});
