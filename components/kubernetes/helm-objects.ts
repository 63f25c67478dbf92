// A Helm chart whose objects are resources of the program, each by itself.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterRef } from "../core/refs.ts";
import { type Hook, type ReleaseSteps, releaseSteps } from "./helm-hooks.ts";
import { renderChart } from "./helm-template.ts";
import {
  type Manifest,
  makeObject,
  makeObjects,
  type ObjectPlace,
  objectFaults,
  objectName,
  objectOptions,
} from "./objects.ts";
import type { RemoteChart } from "./remote-chart.ts";
import { sharedChart } from "./shared-chart.ts";

export interface HelmObjectsArgs {
  /** The cluster that takes the objects. */
  cluster: ClusterRef;
  /** Namespace of the release, for all objects that name none; it must exist and is not made here. */
  namespace: string;
  /** What the chart is told as the name of its release: a DNS label of at most 53 characters. */
  releaseName: string;
  /**
   * Directory of the chart, absolute or relative to the project's folder, with its dependencies in `charts/`; or where
   * to pull it from, which needs the network when a version is used for the first time.
   */
  chart: string | RemoteChart;
  /** Plain values laid over those of the chart; `null` takes away what the chart has there. Defaults to none. */
  values?: Record<string, unknown>;
  /** Kubernetes version that the chart is told, whatever the cluster's is. Defaults to 1.36.3. */
  kubeVersion?: string;
  /** How long one object may take to become ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
  /**
   * The Namespace of the release when the program makes it: all objects are made after it, and those of its namespace go
   * with it. All others, and kinds of which Kubernetes does not tell where they live, are deleted by themselves.
   * Defaults to none.
   */
  deletedWith?: pulumi.Resource;
}

const defaults = { kubeVersion: "1.36.3", timeoutSeconds: 300 };
const timeoutRange: [number, number] = [1, 3600];

/**
 * The objects of a chart on one cluster, rendered by the `helm` program on PATH at preview and at update alike.
 *
 * It is not a release of Helm, and differs from one: `helm list` does not show it. The chart is told that it is being
 * installed, as revision 1, also when it changes; `lookup` finds nothing, and `.Capabilities.APIVersions` holds what
 * Kubernetes has and no kinds of others. What a chart makes up at random changes with every preview. Objects of
 * `crds/` are updated with the chart, and stay when it goes, like all that says `helm.sh/resource-policy: keep`.
 *
 * Hooks before or after an install and an upgrade are steps before and after the objects, one by one. Their Jobs run
 * again, under a name with a digest, whenever anything of the release changes, and all that hooks make stays until the
 * release goes. Hooks for an install alone are made once. Those of tests are left out, all others are refused.
 */
export class HelmObjects extends pulumi.ComponentResource {
  constructor(name: string, args: HelmObjectsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:HelmObjects", name, {}, opts);
    const { cluster, namespace, timeoutSeconds = defaults.timeoutSeconds, deletedWith } = args;
    const path = `HelmObjects("${name}")`;
    const argumentFaults = [
      ...dnsLabelFaults(`${path}.releaseName`, args.releaseName, 53),
      ...dnsLabelFaults(`${path}.namespace`, namespace),
      ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange),
    ];
    const { steps, faults } = stepsOf(`${path}.chart`, args);
    if (reportFaults([...argumentFaults, ...faults]) || steps === undefined) return;

    const gone = deletedWith === undefined ? {} : { deletedWith: { namespace, resource: deletedWith } };
    const place = { cluster, parent: this, name, namespace, timeoutSeconds, ...gone };
    makeSteps(steps, place, deletedWith === undefined ? [] : [deletedWith]);
    this.registerOutputs({});
  }
}

/** The steps of the release, unless its chart cannot be used. */
function stepsOf(path: string, args: HelmObjectsArgs): { steps?: ReleaseSteps; faults: Fault[] } {
  const { chart, faults } = sharedChart(path, args.chart);
  if (chart === undefined) return { faults };
  const { releaseName, namespace, values = {}, kubeVersion = defaults.kubeVersion } = args;
  const { directory } = chart;
  const render = renderChart(path, { directory, releaseName, namespace, values, kubeVersion });
  const objects = render.rendered.map(({ object }) => object);
  const unfit = [...render.faults, ...objectFaults(path, objects, namespace)];
  if (unfit.length > 0) return { faults: unfit };
  const steps = releaseSteps(path, render.rendered);
  return { steps, faults: steps.faults };
}

function makeSteps(steps: ReleaseSteps, place: ObjectPlace, earlier: pulumi.Resource[]): void {
  const known = makeObjects(steps.definitions, { ...place, isKept: () => true }, earlier);
  const prepared = makeHooks(steps.before, place, known);
  const made = makeObjects(steps.objects, { ...place, isKept: saysKeep }, prepared);
  makeHooks(steps.after, place, made);
}

/** One after the other, as Helm runs them. */
function makeHooks(hooks: Hook[], place: ObjectPlace, earlier: pulumi.Resource[]): pulumi.Resource[] {
  return hooks.reduce((before, { object, made, keeps }) => {
    const options = { ...objectOptions(place, object, before), ignoreChanges: keeps };
    return [makeObject(objectName(place, object), made, options)];
  }, earlier);
}

function saysKeep({ metadata }: Manifest): boolean {
  return metadata.annotations?.["helm.sh/resource-policy"] === "keep";
}
