import { describe, expect, it } from "vitest";
import { isOver, resumeRollout, startRollout, step } from "../../components/releases/rollout.ts";
import type { RolloutDefinition } from "../../components/releases/rollout-definition.ts";
import type { MemberCommand, RolloutEvent, RolloutStep } from "../../components/releases/rollout-state.ts";

// 2026-11-24 is a Tuesday.
const noon = Date.parse("2026-11-24T12:00:00Z");
const seconds = (count: number) => count * 1000;

describe("a rollout in which all goes well", () => {
  it("updates the members wave by wave, each wave when the one before is healthy", () => {
    const rollout = start({ waves: [["a"], ["b", "c"]] });
    expect(rollout.commands).toEqual([update("a")]);
    expect(rollout.tell(updated("a"))).toEqual([update("b"), update("c")]);
    expect(rollout.tell(updated("c"))).toEqual([]);
    expect(rollout.tell(updated("b"))).toEqual([]);
    expect(rollout.end()).toEqual(["succeeded", "every member has the wanted version"]);
    expect(rollout.progress()).toEqual({ a: "updated", b: "updated", c: "updated" });
  });

  it("leaves members alone that have the wanted version, and passes over waves and gates of them alone", () => {
    const members = { a: { lastGood: "v2", wanted: "v2" }, b: { lastGood: "v1", wanted: "v2" } };
    const rollout = start({ members, waves: [["a"], ["b"]], approveBefore: [1], soakSeconds: 60 });
    expect(rollout.commands).toEqual([update("b")]);
    expect(rollout.state.wave).toBe(2);
    rollout.tell(updated("b"));
    rollout.after(60);
    expect(rollout.progress()).toEqual({ a: "unchanged", b: "updated" });
  });

  it("has nothing to do when all have the wanted version", () => {
    const rollout = start({ members: { a: { lastGood: "v2", wanted: "v2" } }, waves: [["a"]] });
    expect(rollout.commands).toEqual([]);
    expect(rollout.end()).toEqual(["succeeded", "every member had the wanted version already"]);
  });

  it("gives every member its own version", () => {
    const members = { a: { wanted: "a2" }, b: { wanted: "b2" } };
    expect(start({ members, waves: [["a", "b"]] }).commands).toEqual([
      { kind: "update", member: "a", version: "a2" },
      { kind: "update", member: "b", version: "b2" },
    ]);
  });

  it("works on no more members at once than it may, in the order of the wave", () => {
    const rollout = start({ waves: [["c", "a", "b"]], maxConcurrent: 2 });
    expect(rollout.commands).toEqual([update("c"), update("a")]);
    expect(rollout.tell(updated("a"))).toEqual([update("b")]);
  });

  it("hears of several members at once before it decides", () => {
    const rollout = start({ waves: [["a", "b", "c"]], maxConcurrent: 2 });
    expect(rollout.tell(updated("a"), failed("b"))).toEqual([]);
    expect(rollout.progress()).toEqual({ a: "updated", b: "failed", c: "not reached" });
  });
});

describe("a wave is watched", () => {
  it("before the next one starts, and the last one before the end", () => {
    const rollout = start({ waves: [["a"], ["b"]], soakSeconds: 600 });
    expect(rollout.tell(updated("a"))).toEqual([{ kind: "wait", for: "soak", until: noon + seconds(600) }]);
    expect(rollout.after(599)).toEqual([{ kind: "wait", for: "soak", until: noon + seconds(600) }]);
    expect(rollout.after(1)).toEqual([update("b")]);
    expect(rollout.tell(updated("b"))).toEqual([{ kind: "wait", for: "soak", until: noon + seconds(1200) }]);
    rollout.after(600);
    expect(rollout.end()[0]).toBe("succeeded");
  });

  it("and fails when a member is not healthy any more", () => {
    const rollout = start({ waves: [["a"], ["b"]], soakSeconds: 600 });
    rollout.tell(updated("a"));
    expect(rollout.tell(failed("a", "restarts"))).toEqual([]);
    expect(rollout.end()).toEqual(["failed", "a failed (restarts); none may fail"]);
    expect(rollout.progress()).toEqual({ a: "failed", b: "not reached" });
  });
});

describe("a gate", () => {
  it("keeps its wave back until it is approved, after the wave before was watched", () => {
    const rollout = start({ waves: [["a"], ["b"]], approveBefore: [2], soakSeconds: 10 });
    rollout.tell(updated("a"));
    expect(rollout.after(10)).toEqual([{ kind: "wait", for: "approval", wave: 2 }]);
    expect(rollout.tell({ kind: "approve", wave: 2 })).toEqual([update("b")]);
  });

  it("is not opened by the approval of another wave, or by one that comes too early", () => {
    const rollout = start({ waves: [["a"], ["b"]], approveBefore: [1, 2] });
    expect(rollout.commands).toEqual([{ kind: "wait", for: "approval", wave: 1 }]);
    expect(rollout.tell({ kind: "approve", wave: 2 })).toEqual(rollout.commands);
    expect(rollout.tell({ kind: "approve", wave: 1 })).toEqual([update("a")]);
    rollout.tell({ kind: "approve", wave: 2 });
    expect(rollout.tell(updated("a"))).toEqual([{ kind: "wait", for: "approval", wave: 2 }]);
  });
});

describe("outside of the maintenance windows", () => {
  const windows: RolloutDefinition["windows"] = [{ days: ["tuesday"], start: "12:30", minutes: 30 }];

  it("nothing starts, and what runs ends", () => {
    const rollout = start({ waves: [["a", "b"]], windows, maxConcurrent: 1 });
    expect(rollout.commands).toEqual([{ kind: "wait", for: "window", until: noon + seconds(1800) }]);
    expect(rollout.after(1800)).toEqual([update("a")]);
    rollout.after(1800);
    const nextWeek = noon + seconds(1800 + 7 * 24 * 3600);
    expect(rollout.tell(updated("a"))).toEqual([{ kind: "wait", for: "window", until: nextWeek }]);
    expect(rollout.progress()).toEqual({ a: "updated", b: "not reached" });
  });

  it("nothing is rolled back either", () => {
    const rollout = start({ waves: [["a"]], windows, onFailure: "rollback" });
    rollout.after(1800);
    rollout.after(1800);
    expect(rollout.tell(failed("a"))).toMatchObject([{ kind: "wait", for: "window" }]);
    expect(rollout.state.status).toBe("rolling back");
  });
});

describe("a pause", () => {
  it("lets what runs end and starts nothing until it is over", () => {
    const rollout = start({ waves: [["a"], ["b"]] });
    expect(rollout.tell({ kind: "pause" })).toEqual([]);
    expect(rollout.tell(updated("a"))).toEqual([{ kind: "wait", for: "resume" }]);
    expect(rollout.after(3600)).toEqual([{ kind: "wait", for: "resume" }]);
    expect(rollout.tell({ kind: "resume" })).toEqual([update("b")]);
  });
});

describe("an abort", () => {
  it("lets what runs end and leaves everything as it is", () => {
    const rollout = start({ waves: [["a", "b", "c"]], maxConcurrent: 2, onFailure: "rollback" });
    expect(rollout.tell({ kind: "abort" })).toEqual([]);
    expect(rollout.state.status).toBe("aborting");
    expect(rollout.tell(updated("a"))).toEqual([]);
    expect(rollout.tell(failed("b", "timed out"))).toEqual([]);
    expect(rollout.end()).toEqual(["aborted", "aborted in wave 1"]);
    expect(rollout.state.members).toEqual({
      a: { progress: "updated" },
      b: { progress: "failed", reason: "timed out" },
      c: { progress: "not reached" },
    });
  });

  it("ends at once when nothing runs, paused or not", () => {
    const rollout = start({ waves: [["a"]], approveBefore: [1] });
    rollout.tell({ kind: "pause" }, { kind: "abort" });
    expect(rollout.end()[0]).toBe("aborted");
  });

  it("stops members from being rolled back, and keeps saying why they were", () => {
    const rollout = start({ waves: [["a", "b"]], onFailure: "rollback", maxConcurrent: 1 });
    rollout.tell(updated("a"));
    expect(rollout.tell(failed("b", "x"))).toEqual([rollback("b")]);
    rollout.tell({ kind: "abort" });
    rollout.tell({ kind: "rolled back", member: "b" });
    expect(rollout.end()).toEqual([
      "aborted",
      "b failed (x); none may fail; aborted while members were rolled back",
    ]);
    expect(rollout.progress()).toEqual({ a: "updated", b: "rolled back" });
  });
});

describe("a failure", () => {
  it("stops the waves that follow", () => {
    const rollout = start({ waves: [["a", "b"], ["c"]] });
    expect(rollout.tell(failed("a", "image not found"))).toEqual([]);
    expect(rollout.state.status).toBe("failing");
    rollout.tell(updated("b"));
    expect(rollout.end()).toEqual(["failed", "a failed (image not found); none may fail"]);
    expect(rollout.progress()).toEqual({ a: "failed", b: "updated", c: "not reached" });
  });

  it("within the budget is told and stops nothing", () => {
    const rollout = start({ waves: [["a", "b"], ["c"]], failureBudget: 1 });
    rollout.tell(failed("a", "no node"));
    expect(rollout.tell(updated("b"))).toEqual([update("c")]);
    rollout.tell(updated("c"));
    expect(rollout.end()).toEqual(["succeeded", "a failed (no node); 1 may fail"]);
    expect(rollout.progress()).toEqual({ a: "failed", b: "updated", c: "updated" });
  });

  it("makes its member unavailable, which leaves room for less", () => {
    const rollout = start({ waves: [["a", "b", "c", "d"]], failureBudget: 1, maxUnavailable: 2 });
    expect(rollout.commands).toEqual([update("a"), update("b")]);
    expect(rollout.tell(failed("a"))).toEqual([]);
    expect(rollout.tell(updated("b"))).toEqual([update("c")]);
    expect(rollout.tell(updated("c"))).toEqual([update("d")]);
  });
});

describe("the return to the last good version", () => {
  const onFailure = "rollback";

  it("is for every member that was touched: the failed ones first, then the last ones", () => {
    const rollout = start({ waves: [["a", "b"], ["c", "d"], ["e"]], onFailure, maxConcurrent: 2 });
    rollout.tell(updated("a"), updated("b"));
    expect(rollout.tell(failed("c", "x"))).toEqual([rollback("c")]);
    expect(rollout.tell(updated("d"))).toEqual([rollback("d")]);
    expect(rollout.tell({ kind: "rolled back", member: "c" })).toEqual([rollback("b")]);
    expect(rollout.tell({ kind: "rolled back", member: "d" })).toEqual([rollback("a")]);
    rollout.tell({ kind: "rolled back", member: "a" }, { kind: "rolled back", member: "b" });
    expect(rollout.end()).toEqual([
      "rolled back",
      "c failed (x); none may fail; every member that was touched is back",
    ]);
    expect(rollout.progress()).toEqual({
      a: "rolled back",
      b: "rolled back",
      c: "rolled back",
      d: "rolled back",
      e: "not reached",
    });
    expect(rollout.state.members["c"]?.reason).toBe("x");
  });

  it("uninstalls a member that had no version", () => {
    const members = { a: { wanted: "v2" } };
    const rollout = start({ members, waves: [["a"]], onFailure });
    expect(rollout.tell(failed("a"))).toEqual([{ kind: "uninstall", member: "a" }]);
    rollout.tell({ kind: "rolled back", member: "a" });
    expect(rollout.end()[0]).toBe("rolled back");
  });

  it("goes on with the others when it fails for one, and tells that", () => {
    const rollout = start({ waves: [["a", "b"]], onFailure });
    rollout.tell(updated("a"));
    expect(rollout.tell(failed("b", "x"))).toEqual([rollback("b"), rollback("a")]);
    rollout.tell(failed("b", "still x"));
    rollout.tell({ kind: "rolled back", member: "a" });
    expect(rollout.end()).toEqual([
      "failed",
      "b failed (x); none may fail; not back: b rollback failed (still x)",
    ]);
    expect(rollout.progress()).toEqual({ a: "rolled back", b: "rollback failed" });
  });

  it("leaves a healthy member as it is where it would make too many unavailable", () => {
    const rollout = start({ waves: [["a", "b"]], onFailure, maxUnavailable: 1 });
    rollout.tell(updated("a"));
    expect(rollout.tell(failed("b", "x"))).toEqual([rollback("b")]);
    expect(rollout.tell(failed("b", "y"))).toEqual([]);
    expect(rollout.end()).toEqual([
      "failed",
      "b failed (x); none may fail; not back: a stays updated (no more may be unavailable), b rollback failed (y)",
    ]);
  });
});

describe("a driver that was killed", () => {
  it("is given again what it does not know the outcome of, and only that", () => {
    const rollout = start({ waves: [["a", "b", "c"]], maxConcurrent: 2 });
    rollout.tell(updated("a"));
    const resumed = resumeRollout(JSON.parse(JSON.stringify(rollout.state)), noon);
    expect(resumed).toEqual({ state: rollout.state, commands: [update("b"), update("c")] });
  });

  it("is told again what the rollout waits for", () => {
    const rollout = start({ waves: [["a"], ["b"]], soakSeconds: 60 });
    rollout.tell(updated("a"));
    const resumed = resumeRollout(JSON.parse(JSON.stringify(rollout.state)), noon + seconds(10));
    expect(resumed.commands).toEqual([{ kind: "wait", for: "soak", until: noon + seconds(60) }]);
  });

  it("is given nothing after the end", () => {
    const rollout = start({ waves: [["a"]] });
    rollout.tell(updated("a"));
    expect(resumeRollout(rollout.state, noon)).toEqual({ state: rollout.state, commands: [] });
  });
});

describe("what does not fit", () => {
  it.each<[string, RolloutEvent]>([
    ["the answer of a member that was not asked", updated("c")],
    ["the answer of a stranger", failed("mars")],
    ["a rollback that was not asked for", { kind: "rolled back", member: "b" }],
    ["a second answer", updated("a")],
  ])("changes nothing: %s", (_, event) => {
    const rollout = start({ waves: [["a", "b"], ["c"]] });
    rollout.tell(updated("a"));
    const before = structuredClone(rollout.state);
    expect(rollout.tell(event)).toEqual([]);
    expect(rollout.state).toEqual(before);
  });

  it("changes nothing after the end", () => {
    const rollout = start({ waves: [["a"]] });
    rollout.tell(updated("a"));
    const before = structuredClone(rollout.state);
    expect(rollout.tell(failed("a"), { kind: "abort" }, { kind: "pause" })).toEqual([]);
    expect(rollout.state).toEqual(before);
  });
});

function define(more: Partial<RolloutDefinition> & Pick<RolloutDefinition, "waves">): RolloutDefinition {
  const names = more.waves.flat();
  const members = Object.fromEntries(names.map((name) => [name, { lastGood: "v1", wanted: "v2" }]));
  return { members, ...more };
}

/** A rollout under a clock that stands until it is moved. */
function start(more: Parameters<typeof define>[0]) {
  let now = noon;
  let current: RolloutStep = startRollout(define(more), now);
  const go = (events: RolloutEvent[]) => {
    current = step(current.state, events, now);
    return current.commands;
  };
  return {
    commands: current.commands,
    get state() {
      return current.state;
    },
    tell: (...events: RolloutEvent[]) => go(events),
    after: (count: number) => {
      now += seconds(count);
      return go([]);
    },
    end: () => {
      expect(isOver(current.state)).toBe(true);
      return [current.state.status, current.state.reason];
    },
    progress: () =>
      Object.fromEntries(
        Object.entries(current.state.members).map(([name, { progress }]) => [name, progress]),
      ),
  };
}

function update(member: string): MemberCommand {
  return { kind: "update", member, version: "v2" };
}

function rollback(member: string): MemberCommand {
  return { kind: "rollback", member, version: "v1" };
}

function updated(member: string): RolloutEvent {
  return { kind: "updated", member };
}

function failed(member: string, reason = "broken"): RolloutEvent {
  return { kind: "failed", member, reason };
}
