// The `helm` program, for what has to be known before the engine does anything.
import { spawnSync } from "node:child_process";

/** What Helm printed, or why it refused, in Helm's own words on one line. */
export type HelmAnswer = { output: string } | { refusal: string };

/** Far more than any chart renders. */
const maxBuffer = 256 * 1024 * 1024;

/** Runs the `helm` of PATH to its end with `input` as its standard input; it costs about 50 ms. */
export function runHelm(args: string[], input = ""): HelmAnswer {
  const { status, stdout, stderr, error } = spawnSync("helm", args, { input, encoding: "utf8", maxBuffer });
  if (error !== undefined) {
    const missing = "code" in error && error.code === "ENOENT";
    return { refusal: missing ? "there is no helm on PATH" : error.message };
  }
  return status === 0 ? { output: stdout } : { refusal: oneLine(stderr) };
}

function oneLine(text: string): string {
  const lines = text
    .replace(/^Error: /gm, "")
    .replace(/^Use --debug flag.*$/gm, "")
    .split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}
