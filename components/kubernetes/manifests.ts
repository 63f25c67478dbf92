// A cdk8s chart applied to one cluster, object by object.
import * as pulumi from "@pulumi/pulumi";
import { App, type Chart } from "cdk8s";
import { reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterRef } from "../core/refs.ts";
import { type Manifest, makeObjects, objectFaults } from "./objects.ts";

export interface ManifestSetArgs {
  /** The cluster that takes the objects. */
  cluster: ClusterRef;
  /**
   * The chart, or a function that makes it in the app it is given. Every object must have a `metadata.name`.
   */
  chart: Chart | ((app: App) => Chart);
  /**
   * A Namespace that the program makes: all objects are made after it, and those that live in it go with it. All others,
   * and kinds of which Kubernetes does not tell where they live, are deleted by themselves. Defaults to none.
   */
  deletedWith?: pulumi.Resource;
  /** Name of that Namespace. Defaults to the chart's own. */
  namespace?: string;
  /** How long one object may take to become ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
}

const defaults = { timeoutSeconds: 300 };
const timeoutRange: [number, number] = [1, 3600];

/** The objects of a chart on one cluster. */
export class ManifestSet extends pulumi.ComponentResource {
  constructor(name: string, args: ManifestSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:ManifestSet", name, {}, opts);
    const { cluster, timeoutSeconds = defaults.timeoutSeconds, deletedWith } = args;
    const path = `ManifestSet("${name}")`;
    const chart = typeof args.chart === "function" ? args.chart(new App()) : args.chart;
    const objects = chart.toJson() as Manifest[];
    const inNamespace = chart.namespace === undefined ? {} : { namespace: chart.namespace };
    const faults = [
      ...objectFaults(`${path}.chart`, objects, chart.namespace),
      ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange),
    ];
    if (reportFaults(faults)) return;

    const namespace = args.namespace ?? chart.namespace;
    const gone =
      deletedWith === undefined || namespace === undefined
        ? {}
        : { deletedWith: { namespace, resource: deletedWith } };
    makeObjects(
      objects,
      { cluster, parent: this, name, timeoutSeconds, ...inNamespace, ...gone },
      deletedWith === undefined ? [] : [deletedWith],
    );
    this.registerOutputs({});
  }
}
