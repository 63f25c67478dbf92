// A Pulumi project in a temporary folder, run by the real engine with our own language host, with a state and a
// Pulumi home of its own.
import { type ChildProcess, spawn } from "node:child_process";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { fleetPrograms, type Program } from "../../../tools/toolchain/programs.ts";
import { ensureToolchain } from "../../../tools/toolchain/toolchain.ts";

const projectFile = `name: hosted
main: index.ts
runtime:
  name: nodejs
  options:
    typescript: false
`;
const hostName = "pulumi-language-nodejs";
const checkout = join(import.meta.dirname, "../../..");

/** What a project is made of. */
export interface Parts {
  /** Contents by path. */
  files: { [path: string]: string };
  /** Appended to the project file, whose last part are the options of the runtime. Default: nothing. */
  more?: string;
  /** Whether the program finds its npm packages. Default: true. */
  installed?: boolean;
}

/** What a finished command left. */
interface Outcome {
  status: number | null;
  /** Standard output and standard error as they came. */
  output: string;
}

/** A command that still runs. */
interface Running {
  child: ChildProcess;
  output: () => string;
  outcome: Promise<Outcome>;
}

/**
 * Puts the engine and our own language host, where the toolchain has the official one too, beside each other into
 * `folder`: there the engine looks first.
 */
export async function installPrograms(folder: string): Promise<void> {
  const { bin } = await ensureToolchain();
  const host = await ensureToolchain({ programs: [ownLanguageHost()] });
  copyFileSync(join(bin, "pulumi"), join(folder, "pulumi"), constants.COPYFILE_FICLONE);
  copyFileSync(join(host.bin, hostName), join(folder, hostName));
}

/** By a name under which nobody has it installed, so that it is always built. */
function ownLanguageHost(): Program {
  const [engine] = fleetPrograms({ os: "linux", cpu: "amd64" });
  const executables = engine?.executables.filter(({ name }) => name === hostName);
  if (!engine || !executables) throw new Error("the first program is not the engine");
  return {
    name: "breakwater-language-host",
    version: engine.version,
    folder: "bin",
    executables,
    buildSeconds: 31,
  };
}

/** Removed when the test ends, with every command that still runs. */
export class EngineProject {
  readonly root = mkdtempSync(join(tmpdir(), "breakwater-host-"));
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(programs: string, { files, more = "", installed = true }: Parts) {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
    for (const folder of ["home", "state", "tmp"]) mkdirSync(join(this.root, folder));
    if (installed) symlinkSync(join(checkout, "node_modules"), join(this.root, "node_modules"));
    this.#write("Pulumi.yaml", projectFile + more);
    this.#write("package.json", '{ "name": "hosted", "type": "module" }\n');
    for (const [path, text] of Object.entries(files)) this.#write(path, text);
    this.#environment = {
      PATH: [programs, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      HOME: join(this.root, "home"),
      TMPDIR: join(this.root, "tmp"),
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.root, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "passphrase of a test",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
      PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    };
  }

  /** With a stack that all commands work on; `programs` is the folder of the engine. */
  static async create(programs: string, parts: Parts): Promise<EngineProject> {
    const project = new EngineProject(programs, parts);
    const { status, output } = await project.pulumi("stack", "init", "test");
    if (status !== 0) throw new Error(output);
    return project;
  }

  pulumi(...command: string[]): Promise<Outcome> {
    return this.start(...command).outcome;
  }

  start(...command: string[]): Running {
    const child = spawn("pulumi", [...command, "--non-interactive", "--color", "never"], {
      cwd: this.root,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const chunks: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => chunks.push(String(data)));
    const output = () => chunks.join("");
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output: output() }));
    return { child, output, outcome: promise };
  }

  /** Content of a file that the program wrote, when it is there. */
  read(path: string): string | undefined {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  #write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
