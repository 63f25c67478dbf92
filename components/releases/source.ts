// What a release brings to each cluster: a Helm chart, or objects that a function makes.
import type { Values } from "../core/merge.ts";
import type { ClusterRef } from "../core/refs.ts";
import type { ManifestSetArgs } from "../kubernetes/manifests.ts";

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

export interface HelmSource {
  kind: "helm";
  path: string;
}

export interface ManifestsSource<V> {
  kind: "manifests";
  render: RenderChart<V>;
}

/** Made by `helm` or `manifests`. */
export type Source<V> = HelmSource | ManifestsSource<V>;

export interface HelmArgs {
  /** Directory of the chart, absolute or relative to the project's folder, with its dependencies in `charts/`. */
  path: string;
}

/** A Helm chart in a local directory. Values may be Pulumi outputs; they are checked by the chart's `values.schema.json`. */
export function helm({ path }: HelmArgs): HelmSource {
  return { kind: "helm", path };
}

/** A cdk8s chart, with values of its own type. They are plain: what only the engine knows reaches objects by a Secret or ConfigMap. */
export function manifests<V extends object = Values>(render: RenderChart<V>): ManifestsSource<V> {
  return { kind: "manifests", render };
}
