// A stand-in for the `helm` program: it answers as told and notes what it was asked.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** One call of the program. */
export interface HelmCall {
  args: string[];
  input: string;
}

/** Put first on PATH until it is disposed of. */
export class HelmStandIn {
  readonly folder = mkdtempSync(join(tmpdir(), "breakwater-helm-"));
  readonly #path = process.env["PATH"];

  /** Answers with this text. */
  constructor(answer = "") {
    this.answers(answer);
    process.env["PATH"] = [this.folder, this.#path].join(delimiter);
  }

  answers(output: string): void {
    this.#write(output, { status: 0, descriptor: 1 });
  }

  refuses(reason: string): void {
    this.#write(reason, { status: 1, descriptor: 2 });
  }

  /** In the order in which they came. */
  calls(): HelmCall[] {
    const lines = readFileSync(join(this.folder, "calls"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as HelmCall);
  }

  [Symbol.dispose](): void {
    process.env["PATH"] = this.#path;
    rmSync(this.folder, { recursive: true });
  }

  #write(text: string, { status, descriptor }: { status: number; descriptor: 1 | 2 }): void {
    writeFileSync(join(this.folder, "answer"), text);
    writeFileSync(
      join(this.folder, "helm"),
      `#!${process.execPath}
const { appendFileSync, readFileSync, writeSync } = require("node:fs");
const call = { args: process.argv.slice(2), input: readFileSync(0, "utf8") };
appendFileSync(${JSON.stringify(join(this.folder, "calls"))}, JSON.stringify(call) + "\\n");
writeSync(${descriptor}, readFileSync(${JSON.stringify(join(this.folder, "answer"))}));
process.exit(${status});
`,
    );
    chmodSync(join(this.folder, "helm"), 0o755);
  }
}
