// `check`, `test` and `golden`: the project's own quality gates, each a list of programs.
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { ensureToolchain } from "../toolchain/toolchain.ts";
import { checkoutDirectory } from "./checkout.ts";

const vitest = ["vitest", "run", "--config", ".vitest.config.ts"];

const checks: string[][] = [
  ["biome", "ci", "."],
  ["tsc", "-p", "."],
  ["eslint", "--config", ".eslint.config.mjs", "."],
  ["knip"],
  [...vitest, "--project", "architecture"],
];

/** Runs every check, also after one failed, so that one run shows all there is to mend. */
export function check(): void {
  process.exitCode = checks.map(run).find((code) => code !== 0) ?? 0;
}

/** Unit tests first; the end-to-end tests only when those pass. */
export async function test(options: string[]): Promise<void> {
  await ensureToolchain();
  process.exitCode =
    run([...vitest, "--project", "unit", ...options]) || run([...vitest, "--project", "e2e", ...options]);
}

/** Rewrites the generated types and the recorded results, and shows the difference, which a person reads before committing it. */
export async function golden(): Promise<void> {
  // Loaded when it is needed, for it would double the time that every other command takes to start.
  const { writeValueTypes } = await import("../charts/value-types.ts");
  await writeValueTypes(join(checkoutDirectory, "charts"));
  process.env["BREAKWATER_GOLDEN"] = "rewrite";
  process.exitCode =
    run([...vitest, "--project", "unit", "--project", "architecture", "--update"]) ||
    run(["git", "--no-pager", "diff", "--stat", "--", "test", "README.md", "policies", "charts"]);
}

function run([program = "", ...args]: string[]): number {
  const { status, signal, error } = spawnSync(program, args, { cwd: checkoutDirectory, stdio: "inherit" });
  if (error) throw error;
  return signal ? 128 + constants.signals[signal] : (status ?? 1);
}
