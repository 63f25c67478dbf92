// `bench`: what people wait for, measured as they wait for it: whole commands on a checkout of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { ensureToolchain } from "../toolchain/toolchain.ts";
import { checkoutDirectory, copyCheckout } from "./checkout.ts";
import { listProcesses } from "./processes.ts";

/** Measures `up`, `up` again, `preview` and `down` of the local environment and prints the medians as JSON. */
export async function bench(runs: number): Promise<void> {
  await ensureToolchain();
  const rounds: Record<string, number>[] = [];
  for (let run = 1; run <= runs; run++) {
    console.error(`run ${run} of ${runs}`);
    rounds.push(measureRound());
  }
  const names = Object.keys(rounds[0] ?? {});
  const results = names.map((name) => ({
    name,
    median: median(rounds.map((round) => round[name] ?? Number.NaN)),
    runs: rounds.map((round) => round[name]),
  }));
  console.log(JSON.stringify({ machine: machine(), versions: versions(), results }, undefined, 2));
}

/** One life of the local fleet, in a fresh copy of this checkout's sources with a state folder of its own. */
function measureRound(): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-bench-"));
  const checkout = join(folder, "checkout");
  copyCheckout(checkout);
  const state = join(folder, "state");
  const seconds = (...command: string[]) => timeCommand(command, checkout, state);
  try {
    return {
      "up from nothing (s)": seconds("up"),
      "up without a change (s)": seconds("up"),
      "preview without a change (s)": seconds("preview"),
      "fleet memory (MB)": fleetMemory(state),
      "down (s)": seconds("down"),
    };
  } finally {
    seconds("down");
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeCommand(command: string[], checkout: string, state: string): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(checkout, "tools", "bootstrap.mjs"), ...command],
    {
      cwd: checkout,
      env: { ...process.env, BREAKWATER_STATE: state },
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${command.join(" ")} failed:\n${stdout}\n${stderr}`);
  return Math.round((performance.now() - start) / 10) / 100;
}

/** Proportional set size of every process that works inside the fleet's folder, so that shared pages count once. */
function fleetMemory(state: string): number {
  const clusters = join(state, "clusters");
  const kilobytes = listProcesses()
    .filter(({ commandLine }) => commandLine.includes(clusters))
    .map(({ pid }) =>
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0),
    );
  return Math.round(kilobytes.reduce((sum, value) => sum + value, 0) / 1000);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

function machine() {
  return {
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${release()}`,
  };
}

function versions(): Record<string, string> {
  const lock = JSON.parse(readFileSync(join(checkoutDirectory, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  const names = ["@pulumi/pulumi", "@pulumi/kubernetes", "cdk8s", "typescript"];
  const packages = names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? ""]);
  return { node: process.versions.node, ...Object.fromEntries(packages) };
}
