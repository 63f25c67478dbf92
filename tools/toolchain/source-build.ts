// The third way to a program: a build from the Go modules beside this file, verified against their go.sum.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { copyFile, cp, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Executable, Program } from "./programs.ts";
import { Refusal, type Resolution, type Source } from "./resolution.ts";
import { checkVersion } from "./version-answer.ts";

const run = promisify(execFile);

/** Builds every executable of the program; refuses without a fitting Go, or with the compiler's last words. */
export async function buildFromSource(program: Program, resolution: Resolution): Promise<Source[]> {
  await checkGo(program, resolution);
  resolution.announce({ kind: "build" });
  const sources: Source[] = [];
  for (const executable of program.executables) {
    sources.push({ path: await build(executable, resolution), ours: true });
  }
  await checkVersion(program, sources[0]?.path ?? "", resolution);
  return sources;
}

/** The oldest Go that understands the modules, as their `go` lines say, e.g. `1.26.0`. */
export async function neededGo(programs: Program[], modules: string): Promise<string> {
  const folders = new Set(programs.flatMap(({ executables }) => executables.map(({ module }) => module)));
  const lines = await Promise.all(
    [...folders].map(async (folder) => {
      const text = await readFile(join(modules, folder, "go.mod"), "utf8");
      return /^go (\S+)$/m.exec(text)?.[1] ?? "1";
    }),
  );
  return lines.sort(compareVersions).at(-1) ?? "1";
}

async function checkGo(program: Program, resolution: Resolution): Promise<void> {
  const needed = await neededGo([program], resolution.modules);
  let present: { GOVERSION: string; GOTOOLCHAIN?: string };
  try {
    present = JSON.parse(
      await go(["env", "-json", "GOVERSION", "GOTOOLCHAIN"], resolution.scratch, resolution),
    );
  } catch {
    throw new Refusal("there is no go on PATH");
  }
  const version = present.GOVERSION.replace(/^go/, "");
  // Unless it is told to stay `local`, an older Go gets the needed one itself, as the modules' `go` lines ask.
  const staysAsItIs = (present.GOTOOLCHAIN ?? "local") === "local";
  if (staysAsItIs && compareVersions(version, needed) < 0) {
    throw new Refusal(`the go on PATH is ${version}, ${needed} or later is needed`);
  }
}

/** Works on a copy of the module, so that a build never writes into the checkout. */
async function build(executable: Executable, resolution: Resolution): Promise<string> {
  const folder = join(resolution.scratch, `source-${executable.name}`);
  await cp(join(resolution.modules, executable.module), folder, { recursive: true });
  if (executable.embeds) await copyEmbedded(executable.embeds, folder, resolution);
  const output = join(resolution.scratch, executable.name);
  const stamps = Object.entries(executable.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  await go(
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      ...["-tags", "osusergo,grpcnotrace"],
      ...["-ldflags", ["-s -w", ...stamps].join(" ")],
      ...["-o", output],
      executable.package,
    ],
    folder,
    resolution,
  );
  return output;
}

async function copyEmbedded(
  { module, files }: NonNullable<Executable["embeds"]>,
  folder: string,
  resolution: Resolution,
): Promise<void> {
  const { Dir } = JSON.parse(await go(["mod", "download", "-json", module], folder, resolution)) as {
    Dir: string;
  };
  for (const file of files)
    await copyFile(join(Dir, file), join(folder, basename(file)), constants.COPYFILE_EXCL);
}

/** Answers with standard output. Settings of the user that would change the outcome are put aside. */
async function go(command: string[], folder: string, resolution: Resolution): Promise<string> {
  const { environment, platform, signal } = resolution;
  const env = {
    ...environment,
    CGO_ENABLED: "0",
    GOOS: platform.os,
    GOARCH: platform.cpu,
    GOFLAGS: "",
    GOWORK: "off",
  };
  try {
    const options = { cwd: folder, env, signal, killSignal: "SIGINT", maxBuffer: 2 ** 26 } as const;
    return (await run("go", command, options)).stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const words = (stderr ?? "").trim().split("\n").slice(-6).join("\n");
    throw new Refusal(`go ${command[0]} fails: ${words === "" ? String(error) : words}`);
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map((part) => Number.parseInt(part, 10)));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
