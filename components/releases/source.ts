// What a release brings to each cluster: a Helm chart, or objects that a function makes.
import type { ClusterRef } from "../core/refs.ts";
import type { ManifestSetArgs } from "../kubernetes/manifests.ts";
import type { RegistryChart, RemoteChart, RepositoryChart } from "../kubernetes/remote-chart.ts";
import type { Values } from "./values.ts";

type ChartFunction = Extract<ManifestSetArgs["chart"], (...given: never) => unknown>;

/** Where a chart is rendered for. */
interface ChartPlace {
  /** The cdk8s app to make the chart in: the chart's first argument. */
  app: Parameters<ChartFunction>[0];
  /** Name of the release on the cluster, a DNS label of at most 53 characters. */
  name: string;
  /** Namespace of the release; the chart's objects must say it. */
  namespace: string;
}

/** Makes the chart for one cluster of its values. Called at preview and at update alike, and must not do anything else. */
export type RenderChart<V> = (values: V, cluster: ClusterRef, place: ChartPlace) => ReturnType<ChartFunction>;

export interface HelmSource<V> extends HelmOptions {
  kind: "helm";
  /** Directory of the chart, or where it can be pulled from. */
  chart: string | RemoteChart;
  /** Nothing at run time: what the compiler knows of the chart's values. */
  values?: V;
}

export interface ManifestsSource<V> {
  kind: "manifests";
  render: RenderChart<V>;
}

/** Made by `helm` or `manifests`. */
export type Source<V> = HelmSource<V> | ManifestsSource<V>;

/** A chart in a directory. */
interface DirectoryChart {
  /** Directory of the chart, absolute or relative to the project's folder, with its dependencies in `charts/`. */
  path: string;
}

interface HelmOptions {
  /**
   * Whether each object of the chart is a resource of the program: a preview shows every field of it, and drift is
   * found. The chart is then rendered by the `helm` program on PATH, and its values must be plain. Helm has no
   * record of such a release: `HelmObjects` tells how it differs. Defaults to false: Helm installs the chart as a
   * whole.
   */
  objects?: boolean;
  /**
   * With `objects`: the Kubernetes version that the chart is told, whatever those of the clusters are. Defaults to
   * 1.36.3.
   */
  kubeVersion?: string;
  /**
   * Whether the values may have keys at the top that neither the chart's `values.yaml` nor its schema knows.
   * Defaults to false.
   */
  allowUnknownValues?: boolean;
}

/** Where a chart is, in one of three ways: `path`, or `repo` with `chart`, or `oci`. */
export type HelmArgs = (
  | (DirectoryChart & { repo?: never; oci?: never })
  | (RepositoryChart & { path?: never; oci?: never })
  | (RegistryChart & { path?: never; repo?: never })
) &
  HelmOptions;

/**
 * A Helm chart. Values may be Pulumi outputs, unless `objects` are asked for.
 *
 * The values of a chart in a directory are checked at preview: by its `values.schema.json`, and for keys that the
 * chart does not have. Give the type that is generated from the schema, as in `helm<StorefrontValues>(...)`, and the
 * compiler checks them as well. The values of a chart elsewhere are checked only with `objects`, for which it is
 * pulled once and kept. No registry that asks for credentials has been tried.
 */
export function helm<V extends object = Values>(args: HelmArgs): HelmSource<V> {
  const { path, objects, kubeVersion, allowUnknownValues, ...remote } = args;
  return {
    kind: "helm",
    chart: path ?? (remote as RemoteChart),
    ...(objects === undefined ? {} : { objects }),
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    ...(allowUnknownValues === undefined ? {} : { allowUnknownValues }),
  };
}

/** A cdk8s chart, with values of its own type. They are plain: what only the engine knows reaches objects by a Secret or ConfigMap. */
export function manifests<V extends object = Values>(render: RenderChart<V>): ManifestsSource<V> {
  return { kind: "manifests", render };
}

/** Whether the source makes objects before the engine knows anything, so that its values must be plain. */
export function needsPlainValues<V>(source: Source<V>): boolean {
  return source.kind === "manifests" || source.objects === true;
}
