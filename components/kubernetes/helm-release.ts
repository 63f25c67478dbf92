// A Helm chart from a local directory, installed on one cluster.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedInput, inputFaults } from "../core/inputs.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { oncePerProgram, reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterRef } from "../core/refs.ts";
import { insideCluster } from "./connection.ts";
import { readChart, storeChart } from "./helm-chart.ts";
import { splitNulls, withoutDefaults } from "./helm-nulls.ts";

export interface HelmReleaseArgs {
  /** The cluster that takes the release. */
  cluster: ClusterRef;
  /** Namespace of the release, which must exist; it is not made here. */
  namespace: pulumi.Input<string>;
  /** Name of the release on the cluster: a DNS label of at most 53 characters, which is Helm's limit. */
  releaseName: string;
  /**
   * Directory of the chart, absolute or relative to the project's folder, with its dependencies in `charts/`.
   */
  chart: string;
  /**
   * Values laid over those of the chart. A plain `null` takes away what the chart has there by default;
   * inside an output it is ignored. Defaults to none.
   */
  values?: pulumi.Inputs;
  /** How long Helm waits for the objects to be ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
  /**
   * What takes the release with it when it is deleted, such as its Namespace; the release is made after it.
   * Defaults to what takes the whole cluster.
   */
  deletedWith?: pulumi.Resource;
}

const defaults = { timeoutSeconds: 300 };
const timeoutRange: [number, number] = [1, 3600];

/** A release that is rolled back when it fails, so that the next attempt starts from one that worked. */
export class HelmRelease extends pulumi.ComponentResource {
  /** Status in Helm's words: `deployed` when all went well. */
  readonly status: pulumi.Output<string>;

  constructor(name: string, args: HelmReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:HelmRelease", name, {}, opts);
    this.status = pulumi.output("not installed");
    const { timeoutSeconds = defaults.timeoutSeconds, deletedWith } = args;
    const path = `HelmRelease("${name}")`;
    // A chart that goes to many clusters is read once, and its faults are told once.
    const { chart, reader } = oncePerProgram(`helm-chart ${args.chart}`, () => ({
      chart: readChart(`${path}.chart`, args.chart),
      reader: path,
    }));
    const namespaceFaults = (namespace: string) => dnsLabelFaults(`${path}.namespace`, namespace);
    const faults = [
      ...dnsLabelFaults(`${path}.releaseName`, args.releaseName, 53),
      ...inputFaults(args.namespace, namespaceFaults),
      ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange),
      ...(reader === path ? chart.faults : []),
    ];
    if (reportFaults(faults) || chart.faults.length > 0) return;

    const { given, taken } = splitNulls(args.values ?? {});
    const release = new kubernetes.helm.v3.Release(
      `${name}-release`,
      {
        name: args.releaseName,
        namespace: checkedInput(args.namespace, namespaceFaults),
        chart: storeChart(withoutDefaults(chart, taken)),
        values: given,
        // Without it a failed upgrade leaves fields behind that no later upgrade takes away.
        atomic: true,
        timeout: timeoutSeconds,
      },
      insideCluster(args.cluster, {
        parent: this,
        ...(deletedWith === undefined ? {} : { deletedWith, dependsOn: [deletedWith] }),
      }),
    );
    this.status = release.status.status;
    this.registerOutputs({ status: this.status });
  }
}
