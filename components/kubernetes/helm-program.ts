// The `helm` program, for what has to be known before the engine does anything.
import { spawnSync } from "node:child_process";

/** What Helm printed, or why it refused, in Helm's own words on one line. */
export type HelmAnswer = { output: string } | { refusal: string };

/** Far more than any chart renders. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Runs the `helm` of PATH to its end with `input` as its standard input, and the whole program waits for it: about 50 ms
 * for what is on this machine, and for what is elsewhere as long as the network takes, up to the deadline.
 */
export function runHelm(args: string[], input = "", deadlineSeconds = 30): HelmAnswer {
  const { status, stdout, stderr, error } = spawnSync("helm", args, {
    input,
    encoding: "utf8",
    maxBuffer,
    timeout: deadlineSeconds * 1000,
    killSignal: "SIGKILL",
  });
  if (error !== undefined) return { refusal: reasonOf(error, deadlineSeconds) };
  return status === 0 ? { output: stdout } : { refusal: oneLine(stderr) };
}

function reasonOf(error: NodeJS.ErrnoException, deadlineSeconds: number): string {
  if (error.code === "ENOENT") return "there is no helm on PATH";
  if (error.code === "ETIMEDOUT") return `helm gave no answer within ${deadlineSeconds} s`;
  return error.message;
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
