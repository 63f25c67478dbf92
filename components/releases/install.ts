// One member's part of a release: the source, installed on that member's cluster.
import type * as pulumi from "@pulumi/pulumi";
import { HelmRelease } from "../kubernetes/helm-release.ts";
import { ManifestSet } from "../kubernetes/manifests.ts";
import type { MemberPlan } from "./plan.ts";
import type { Source } from "./source.ts";

/** What stands on one member. */
export interface MemberRelease {
  cluster: string;
  namespace: string;
  releaseName: string;
  /** Status in Helm's words, `deployed` when all went well; absent when the source is not a Helm chart. */
  status?: pulumi.Output<string>;
}

/** What one member's part is made of. */
export interface InstallArgs<V> {
  name: string;
  source: Source<V>;
  part: MemberPlan;
  timeoutSeconds: number;
}

/** Installs the source on one member. */
export function installMember<V extends object>(
  { name, source, part, timeoutSeconds }: InstallArgs<V>,
  opts: pulumi.ComponentResourceOptions,
): MemberRelease {
  const { cluster, releaseName, namespace, namespaceResource, values } = part;
  const summary = { cluster: cluster.name, namespace, releaseName };
  if (source.kind === "manifests") {
    new ManifestSet(
      name,
      {
        cluster,
        chart: (app) => source.render(values as V, cluster, { app, name: releaseName, namespace }),
        timeoutSeconds,
        ...(namespaceResource === undefined ? {} : { deletedWith: namespaceResource }),
      },
      opts,
    );
    return summary;
  }
  // The release waits for the namespace but does not go with it: Helm has hooks to run, and takes away what the chart
  // has put outside of the namespace.
  const ready = namespaceResource?.urn.apply(() => namespace) ?? namespace;
  const { status } = new HelmRelease(
    name,
    { cluster, namespace: ready, releaseName, chart: source.path, values, timeoutSeconds },
    opts,
  );
  return { ...summary, status };
}
