import { describe, expect, it } from "vitest";
import { nearest } from "../../components/core/nearest.ts";

describe("nearest", () => {
  it.each([
    ["replica", ["image", "replicas"], "replicas"],
    ["eu-2", ["us-1", "eu-1"], "eu-1"],
    ["exact", ["exact", "exactly"], "exact"],
    ["moon", ["eu-1", "us-1"], undefined],
    ["x", [], undefined],
  ])("to %s among %j is %s", (given, allowed, expected) => {
    expect(nearest(given, allowed)).toBe(expected);
  });
});
