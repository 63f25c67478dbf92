import { describe, expect, it } from "vitest";
import type { MaintenanceWindow } from "../../components/releases/maintenance-windows.ts";
import { type RolloutDefinition, rolloutFaults } from "../../components/releases/rollout-definition.ts";

const versions = { lastGood: "v1", wanted: "v2" };
const definition: RolloutDefinition = {
  members: { "eu-1": versions, "us-1": { wanted: "v2" } },
  waves: [["eu-1"], ["us-1"]],
};
const window: MaintenanceWindow = { days: ["sunday"], start: "02:00", minutes: 120 };
const faults = (more: Partial<RolloutDefinition>) => rolloutFaults("rollout", { ...definition, ...more });

describe("rolloutFaults", () => {
  it.each<[string, Partial<RolloutDefinition>]>([
    ["says no more than it must", {}],
    [
      "says everything",
      {
        maxConcurrent: 2,
        maxUnavailable: 2,
        failureBudget: 1,
        soakSeconds: 604_800,
        approveBefore: [1, 2],
        windows: [window, { ...window, utcOffset: "-03:30" }],
        onFailure: "rollback",
      },
    ],
    ["may lose every member", { failureBudget: 1000 }],
    ["has nothing to do", { members: {}, waves: [] }],
  ])("finds nothing in a definition that %s", (...[, more]) => {
    expect(faults(more)).toEqual([]);
  });

  it.each<[string, Partial<RolloutDefinition>, string, string]>([
    ["a stranger in a wave", { waves: [["eu-1", "us-1", "us-11"]] }, "waves[0][2]", "is not known here"],
    ["a member in two waves", { waves: [["eu-1"], ["us-1", "eu-1"]] }, "waves[1][1]", "is in two waves"],
    ["a member in no wave", { waves: [["eu-1"]] }, 'members["us-1"]', "is in no wave"],
    ["room for nobody", { maxConcurrent: 0 }, "maxConcurrent", "is out of range"],
    ["nobody who may be unavailable", { maxUnavailable: 0 }, "maxUnavailable", "is out of range"],
    ["less than no failures", { failureBudget: -1 }, "failureBudget", "is out of range"],
    [
      "failures that leave no room",
      { maxUnavailable: 2, failureBudget: 2 },
      "failureBudget",
      "leaves no member that may be updated when so many have failed",
    ],
    ["time that runs back", { soakSeconds: -1 }, "soakSeconds", "is out of range"],
    ["time without end", { soakSeconds: Number.POSITIVE_INFINITY }, "soakSeconds", "is out of range"],
    ["approval of no wave", { approveBefore: [1, 3] }, "approveBefore[1]", "is out of range"],
    [
      "another reaction",
      { onFailure: "undo" as RolloutDefinition["onFailure"] },
      "onFailure",
      "is not known here",
    ],
    ["a window on no day", { windows: [{ ...window, days: [] }] }, "windows[0].days", "is empty"],
    [
      "a window at no time",
      { windows: [window, { ...window, start: "2:00" }] },
      "windows[1].start",
      "is not a time of the day",
    ],
    [
      "a window of no length",
      { windows: [{ ...window, minutes: 0 }] },
      "windows[0].minutes",
      "is out of range",
    ],
    [
      "a window of days",
      { windows: [{ ...window, minutes: 1441 }] },
      "windows[0].minutes",
      "is out of range",
    ],
    [
      "a window by the clock of a place",
      { windows: [{ ...window, utcOffset: "Europe/Berlin" }] },
      "windows[0].utcOffset",
      "is not a distance from UTC",
    ],
  ])("finds %s", (...[, more, path, problem]) => {
    expect(faults(more).map((fault) => [fault.path, fault.problem])).toEqual([[`rollout.${path}`, problem]]);
  });

  it("tells the word that was meant", () => {
    const days = ["sundays"] as unknown as MaintenanceWindow["days"];
    expect(faults({ windows: [{ ...window, days }] })).toEqual([
      {
        path: "rollout.windows[0].days[0]",
        value: "sundays",
        problem: "is not known here",
        allowed: "sunday, monday, tuesday, wednesday, thursday, friday, saturday",
        instead: '"sunday"',
      },
    ]);
  });

  it("tells all of it at once", () => {
    const paths = faults({ maxConcurrent: 0, soakSeconds: 0.5, approveBefore: [0], waves: [[]] }).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      'rollout.members["eu-1"]',
      'rollout.members["us-1"]',
      "rollout.maxConcurrent",
      "rollout.soakSeconds",
      "rollout.approveBefore[0]",
    ]);
  });
});
