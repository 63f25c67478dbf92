// A copy of this checkout with a state folder of its own, as a newcomer's fresh clone, and the commands typed in it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyCheckout } from "../../../tools/cli/checkout.ts";
import { listProcesses, type Process } from "../../../tools/cli/processes.ts";

/** How a command ended and all that it printed. */
export interface Outcome {
  code: number;
  stdout: string;
  /** Both streams; what a person sees. */
  text: string;
}

/** A fresh checkout in a temporary folder. `remove` takes its fleet down and its files away. */
export class FreshCheckout {
  readonly folder = mkdtempSync(join(tmpdir(), "breakwater-e2e-"));
  readonly directory = join(this.folder, "checkout");
  readonly state = join(this.folder, "state");
  /** Every line that was typed. */
  readonly typed: string[] = [];
  /** Where its commands put temporary files. */
  readonly temporary = join(this.folder, "tmp");
  readonly #environment = {
    ...process.env,
    BREAKWATER_STATE: this.state,
    TMPDIR: this.temporary,
    CI: "true",
    NO_COLOR: "1",
  };

  constructor() {
    mkdirSync(this.temporary);
    copyCheckout(this.directory);
  }

  /** Runs a command line in a shell, as typed. */
  shell(line: string): Outcome {
    this.typed.push(line);
    const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
      cwd: this.directory,
      env: this.#environment,
      encoding: "utf8",
      maxBuffer: 1024 ** 3,
    });
    return { code: status ?? 1, stdout, text: `${stdout}\n${stderr}` };
  }

  /** Like `shell`, but a failure is an error that shows what the command printed. */
  succeed(line: string): Outcome {
    const outcome = this.shell(line);
    if (outcome.code !== 0) throw new Error(`${line} ended with ${outcome.code}:\n${outcome.text}`);
    return outcome;
  }

  /** Starts a command line without waiting for it. */
  start(line: string): ChildProcess {
    return spawn("bash", ["-c", line], { cwd: this.directory, env: this.#environment, stdio: "ignore" });
  }

  /** Runs kubectl on one of the checkout's clusters, as administrator or as somebody else. */
  kubectl(cluster: string, line: string, as = ""): Outcome {
    const credentials = `<(npx breakwater kubeconfig ${cluster} ${as})`;
    return this.shell(`eval "$(npx breakwater env)" && kubectl --kubeconfig ${credentials} ${line}`);
  }

  /** Replaces a text that occurs once in a file of the checkout. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.directory, file);
    const parts = readFileSync(path, "utf8").split(from);
    if (parts.length !== 2)
      throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times`);
    writeFileSync(path, parts.join(to));
  }

  /** The processes of the fleet, of one cluster or one program of the local environment if asked. */
  fleet(cluster = "", program = ""): Process[] {
    const folder = join(this.state, "clusters", cluster === "" ? "" : "local", cluster);
    return listProcesses().filter(
      ({ commandLine }) => commandLine.includes(folder) && commandLine.split(" ")[0]?.endsWith(program),
    );
  }

  /** The engine and the plugins that work for this checkout. */
  engines(): Process[] {
    const mark = `BREAKWATER_STATE=${this.state}`;
    return listProcesses().filter(
      ({ commandLine, environment }) => environment.includes(mark) && /^(\S*\/)?pulumi/.test(commandLine),
    );
  }

  /** Takes the fleet of an environment down, if it is up, and removes every file. */
  remove(environment = "local"): void {
    if (existsSync(this.state)) this.shell(`npm run down -- ${environment} --yes`);
    for (const { pid } of [...this.engines(), ...this.fleet()]) process.kill(pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
