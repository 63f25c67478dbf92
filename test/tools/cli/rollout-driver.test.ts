import { describe, expect, it } from "vitest";
import { startRollout } from "../../../components/releases/rollout.ts";
import type { RolloutDefinition } from "../../../components/releases/rollout-definition.ts";
import type { RolloutEvent, RolloutState } from "../../../components/releases/rollout-state.ts";
import { driveRollout, type RolloutWork } from "../../../tools/cli/rollout-driver.ts";
import type { FiledRequest, RolloutRequest } from "../../../tools/cli/rollout-file.ts";

const versions = { lastGood: "revision 1", wanted: "v2" };

function definition(more: Partial<RolloutDefinition> = {}): RolloutDefinition {
  return { members: { a: versions, b: versions, c: versions }, waves: [["a"], ["b", "c"]], ...more };
}

/** A fleet on which every update succeeds, but for what a test says. */
class Fleet {
  readonly did: string[] = [];
  readonly printed: string[] = [];
  readonly saved: RolloutState[] = [];
  readonly interrupt = new AbortController();
  requests: FiledRequest[] = [];

  ask(...requests: RolloutRequest[]): void {
    this.requests.push(...requests.map((request) => ({ request, file: `${this.requests.length}` })));
  }

  drive(more: Partial<RolloutDefinition> = {}, work: Partial<RolloutWork> = {}): Promise<RolloutState> {
    return driveRollout(startRollout(definition(more), Date.now()), {
      release: "shop",
      files: {
        save: (state) => this.saved.push(state),
        requests: () => this.requests,
        forget: (taken) => {
          this.requests = this.requests.filter((request) => !taken.includes(request));
        },
      },
      work: {
        update: async (commands) => {
          const members = commands.map(({ member }) => member);
          expect(this.saved.at(-1)?.members).toMatchObject(
            Object.fromEntries(members.map((member) => [member, { progress: "updating" }])),
          );
          this.did.push(`update ${members.join(" ")}`);
          return members.map((member): RolloutEvent => ({ kind: "updated", member }));
        },
        restore: async (commands) => {
          this.did.push(...commands.map((command) => Object.values(command).join(" ")));
          return commands.map(({ member }): RolloutEvent => ({ kind: "rolled back", member }));
        },
        watch: async () => [],
        ...work,
      },
      print: (line) => this.printed.push(line),
      signal: this.interrupt.signal,
      patience: 1,
    });
  }
}

describe("a driver of a rollout", () => {
  it("updates wave by wave, the members of a wave in one go, and tells each step", async () => {
    const fleet = new Fleet();
    expect((await fleet.drive()).status).toBe("succeeded");
    expect(fleet.did).toEqual(["update a", "update b c"]);
    expect(fleet.saved.at(-1)?.status).toBe("succeeded");
    expect(fleet.printed).toEqual([
      "[wave 1/2] a: updating",
      "[wave 1/2] a: updated",
      "[wave 2/2] b: updating",
      "[wave 2/2] c: updating",
      "[wave 2/2] b: updated",
      "[wave 2/2] c: updated",
    ]);
  });

  it("returns what was touched to its own last good version when a wave fails", async () => {
    const fleet = new Fleet();
    const { status, members } = await fleet.drive(
      { onFailure: "rollback", waves: [["a"], ["b"], ["c"]] },
      {
        update: async ([command]) =>
          command?.member === "b"
            ? [{ kind: "failed", member: "b", reason: "no room" }]
            : [{ kind: "updated", member: command?.member ?? "" }],
      },
    );
    expect([status, members["c"]?.progress]).toEqual(["rolled back", "not reached"]);
    expect(fleet.did.sort()).toEqual(["rollback a revision 1", "rollback b revision 1"]);
    expect(fleet.printed).toContain("[wave 2/3] b: rolling back");
  });

  it("says how to approve a wave, and takes an approval that came early", async () => {
    const fleet = new Fleet();
    fleet.ask({ kind: "approve", wave: 2 });
    const ended = fleet.drive({ approveBefore: [1, 2] });
    fleet.ask({ kind: "approve", wave: 1 });
    expect((await ended).status).toBe("succeeded");
    expect(fleet.printed[0]).toBe("wave 1 waits for approval: breakwater rollout shop --approve 1");
    expect(fleet.requests).toEqual([]);
  });

  it("starts nothing while it is paused, and gives up when it is told to", async () => {
    const fleet = new Fleet();
    const { status } = await fleet.drive(
      {},
      {
        update: async () => {
          fleet.ask({ kind: "pause" });
          setImmediate(() => fleet.ask({ kind: "abort" }));
          return [{ kind: "updated", member: "a" }];
        },
      },
    );
    expect([status, fleet.did]).toEqual(["aborted", []]);
    expect(fleet.printed).toContain("nothing more starts; to go on: breakwater rollout shop --resume");
  });

  it("stops when a member does not stay healthy while its wave is watched", async () => {
    const fleet = new Fleet();
    const looks: [string[], boolean][] = [];
    const { status, reason } = await fleet.drive(
      { soakSeconds: 3600 },
      {
        watch: async (members, decides) => {
          looks.push([members, decides]);
          return looks.length === 1 ? [] : [{ kind: "failed", member: "a", reason: "gone" }];
        },
      },
    );
    expect([status, reason]).toEqual(["failed", "a failed (gone); none may fail"]);
    expect(looks).toEqual([
      [["a"], false],
      [["a"], false],
    ]);
    expect(fleet.did).toEqual(["update a"]);
  });

  it("leaves a rollout that can be resumed when its work breaks or it is interrupted", async () => {
    const fleet = new Fleet();
    await expect(fleet.drive({}, { update: () => Promise.reject(new Error("no engine")) })).rejects.toThrow(
      "no engine",
    );
    expect(fleet.saved.at(-1)).toMatchObject({
      status: "updating",
      members: { a: { progress: "updating" } },
    });
    const update = async () => {
      fleet.interrupt.abort();
      return [{ kind: "failed", member: "a", reason: "interrupted" } as const];
    };
    expect(await fleet.drive({}, { update })).toMatchObject({
      status: "updating",
      members: { a: { progress: "updating" } },
    });
  });
});
