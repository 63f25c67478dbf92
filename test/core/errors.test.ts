import { describe, expect, it } from "vitest";
import { FaultsError, keyPath } from "../../components/core/errors.ts";

describe("FaultsError", () => {
  it("tells every fault with path, value, what is allowed and what to write", () => {
    const { message } = new FaultsError([
      { path: "a.cpu", value: "4GB", problem: "is not a quantity", allowed: "a number", instead: '"4G"' },
      { path: "b", problem: "is missing", allowed: "a word" },
    ]);
    expect(message).toBe(
      [
        "2 faults found; nothing was changed.",
        '  a.cpu is not a quantity\n    given:   "4GB"\n    allowed: a number\n    write:   "4G"',
        "  b is missing\n    allowed: a word",
      ].join("\n\n"),
    );
  });
});

describe("keyPath", () => {
  it("writes a path as the caller would", () => {
    expect(keyPath("args", "cpu")).toBe("args.cpu");
    expect(keyPath("args.members", "eu-1")).toBe('args.members["eu-1"]');
  });
});
