// States of releases: what the engine knows of one release of a chart, or of single objects, on some members.
import type { MemberRecord, ReleaseRecord } from "../../components/releases/record.ts";
import { parseResources } from "../../tools/cli/engine-state.ts";
import { type FleetState, fleetState } from "../../tools/cli/fleet-state.ts";
import { exportedSecret, exportedState, type StateEntry, stateUrn } from "./engine-states.ts";

const release = "breakwater:index:MultiClusterRelease";
const part = `${release}$breakwater:index:HelmRelease`;

/** What is recorded of one member. */
export function memberRecord(cluster: string, more: Partial<MemberRecord> = {}): MemberRecord {
  return {
    cluster,
    cloud: "aws",
    distribution: "local",
    namespace: "shop",
    releaseName: "storefront-runtime",
    target: true,
    values: { replicas: 2 },
    provenance: { replicas: { layer: "values", file: "stacks/local.ts", line: 7, hid: [] } },
    ...more,
  };
}

/** The release `storefront` as recorded. */
export function releaseRecord(members: MemberRecord[], source?: ReleaseRecord["source"]): ReleaseRecord {
  return {
    group: "runtime",
    release: "storefront",
    source: source ?? { kind: "helm", chart: "storefront", version: "0.1.0" },
    waves: [members.map(({ cluster }) => cluster)],
    members: Object.fromEntries(members.map((member) => [member.cluster, member])),
  };
}

/** The entry of the release itself. */
export function releaseEntry(record: ReleaseRecord | undefined): StateEntry {
  return { types: release, name: "storefront", outputs: record === undefined ? {} : { record } };
}

/** The entries of a member's part: a Helm release. */
export function helmEntries(cluster: string): StateEntry[] {
  return [
    { types: part, name: `storefront-${cluster}`, parent: stateUrn(release, "storefront") },
    {
      types: `${part}$kubernetes:helm.sh/v3:Release`,
      name: `storefront-${cluster}-release`,
      parent: stateUrn(part, `storefront-${cluster}`),
      provider: `${stateUrn("pulumi:providers:kubernetes", cluster)}::some-id`,
      inputs: { name: "storefront-runtime", namespace: "shop" },
    },
  ];
}

/** The entries of a member's part: single objects. */
export function objectEntries(cluster: string, objects: Record<string, unknown>[]): StateEntry[] {
  const set = `${release}$breakwater:index:ManifestSet`;
  return [
    { types: set, name: `storefront-${cluster}`, parent: stateUrn(release, "storefront") },
    ...objects.map((inputs, index) => ({
      types: `${set}$kubernetes:core/v1:ConfigMap`,
      name: `storefront-${cluster}-configmap-${index}`,
      parent: stateUrn(set, `storefront-${cluster}`),
      provider: `${stateUrn("pulumi:providers:kubernetes", cluster)}::some-id`,
      inputs,
    })),
  ];
}

/** The provider through which a cluster is reached. */
export function providerEntry(cluster: string, kubeconfig: string): StateEntry {
  const inputs = { kubeconfig: exportedSecret(kubeconfig) };
  return { types: "pulumi:providers:kubernetes", name: cluster, inputs };
}

/** What the command line makes of these entries. */
export function fleetOf(entries: StateEntry[]): FleetState {
  return fleetState(parseResources(exportedState(entries)));
}
