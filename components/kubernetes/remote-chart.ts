// A Helm chart in a repository or a registry: where it is, and what is wrong with how that is written.
import { basename } from "node:path";
import type { Fault } from "../core/errors.ts";

/** A chart in a repository: a web server with an `index.yaml`. */
export interface RepositoryChart {
  /**
   * URL of the repository. `https://`, or `http://` on this machine; without credentials, which would get into
   * the state.
   */
  repo: string;
  /** Name of the chart in the repository. */
  chart: string;
  /** Exact version of the chart, such as `1.2.3`; a range would be another chart tomorrow. */
  version: string;
}

/** A chart in a registry of container images. */
export interface RegistryChart {
  /** The chart in the registry, such as `oci://ghcr.io/stefanprodan/charts/podinfo`: without tag, digest and credentials. */
  oci: string;
  /** Exact version of the chart, such as `1.2.3`; a range would be another chart tomorrow. */
  version: string;
}

export type RemoteChart = RepositoryChart | RegistryChart;

const exactVersion = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const chartName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** What is written with one of these may hold credentials, and is not repeated. */
const credentialSigns = /[@?#]/;
const loopback = ["127.0.0.1", "localhost", "[::1]"];

/** What is wrong with where a chart is; nothing is asked over the network. */
export function remoteChartFaults(path: string, remote: RemoteChart): Fault[] {
  const place = "repo" in remote ? repositoryFaults(path, remote) : registryFaults(`${path}.oci`, remote.oci);
  return [...place, ...versionFaults(`${path}.version`, remote.version)];
}

/** Name of the chart. */
export function remoteChartName(remote: RemoteChart): string {
  return "repo" in remote ? remote.chart : basename(remote.oci);
}

function repositoryFaults(path: string, { repo, chart }: RepositoryChart): Fault[] {
  const faults = urlFaults(`${path}.repo`, repo, {
    accepts: ({ protocol, hostname, search, hash }) =>
      (protocol === "https:" || (protocol === "http:" && loopback.includes(hostname))) &&
      search === "" &&
      hash === "",
    allowed: "the https:// URL of a Helm repository; http:// only on this machine",
  });
  if (chartName.test(chart)) return faults;
  const allowed = 'letters, digits, ".", "_" and "-", as in the index of the repository';
  const value = credentialSigns.test(chart) ? {} : { value: chart };
  return [...faults, { path: `${path}.chart`, ...value, problem: "is not the name of a chart", allowed }];
}

function registryFaults(path: string, oci: string): Fault[] {
  return urlFaults(path, oci, {
    accepts: ({ protocol, pathname }) =>
      protocol === "oci:" && pathname.length > 1 && chartName.test(basename(pathname)),
    allowed: "oci://<registry>/<path of the chart>; the version is an argument of its own",
  });
}

interface UrlRule {
  accepts(url: URL): boolean;
  allowed: string;
}

function urlFaults(path: string, value: string, { accepts, allowed }: UrlRule): Fault[] {
  const url = URL.parse(value);
  if (url !== null && (url.username !== "" || url.password !== ""))
    return [{ path, problem: "holds credentials, which would get into the state", allowed }];
  if (url !== null && url.host !== "" && accepts(url)) return [];
  const repeated = url === null || credentialSigns.test(value) ? {} : { value };
  return [{ path, ...repeated, problem: "is not where a chart can be", allowed }];
}

function versionFaults(path: string, version: string): Fault[] {
  if (exactVersion.test(version)) return [];
  const allowed = "one exact version, such as 1.2.3: the same chart whenever the program runs";
  return [{ path, value: version, problem: "is not an exact version", allowed }];
}
