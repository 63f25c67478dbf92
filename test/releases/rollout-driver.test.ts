// How a rollout is driven: the loop that carries out its commands, tells what came of them, and survives a kill.
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isOver, resumeRollout, startRollout, step } from "../../components/releases/rollout.ts";
import type { RolloutDefinition } from "../../components/releases/rollout-definition.ts";
import type { RolloutCommand, RolloutEvent, RolloutState } from "../../components/releases/rollout-state.ts";

const noon = Date.parse("2026-11-24T12:00:00Z");
const versions = { lastGood: "v1", wanted: "v2" };

describe("a driver", () => {
  it("carries a rollout from a file through a kill to its end", async () => {
    const clock = { now: noon };
    const definition: RolloutDefinition = {
      members: { a: versions, b: versions, c: versions },
      waves: [["a"], ["b", "c"]],
      soakSeconds: 300,
      approveBefore: [2],
    };
    const file: { saved?: string } = {};
    const installed: Record<string, string> = { a: "v1", b: "v1", c: "v1" };

    /** What a driver of real clusters does with each command; the outcome is an event. */
    const carryOut = async (command: RolloutCommand): Promise<RolloutEvent[]> => {
      await nextTurn();
      switch (command.kind) {
        case "update":
          installed[command.member] = command.version;
          return [{ kind: "updated", member: command.member }];
        case "rollback":
          installed[command.member] = command.version;
          return [{ kind: "rolled back", member: command.member }];
        case "uninstall":
          delete installed[command.member];
          return [{ kind: "rolled back", member: command.member }];
        case "wait":
          if (command.for === "approval") return [{ kind: "approve", wave: command.wave }];
          if (command.for === "resume") return [{ kind: "resume" }];
          clock.now = command.until;
          return [];
      }
    };

    const drive = async (patience: number): Promise<RolloutState> => {
      let { state, commands } =
        file.saved === undefined
          ? startRollout(definition, clock.now)
          : resumeRollout(JSON.parse(file.saved), clock.now);
      for (let turn = 0; !isOver(state); turn++) {
        file.saved = JSON.stringify(state);
        if (turn === patience) return state;
        const events = await Promise.all(commands.map(carryOut));
        ({ state, commands } = step(state, events.flat(), clock.now));
      }
      return state;
    };

    // Killed when wave 2 was under way, before anybody knew what came of it.
    const killed = await drive(3);
    expect(killed.members).toMatchObject({ a: { progress: "updated" }, b: { progress: "updating" } });
    const end = await drive(100);
    expect([end.status, end.reason]).toEqual(["succeeded", "every member has the wanted version"]);
    expect(installed).toEqual({ a: "v2", b: "v2", c: "v2" });
    expect(clock.now).toBe(noon + 600_000);
  });
});
