// What the user is told when programs can be had in no way: what is missing, what was tried, and the ways out.
import type { Program } from "./programs.ts";

/** A program and why each way to it was refused, by the way's name. */
export interface Failure {
  program: Program;
  refusals: { [way: string]: string };
}

/** Programs of the toolchain are missing and no way to them is open. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";

  constructor(failures: Failure[], needed: { total: number; go: string }) {
    super(
      [
        `${failures.length} of the ${needed.total} programs of the toolchain are missing and could not be had.`,
        ...failures.map(tried),
        waysOut(
          failures.map(({ program }) => program),
          needed.go,
        ),
      ].join("\n\n"),
    );
  }
}

function tried({ program, refusals }: Failure): string {
  const lines = Object.entries(refusals).map(
    ([way, reason]) => `    ${way.padEnd(9)} ${reason.replaceAll("\n", `\n${" ".repeat(14)}`)}`,
  );
  return [`  ${titleOf(program)}`, ...lines].join("\n");
}

function waysOut(programs: Program[], go: string): string {
  const hosts = new Set(
    programs.flatMap(({ release }) =>
      (release ? [release.url, release.checksums] : []).map((url) => new URL(url).host),
    ),
  );
  const unpublished = programs.filter(({ release }) => !release).map(titleOf);
  const rest = unpublished.length > 0 ? ` (not enough for ${unpublished.join(", ")})` : "";
  return [
    "Any of these mends it; what is there already stays:",
    `  1. Put on PATH: ${programs.map(titleOf).join(", ")}.`,
    `  2. Open the network to ${[...hosts].join(", ")} over https, or set BREAKWATER_MIRROR to the https address of a` +
      ` mirror that serves <host>/<path> of them${rest}.`,
    `  3. Install Go ${go} or later, with access to a Go module proxy.`,
  ].join("\n");
}

function titleOf({ name, version, folder }: Program): string {
  return folder === "bin" ? `${name} ${version}` : `${name} ${version} (in ~/.pulumi/${folder})`;
}
