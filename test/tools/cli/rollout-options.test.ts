import { describe, expect, it } from "vitest";
import { FaultsError } from "../../../components/core/errors.ts";
import { type RolloutOptions, rolloutDefinition } from "../../../tools/cli/rollout-options.ts";

const release = { members: { a: { wanted: "v2" }, b: { wanted: "v2" } }, waves: [["a"], ["b"]] };

function definition(options: RolloutOptions, source: "helm" | "manifests" = "helm") {
  return rolloutDefinition(release, source, options);
}

describe("the options of a rollout", () => {
  it("say nothing but what was typed", () => {
    expect(definition({})).toEqual(release);
    const typed = {
      soak: "30",
      approveBefore: ["2"],
      maxConcurrent: "3",
      failureBudget: "1",
      onFailure: "rollback",
    };
    expect(definition(typed)).toEqual({
      ...release,
      soakSeconds: 30,
      approveBefore: [2],
      maxConcurrent: 3,
      failureBudget: 1,
      onFailure: "rollback",
    });
  });

  it("read windows with short and long names of days, in UTC or by another clock", () => {
    expect(definition({ window: ["sat,sunday 22:00 240", " mon  06:30 60 +01:00"] }).windows).toEqual([
      { days: ["saturday", "sunday"], start: "22:00", minutes: 240 },
      { days: ["monday"], start: "06:30", minutes: 60, utcOffset: "+01:00" },
    ]);
  });

  it("are refused with every fault at once", () => {
    const wrong = () =>
      definition({ soak: "long", approveBefore: ["3"], onFailure: "rolback", window: ["satur 25:00"] });
    expect(wrong).toThrow(FaultsError);
    for (const fault of [
      "rollout.soakSeconds is out of range",
      "rollout.approveBefore[0] is out of range",
      "rollout.windows[0].days[0] is not known here",
      "rollout.windows[0].start is not a time of the day",
      "rollout.windows[0].minutes is out of range",
      'write:   "rollback"',
    ]) {
      expect(wrong).toThrow(fault);
    }
  });

  it("take no rollback for objects of which nobody keeps the last good version", () => {
    expect(() => definition({ onFailure: "rollback" }, "manifests")).toThrow("is for what Helm installs");
    expect(definition({ onFailure: "stop" }, "manifests").onFailure).toBe("stop");
  });
});
