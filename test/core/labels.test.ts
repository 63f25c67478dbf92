import { describe, expect, it } from "vitest";
import {
  labelFaults,
  labelKeyFaults,
  labelPrefix,
  labelValueFaults,
  managedLabels,
} from "../../components/core/labels.ts";

describe("managedLabels", () => {
  it("tells who manages the object, and lays the caller's labels on top", () => {
    expect(managedLabels({ app: "web" })).toEqual({
      "app.kubernetes.io/managed-by": "breakwater",
      app: "web",
    });
  });

  it("gives labels that Kubernetes accepts, also under our own prefix", () => {
    expect(labelFaults("labels", managedLabels({ [`${labelPrefix}/tenant`]: "payments" }))).toEqual([]);
  });
});

describe("labelKeyFaults", () => {
  it.each(["a", "A.b_c-d", "app.kubernetes.io/name", `${"a".repeat(253)}/x`, "x".repeat(63)])(
    "accepts %s",
    (key) => {
      expect(labelKeyFaults("labels", key)).toEqual([]);
    },
  );

  it.each([
    "",
    "-a",
    "a-",
    "a b",
    "/a",
    "a/",
    "a/b/c",
    "Upper.io/a",
    "a..b/c",
    `${"a".repeat(254)}/x`,
    "x".repeat(64),
  ])("refuses %j", (key) => {
    expect(labelKeyFaults("labels", key)).toMatchObject([
      { path: "labels", value: key, problem: "has a key that Kubernetes does not accept" },
    ]);
  });
});

describe("labelValueFaults", () => {
  it.each(["", "a", "A_1.b-c", "x".repeat(63)])("accepts %j", (value) => {
    expect(labelValueFaults("label", value)).toEqual([]);
  });

  it.each(["-", "a/b", "a b", "ü", "x".repeat(64)])("refuses %j", (value) => {
    expect(labelValueFaults("label", value)).toMatchObject([
      { path: "label", value, problem: "is not a label value" },
    ]);
  });
});

describe("labelFaults", () => {
  it("tells every bad key and value with its path", () => {
    const faults = labelFaults("args.labels", { "a b": "fine", team: "not fine", "x/y": "-" });
    expect(faults.map(({ path, value }) => [path, value])).toEqual([
      ["args.labels", "a b"],
      ["args.labels.team", "not fine"],
      ['args.labels["x/y"]', "-"],
    ]);
  });
});
