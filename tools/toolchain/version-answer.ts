// Asks a program for its version.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Program } from "./programs.ts";
import { Refusal, type Resolution } from "./resolution.ts";

const run = promisify(execFile);

/** Refuses a program that does not run or answers with another version than the one that is needed. */
export async function checkVersion(program: Program, path: string, resolution: Resolution): Promise<void> {
  if (!program.question) return;
  const answer = await ask(path, program.question, resolution);
  if (!tells(answer, program.version))
    throw new Refusal(`${path} answers ${JSON.stringify(firstLine(answer))}`);
}

async function ask(
  path: string,
  question: string[],
  { environment, scratch, signal }: Resolution,
): Promise<string> {
  // Pulumi would look for updates of itself, and write a log into the user's home.
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: scratch };
  try {
    const { stdout, stderr } = await run(path, question, { env, signal, timeout: 15_000 });
    return `${stdout}\n${stderr}`.trim();
  } catch (error) {
    throw new Refusal(`${path} does not run: ${firstLine(String(error))}`);
  }
}

/** `1.2.3` is told by `v1.2.3` and by `1.2.3+build`, but not by `1.2.30`, `11.2.3` or `1.2.3-rc.1`. */
function tells(answer: string, version: string): boolean {
  return answer.split(/[^\w.+-]+/).some((word) => word.replace(/^v/, "").replace(/\+.*/, "") === version);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.slice(0, 120) ?? "";
}
