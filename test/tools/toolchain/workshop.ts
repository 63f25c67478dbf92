// A machine in a temporary folder: its own PATH, home and cache, a Go that builds shell scripts, programs to ask for.
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Program, Release } from "../../../tools/toolchain/programs.ts";
import type { ToolchainOptions } from "../../../tools/toolchain/toolchain.ts";

const toolchainModule = join(import.meta.dirname, "../../../tools/toolchain/toolchain.ts");

/** Removed with all that is in it when the test ends. */
export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), "breakwater-toolchain-"));
  readonly modules = this.#folder("modules");
  readonly cache = this.#folder("cache");
  readonly environment: NodeJS.ProcessEnv = {
    PATH: this.#folder("path"),
    HOME: this.#folder("home"),
    BREAKWATER_CACHE: this.cache,
    GO_LOG: join(this.root, "go.log"),
    GO_HOLD: join(this.root, "hold"),
  };
  readonly #screen: string[] = [];

  constructor() {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
  }

  /** Options of `ensureToolchain` for programs of this machine. */
  options(programs: Program[]): ToolchainOptions {
    const write = (chunk: Buffer, _encoding: unknown, done: () => void) => {
      this.#screen.push(chunk.toString());
      done();
    };
    return {
      programs,
      modules: this.modules,
      environment: this.environment,
      screen: new Writable({ write }),
    };
  }

  /** What was shown to the user. */
  get shown(): string {
    return this.#screen.join("");
  }

  /** A program with a Go module of its own. */
  program(name: string, version: string, release?: Release): Program {
    this.write(`modules/${name}/go.mod`, `module ${name}.test\n\ngo 1.26\n`);
    this.write(`modules/${name}/version`, version);
    return {
      name,
      version,
      folder: "bin",
      executables: [{ name, module: name, package: "." }],
      question: ["--version"],
      buildSeconds: 60,
      ...(release && { release }),
    };
  }

  /** A script that answers with the version, as the user may have installed it. */
  install(path: string, version: string): string {
    return this.write(path, script(version), 0o755);
  }

  /** Puts a Go on PATH that makes scripts out of modules and waits while the file of `hold` is there. */
  installGo(version = "1.26.8"): void {
    this.write(
      "path/go",
      `#!/bin/sh
PATH=/usr/bin:/bin
if [ "$1" = env ]; then echo '{"GOVERSION": "go${version}", "GOTOOLCHAIN": "local"}'; exit; fi
echo "$(cat go.mod | head -n 1) CGO_ENABLED=$CGO_ENABLED GOFLAGS=$GOFLAGS $*" >> "$GO_LOG"
if [ -e broken ]; then echo "first line" >&2; echo "broken.go:1: syntax error" >&2; exit 1; fi
while [ "$1" != -o ]; do shift; done
while [ -e "$GO_HOLD" ]; do sleep 0.02; done
printf '${script("%s").replaceAll("\n", "\\n")}' "$(cat version)" > "$2"
chmod 755 "$2"
`,
      0o755,
    );
  }

  /** Builds wait from now on, until they are let go. */
  hold(): () => void {
    writeFileSync(join(this.root, "hold"), "");
    const release = () => rmSync(join(this.root, "hold"), { force: true });
    onTestFinished(release);
    return release;
  }

  /** What Go was asked to build so far, in order. */
  get builds(): string[] {
    const log = join(this.root, "go.log");
    if (!existsSync(log)) return [];
    return [...readFileSync(log, "utf8").matchAll(/^module (\S+)\.test/gm)].map(([, name = ""]) => name);
  }

  /** The whole command lines of Go. */
  get goLog(): string {
    return readFileSync(join(this.root, "go.log"), "utf8");
  }

  write(path: string, text: string | Buffer, mode = 0o644): string {
    const target = join(this.root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { mode });
    return target;
  }

  /** Every file and folder below the cache, relative to the one toolchain in it. */
  get cached(): string[] {
    const toolchains = join(this.cache, "toolchain");
    const [name = ""] = readdirSync(toolchains);
    return readdirSync(join(toolchains, name), { recursive: true }).map(String).sort();
  }

  /** Runs `ensureToolchain` in a process of its own. */
  spawn(programs: Program[]): { pid: number; output: () => string; ended: Promise<number | NodeJS.Signals> } {
    const code = `
      import { ensureToolchain } from ${JSON.stringify(toolchainModule)};
      console.log((await ensureToolchain(${JSON.stringify({ programs, modules: this.modules })})).directory);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { env: this.environment });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output.push(String(data)));
    const { promise, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
    child.on("close", (status, signal) => resolve(signal ?? status ?? -1));
    onTestFinished(() => void child.kill("SIGKILL"));
    return { pid: child.pid ?? -1, output: () => output.join(""), ended: promise };
  }

  #folder(name: string): string {
    const folder = join(this.root, name);
    mkdirSync(folder);
    return folder;
  }
}

/** Text of a program that answers with the version. */
export function script(version: string): string {
  return `#!/bin/sh\necho "version v${version}"\n`;
}
