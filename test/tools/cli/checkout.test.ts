import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkoutDirectory, copyCheckout, stateDirectory } from "../../../tools/cli/checkout.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the state folder", () => {
  it("is below the user's state folder and named after the checkout and its path", () => {
    vi.stubEnv("BREAKWATER_STATE", "");
    vi.stubEnv("XDG_STATE_HOME", "/states");
    expect(stateDirectory()).toMatch(/^\/states\/breakwater\/[^/]+-[0-9a-f]{8}$/);
  });

  it("is in ~/.local/state where the user names none", () => {
    vi.stubEnv("BREAKWATER_STATE", "");
    vi.stubEnv("XDG_STATE_HOME", "");
    vi.stubEnv("HOME", "/home/ada");
    expect(stateDirectory()).toMatch(/^\/home\/ada\/\.local\/state\/breakwater\//);
  });

  it("is the one that the shell names", () => {
    vi.stubEnv("BREAKWATER_STATE", "/elsewhere");
    expect(stateDirectory()).toBe("/elsewhere");
  });
});

describe("a copy of the checkout", () => {
  it("has the sources, shares the packages by links but runs its own command, and has nothing that git ignores", () => {
    const folder = mkdtempSync(join(tmpdir(), "breakwater-copy-"));
    try {
      copyCheckout(folder);
      expect(existsSync(join(folder, "stacks", "local.ts"))).toBe(true);
      expect(lstatSync(join(folder, "node_modules", "vitest")).isSymbolicLink()).toBe(true);
      expect(realpathSync(join(folder, "node_modules", ".bin", "breakwater"))).toBe(
        join(realpathSync(folder), "tools", "bootstrap.mjs"),
      );
      expect(existsSync(join(folder, "stacks", "config", "Pulumi.local.yaml"))).toBe(false);
      expect(existsSync(join(folder, ".git"))).toBe(false);
      expect(checkoutDirectory).not.toBe(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
