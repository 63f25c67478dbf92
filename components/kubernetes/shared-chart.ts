// The files of a chart that many parts of a program need: read once, and pulled before that where they are elsewhere.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Fault } from "../core/errors.ts";
import { oncePerProgram } from "../core/program.ts";
import { cacheFolder, type LocalChart, readChart } from "./helm-chart.ts";
import { runHelm } from "./helm-program.ts";
import { type RemoteChart, remoteChartFaults, remoteChartName } from "./remote-chart.ts";

export interface SharedChart {
  /** Absent when it cannot be used. */
  chart?: LocalChart;
  /** Why it cannot be used; told to whoever asks first, and to nobody else. */
  faults: Fault[];
}

/** The chart in a directory or elsewhere; `path` names the argument in faults. */
export function sharedChart(path: string, chart: string | RemoteChart): SharedChart {
  const { found, reader } = oncePerProgram(`helm-chart ${JSON.stringify(chart)}`, () => ({
    found: typeof chart === "string" ? readLocal(path, chart) : readRemote(path, chart),
    reader: path,
  }));
  return reader === path ? found : { ...found, faults: [] };
}

function readLocal(path: string, directory: string): SharedChart {
  const chart = readChart(path, directory);
  return chart.faults.length > 0 ? { faults: chart.faults } : { chart, faults: [] };
}

function readRemote(path: string, remote: RemoteChart): SharedChart {
  const faults = remoteChartFaults(path, remote);
  if (faults.length > 0) return { faults };
  const pulled = pullChart(remote);
  if ("directory" in pulled) return readLocal(path, pulled.directory);
  const problem = `cannot be pulled: ${pulled.refusal}`;
  const allowed = "a chart that `helm pull` finds; with objects it must be there at preview";
  return { faults: [{ path, value: remote, problem, allowed }] };
}

/** Pulls the chart into the project's cache, unless it is there: a version never changes. */
function pullChart(remote: RemoteChart): { directory: string } | { refusal: string } {
  const name = remoteChartName(remote);
  const place = "repo" in remote ? remote.repo : remote.oci;
  const digest = createHash("sha256")
    .update(`${place}\0${name}\0${remote.version}`)
    .digest("hex")
    .slice(0, 12);
  const target = join(cacheFolder("pulled-charts"), `${name}-${digest}`);
  if (existsSync(target)) return { directory: target };

  const half = `${target}.${randomUUID()}`;
  mkdirSync(dirname(half), { recursive: true });
  const what = "repo" in remote ? [remote.chart, "--repo", remote.repo] : [remote.oci];
  const answer = runHelm(["pull", ...what, "--version", remote.version, "--untar", "--untardir", half]);
  try {
    if ("refusal" in answer) return answer;
    renameSync(join(half, name), target);
  } catch (error) {
    // Another program was faster; its copy is the same.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return { directory: target };
}
