// A Helm chart installed on one cluster.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { checkedInput, inputFaults } from "../core/inputs.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterRef } from "../core/refs.ts";
import { insideCluster } from "./connection.ts";
import { type LocalChart, storeChart } from "./helm-chart.ts";
import { splitNulls, withoutDefaults } from "./helm-nulls.ts";
import { type RemoteChart, remoteChartFaults } from "./remote-chart.ts";
import { sharedChart } from "./shared-chart.ts";

export interface HelmReleaseArgs {
  /** The cluster that takes the release. */
  cluster: ClusterRef;
  /** Namespace of the release, which must exist; it is not made here. With `adopt` it must be a plain value. */
  namespace: pulumi.Input<string>;
  /** Name of the release on the cluster: a DNS label of at most 53 characters, which is Helm's limit. */
  releaseName: string;
  /**
   * Directory of the chart, absolute or relative to the project's folder, with its dependencies in `charts/`. Or where
   * the chart is: then the engine asks there at every preview, and the values are checked by Helm alone.
   */
  chart: string | RemoteChart;
  /**
   * Values laid over those of the chart. A plain `null` takes away what a chart in a directory has there by default,
   * or what a chart that it brings along has, unless that one is an archive or has an alias. Inside an output it is
   * ignored, and for a chart elsewhere it is refused. Defaults to none.
   */
  values?: pulumi.Inputs;
  /** How long Helm waits for the objects to be ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
  /**
   * Whether a release that fails is rolled back, or uninstalled when it is the first. Without it a failed upgrade leaves
   * fields behind that no later upgrade takes away. Defaults to true.
   */
  atomic?: boolean;
  /**
   * Whether the objects must become ready. Without it Helm cannot know that a release fails, so that `atomic` must be
   * false too. Defaults to true.
   */
  wait?: boolean;
  /**
   * Whether to take over the release of this name that somebody else has installed, and to change it to what is wanted
   * here. It must exist when it is taken over; from then on this changes nothing. Defaults to false: such a release is
   * refused by Helm ("cannot re-use a name that is still in use").
   */
  adopt?: boolean;
  /**
   * What takes the release with it when it is deleted, such as its Namespace; the release is made after it. Helm is then
   * not asked: its hooks do not run, and what the chart has outside of the Namespace stays. Defaults to what takes the
   * whole cluster.
   */
  deletedWith?: pulumi.Resource;
}

const defaults = { timeoutSeconds: 300, atomic: true, wait: true, adopt: false };
const timeoutRange: [number, number] = [1, 3600];

/** A release that is rolled back when it fails, so that the next attempt starts from one that worked. */
export class HelmRelease extends pulumi.ComponentResource {
  /** Status in Helm's words: `deployed` when all went well. */
  readonly status: pulumi.Output<string>;

  constructor(name: string, args: HelmReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:HelmRelease", name, {}, opts);
    this.status = pulumi.output("not installed");
    const { cluster, releaseName, deletedWith, ...given } = args;
    const { timeoutSeconds, atomic, wait, adopt } = { ...defaults, ...given };
    const path = `HelmRelease("${name}")`;
    const { given: values, taken } = splitNulls(args.values ?? {});
    const { chart, faults } = installable(path, args.chart, taken);
    const namespaceFaults = (namespace: string) => dnsLabelFaults(`${path}.namespace`, namespace);
    const argumentFaults = [
      ...dnsLabelFaults(`${path}.releaseName`, releaseName, 53),
      ...inputFaults(args.namespace, namespaceFaults),
      ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange),
      ...waitFaults(path, { atomic, wait }),
      ...(adopt ? adoptFaults(`${path}.namespace`, args.namespace) : []),
    ];
    if (reportFaults([...argumentFaults, ...faults]) || chart === undefined) return;

    const namespace = checkedInput(args.namespace, namespaceFaults);
    const release = new kubernetes.helm.v3.Release(
      `${name}-release`,
      {
        name: releaseName,
        namespace,
        ...chart,
        values,
        atomic,
        timeout: timeoutSeconds,
        ...(wait ? {} : { skipAwait: true }),
      },
      insideCluster(cluster, {
        parent: this,
        // What is in the state already is never imported again.
        ...(adopt && typeof args.namespace === "string"
          ? { import: `${args.namespace}/${releaseName}` }
          : {}),
        ...(deletedWith === undefined ? {} : { deletedWith, dependsOn: [deletedWith] }),
      }),
    );
    this.status = release.status.status;
    this.registerOutputs({ status: this.status });
  }
}

/** Helm waits for what it may have to roll back, whatever it was told. */
export function waitFaults(path: string, { atomic, wait }: { atomic: boolean; wait: boolean }): Fault[] {
  if (wait || !atomic) return [];
  const allowed = "true, or false together with `atomic`: without waiting nobody knows what to roll back";
  return [
    { path: `${path}.wait`, value: wait, problem: "is against `atomic`", allowed, instead: "atomic: false" },
  ];
}

function adoptFaults(path: string, namespace: pulumi.Input<string>): Fault[] {
  if (typeof namespace === "string") return [];
  const problem = "is known only later";
  return [{ path, problem, allowed: "a plain value with `adopt`: the engine has to find the release" }];
}

type ChartInputs = Pick<kubernetes.helm.v3.ReleaseArgs, "chart" | "version" | "repositoryOpts">;

/** The inputs of the chart, without the defaults that were taken away. */
function installable(
  path: string,
  chart: string | RemoteChart,
  taken: string[][],
): { chart?: ChartInputs; faults: Fault[] } {
  if (typeof chart === "string") {
    const shared = sharedChart(`${path}.chart`, chart);
    return { faults: shared.faults, ...(shared.chart && { chart: localInputs(shared.chart, taken) }) };
  }
  const faults = [
    ...remoteChartFaults(`${path}.chart`, chart),
    ...taken.map((keys) => ({ path: keys.reduce(keyPath, `${path}.values`), ...remoteNullFault })),
  ];
  if (faults.length > 0) return { faults };
  const { version } = chart;
  if ("oci" in chart) return { faults, chart: { chart: chart.oci, version } };
  return { faults, chart: { chart: chart.chart, version, repositoryOpts: { repo: chart.repo } } };
}

function localInputs(chart: LocalChart, taken: string[][]): ChartInputs {
  return { chart: storeChart(withoutDefaults(chart, taken)) };
}

/** The Kubernetes provider drops a null, and the chart is not here to take its default from. */
export const remoteNullFault = {
  problem: "is null, which takes a default away",
  allowed: "a value; defaults are taken from charts in a directory, or with `objects`",
};
