// Rollouts of all kinds through worlds of all kinds: members fail and break, people pause and abort, drivers are
// killed. The world keeps its own books, so that what the rollout says of itself is never taken for granted.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextOpening } from "../../components/releases/maintenance-windows.ts";
import { isOver, resumeRollout, startRollout, step } from "../../components/releases/rollout.ts";
import { type RolloutDefinition, rolloutFaults } from "../../components/releases/rollout-definition.ts";
import type {
  MemberCommand,
  RolloutCommand,
  RolloutEvent,
  RolloutState,
  RolloutStep,
} from "../../components/releases/rollout-state.ts";

const begin = Date.parse("2026-11-24T12:00:00Z");

/** One thing that happens in a world; `pick` says to which member. */
interface Incident {
  kind: "answer" | "time" | "break" | "kill" | "pause" | "resume" | "abort" | "approve";
  pick: number;
}

/** What will come of the commands for each member. */
interface Fate {
  updates: boolean;
  returns: boolean;
}

interface Story {
  definition: RolloutDefinition;
  fates: Record<string, Fate>;
  incidents: Incident[];
}

/** What is true of a member, whatever the rollout thinks; `broken` is no version. */
type Truth = string | undefined;

/** A command that was given for the first time, and what was true just before. */
interface Start {
  command: MemberCommand;
  now: number;
  paused: boolean;
  running: string[];
  failed: string[];
  answeredAt: Map<string, number>;
}

class World {
  now = begin;
  paused = false;
  truth: Record<string, Truth>;
  /** Commands under way, by member. */
  running = new Map<string, MemberCommand>();
  failed = new Set<string>();
  /** Of waves, counted from 1. */
  approved = new Set<number>();
  /** When the last answer came from each member. */
  answeredAt = new Map<string, number>();
  starts: Start[] = [];
  waits: RolloutCommand[] = [];
  state: RolloutState;
  readonly story: Story;

  constructor(story: Story) {
    this.story = story;
    const { members } = story.definition;
    this.truth = Object.fromEntries(Object.entries(members).map(([name, { lastGood }]) => [name, lastGood]));
    const first = startRollout(story.definition, this.now);
    this.state = first.state;
    this.accept(first);
  }

  play(): void {
    for (const incident of this.story.incidents) this.suffer(incident);
    // From here on people are helpful and time goes on: the rollout must come to its end.
    const patience = 20 * Object.keys(this.truth).length + 20 * this.story.definition.waves.length + 20;
    for (let turn = 0; turn < patience && !isOver(this.state); turn++) {
      const wait = this.waits.at(-1);
      if (this.running.size > 0) this.suffer({ kind: "answer", pick: turn });
      else if (this.paused) this.suffer({ kind: "resume", pick: 0 });
      else if (wait?.kind === "wait" && wait.for === "approval") this.suffer({ kind: "approve", pick: 0 });
      else this.suffer({ kind: "time", pick: 0 });
    }
  }

  private suffer({ kind, pick }: Incident): void {
    const names = Object.keys(this.truth);
    const member = names[pick % names.length] ?? "";
    switch (kind) {
      case "answer":
        this.hear(this.answer([...this.running.values()][pick % this.running.size]));
        break;
      case "time":
        this.now = this.nextTime();
        this.hear([]);
        break;
      case "break":
        this.hear(this.breaks(member));
        break;
      case "kill":
        this.accept(resumeRollout(JSON.parse(JSON.stringify(this.state)), this.now), true);
        break;
      case "approve":
        this.approved.add(this.state.wave);
        this.hear([{ kind, wave: this.state.wave }]);
        break;
      case "pause":
      case "resume":
      case "abort":
        this.paused = kind === "pause" || (this.paused && kind === "abort");
        this.hear([{ kind }]);
        break;
    }
  }

  private nextTime(): number {
    const wait = this.waits.at(-1);
    const until = wait?.kind === "wait" && "until" in wait ? wait.until : 0;
    return Math.max(until, this.now + 60_000);
  }

  private answer(command: MemberCommand | undefined): RolloutEvent[] {
    if (command === undefined) return [];
    const { kind, member } = command;
    const fate = this.story.fates[member];
    this.running.delete(member);
    this.answeredAt.set(member, this.now);
    if (kind === "update" ? fate?.updates : fate?.returns) {
      this.failed.delete(member);
      this.truth[member] = kind === "uninstall" ? undefined : command.version;
      return [{ kind: kind === "update" ? "updated" : "rolled back", member }];
    }
    this.failed.add(member);
    this.truth[member] = "broken";
    return [{ kind: "failed", member, reason: `${kind} does not work` }];
  }

  /** A member that was updated breaks by itself. */
  private breaks(member: string): RolloutEvent[] {
    const wanted = this.story.definition.members[member]?.wanted;
    const isUpdated =
      this.starts.some(({ command }) => command.member === member) && !this.running.has(member);
    if (!isUpdated || this.truth[member] !== wanted || isOver(this.state)) return [];
    this.failed.add(member);
    this.truth[member] = "broken";
    return [{ kind: "failed", member, reason: "broke" }];
  }

  private hear(events: RolloutEvent[]): void {
    this.accept(step(this.state, events, this.now));
  }

  /** After a kill a command that runs may be given again: to carry it out once more changes nothing. */
  private accept({ state, commands }: RolloutStep, killed = false): void {
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    this.waits = commands.filter(({ kind }) => kind === "wait");
    expect(this.waits.length).toBeLessThanOrEqual(1);
    const given = commands.filter((command) => command.kind !== "wait");
    const again = given.filter((command) => killed && this.running.has(command.member));
    for (const command of again) expect(command).toEqual(this.running.get(command.member));
    if (killed) expect(again).toHaveLength(this.running.size);
    for (const command of given.filter((one) => !again.includes(one))) {
      const [running, failed] = [[...this.running.keys()], [...this.failed]];
      const { now, paused } = this;
      this.starts.push({ command, now, paused, running, failed, answeredAt: new Map(this.answeredAt) });
      this.running.set(command.member, command);
    }
    this.state = state;
  }
}

const names = ["a", "b", "c", "d", "e", "f"];

const definitions: fc.Arbitrary<RolloutDefinition> = fc
  .record({
    members: fc.array(fc.tuple(fc.constantFrom("v1", "v2", undefined), fc.nat(2)), {
      minLength: 1,
      maxLength: names.length,
    }),
    maxConcurrent: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    maxUnavailable: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    budget: fc.nat(3),
    soakSeconds: fc.option(fc.constantFrom(0, 30, 7200), { nil: undefined }),
    gates: fc.subarray([1, 2, 3]),
    windows: fc.option(
      fc.constantFrom<RolloutDefinition["windows"]>(
        [{ days: ["tuesday"], start: "12:00", minutes: 1 }],
        [{ days: ["monday", "tuesday", "friday"], start: "22:00", minutes: 180, utcOffset: "+02:00" }],
      ),
      { nil: undefined },
    ),
    onFailure: fc.constantFrom<"stop" | "rollback" | undefined>("stop", "rollback", undefined),
  })
  .map(({ members, budget, gates, maxUnavailable, ...more }) => {
    const placed = members.map(([lastGood, wave], index) => ({ name: names[index] ?? "", lastGood, wave }));
    const waves = [0, 1, 2]
      .map((number) => placed.filter(({ wave }) => wave === number).map(({ name }) => name))
      .filter((wave) => wave.length > 0);
    const definition: RolloutDefinition = {
      members: Object.fromEntries(
        placed.map(({ name, lastGood }) => [
          name,
          lastGood === undefined ? { wanted: "v2" } : { lastGood, wanted: "v2" },
        ]),
      ),
      waves,
      maxUnavailable,
      failureBudget: Math.min(budget, (maxUnavailable ?? 9) - 1),
      approveBefore: gates.filter((wave) => wave <= waves.length),
      ...more,
    };
    return JSON.parse(JSON.stringify(definition)) as RolloutDefinition;
  });

const incidents = (...rare: Incident["kind"][]) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom<Incident["kind"]>("answer", "answer", "answer", "time", "kill", ...rare),
      pick: fc.nat(99),
    }),
    { maxLength: 30 },
  );

const chance = (percent: number) => fc.nat(99).map((roll) => roll < percent);

const stories = (happening: fc.Arbitrary<Incident[]>) =>
  fc.record({
    definition: definitions,
    fates: fc
      .tuple(...names.map(() => fc.record({ updates: chance(75), returns: chance(80) })))
      .map((fates) => Object.fromEntries(fates.map((fate, index) => [names[index] ?? "", fate]))),
    incidents: happening,
  });

const anyStory = stories(incidents("break", "pause", "resume", "abort", "approve", "approve"));
const quietStory = stories(incidents("pause", "resume", "approve", "approve"));

/** Plays a story to its end, and hands over the world as it is then. */
function always(told: fc.Arbitrary<Story>, claim: (world: World) => void): void {
  fc.assert(
    fc.property(told, (story) => {
      expect(rolloutFaults("rollout", story.definition)).toEqual([]);
      const world = new World(story);
      world.play();
      claim(world);
    }),
    { numRuns: 400 },
  );
}

describe("whatever happens, a rollout", () => {
  it("comes to its end, with nothing under way and a reason", () => {
    always(anyStory, ({ state, running }) => {
      expect(isOver(state)).toBe(true);
      expect(running.size).toBe(0);
      expect(state.reason).not.toBe("");
    });
  });

  it("never starts a member that would make too many unavailable, or too many at once", () => {
    always(anyStory, ({ starts, story: { definition } }) => {
      const { maxUnavailable = Number.POSITIVE_INFINITY, maxConcurrent = Number.POSITIVE_INFINITY } =
        definition;
      for (const { command, running, failed } of starts) {
        const unavailable = new Set([...running, ...failed]);
        expect(running.length + 1).toBeLessThanOrEqual(maxConcurrent);
        // To roll a failed member back makes nobody unavailable who was not.
        if (unavailable.has(command.member)) continue;
        expect(unavailable.size + 1).toBeLessThanOrEqual(maxUnavailable);
      }
    });
  });

  it("starts nothing outside of its windows, while it is paused, or in a wave that nobody approved", () => {
    always(anyStory, ({ starts, approved, story: { definition } }) => {
      for (const { command, now, paused } of starts) {
        expect(nextOpening(definition.windows ?? [], now)).toBe(now);
        expect(paused).toBe(false);
        const wave = waveOf(definition, command.member);
        if (command.kind !== "update" || !definition.approveBefore?.includes(wave)) continue;
        expect(approved).toContain(wave);
      }
    });
  });

  it("updates a member when every wave before is done and watched, and no more have failed than may", () => {
    always(anyStory, ({ starts, story: { definition } }) => {
      const { soakSeconds = 0, failureBudget = 0, waves } = definition;
      for (const { command, now, failed, answeredAt } of starts) {
        if (command.kind !== "update") continue;
        const before = waves.slice(0, waveOf(definition, command.member) - 1).flat();
        const asked = before.filter((name) => definition.members[name]?.lastGood !== "v2");
        for (const name of asked) {
          const answered = answeredAt.get(name) ?? Number.POSITIVE_INFINITY;
          expect(now).toBeGreaterThanOrEqual(answered + soakSeconds * 1000);
        }
        expect(failed.length).toBeLessThanOrEqual(failureBudget);
      }
    });
  });

  it("asks for one update and one return of a member at most, and leaves alone what it need not touch", () => {
    always(anyStory, ({ starts, state, truth, story: { definition } }) => {
      for (const [name, { lastGood, wanted }] of Object.entries(definition.members)) {
        const kinds = starts
          .filter(({ command }) => command.member === name)
          .map(({ command }) => command.kind);
        const back = lastGood === undefined ? "uninstall" : "rollback";
        expect([[], ["update"], ["update", back]]).toContainEqual(kinds);
        if (lastGood === wanted) expect(kinds).toEqual([]);
        const { progress } = state.members[name] ?? {};
        expect(kinds.length === 0).toBe(progress === "unchanged" || progress === "not reached");
        if (kinds.length === 0) expect(truth[name]).toBe(lastGood);
      }
    });
  });

  it("tells of every member at its end what is true of it", () => {
    always(anyStory, ({ state, truth, story: { definition } }) => {
      for (const [name, { progress, reason }] of Object.entries(state.members)) {
        const { lastGood, wanted } = definition.members[name] ?? {};
        const claims = {
          unchanged: wanted,
          "not reached": lastGood,
          updated: wanted,
          failed: "broken",
          "rolled back": lastGood,
          "rollback failed": "broken",
        };
        expect(Object.keys(claims)).toContain(progress);
        expect(truth[name]).toBe(claims[progress as keyof typeof claims]);
        if (truth[name] === "broken") expect(reason).toBeTypeOf("string");
      }
    });
  });

  it("that says it is rolled back has every member on exactly what it was", () => {
    always(anyStory, ({ state, truth, story: { definition } }) => {
      if (state.status !== "rolled back") return;
      const before = Object.entries(definition.members).map(([name, { lastGood }]) => [name, lastGood]);
      expect(truth).toEqual(Object.fromEntries(before));
    });
  });

  it("that says it has succeeded has every member on the wanted version, but for the failures that may be", () => {
    always(anyStory, ({ state, truth, failed, story: { definition } }) => {
      if (state.status !== "succeeded") return;
      const others = Object.values(truth).filter((version) => version !== "v2");
      expect(others).toHaveLength(failed.size);
      expect(failed.size).toBeLessThanOrEqual(definition.failureBudget ?? 0);
    });
  });

  it("is the same through kills as without them", () => {
    always(quietStory, ({ story, state, truth, now }) => {
      const incidents = story.incidents.filter(({ kind }) => kind !== "kill");
      const undisturbed = new World({ ...story, incidents });
      undisturbed.play();
      expect(undisturbed.state).toEqual(state);
      expect([undisturbed.truth, undisturbed.now]).toEqual([truth, now]);
    });
  });

  it("ends rolled back when it fails and every return works", () => {
    const onlyReturns = quietStory.map(({ definition, fates, incidents }) => ({
      definition: { ...definition, onFailure: "rollback" as const },
      fates: Object.fromEntries(
        Object.entries(fates).map(([name, fate]) => [name, { ...fate, returns: true }]),
      ),
      incidents,
    }));
    always(onlyReturns, ({ state, story: { definition } }) => {
      expect(state.status).toBeOneOf(["succeeded", "rolled back"]);
      const failures = Object.values(state.members).filter(({ reason }) => reason !== undefined);
      const tooMany = failures.length > (definition.failureBudget ?? 0);
      expect(state.status === "rolled back").toBe(tooMany);
    });
  });
});

/** The wave of a member, counted from 1. */
function waveOf({ waves }: RolloutDefinition, member: string): number {
  return waves.findIndex((wave) => wave.includes(member)) + 1;
}
