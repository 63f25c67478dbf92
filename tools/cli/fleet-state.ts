// The releases of an environment as the last update left them: what was wanted, and what the engine has of it.
import type { ApiObject } from "../../components/releases/drift.ts";
import type { MemberRecord, ReleaseRecord } from "../../components/releases/record.ts";
import type { WantedRelease } from "../../components/releases/status.ts";
import type { Values } from "../../components/releases/values.ts";
import { nameIn, reveal, type StateResource } from "./engine-state.ts";

/** What the state knows of an environment's releases. */
export interface FleetState {
  releases: FleetRelease[];
  /** By cluster. */
  kubeconfigs: Map<string, string>;
}

/** One release and every member that has, or is to have, a part of it. */
export interface FleetRelease {
  name: string;
  urn: string;
  /** Absent when the first update of the release has not come to its end. */
  record?: ReleaseRecord;
  members: FleetMember[];
}

/** One member's part of a release. */
export interface FleetMember {
  release: string;
  cluster: string;
  namespace: string;
  /** The release's name on the cluster. */
  releaseName: string;
  wanted: WantedRelease;
  /** Absent for a member that left the group. Secrets are hidden. */
  record?: MemberRecord;
  kind: ReleaseRecord["source"]["kind"];
  /** The component and all that is below it; empty when nothing was made yet. */
  resources: StateResource[];
  /** The objects that the engine made one by one. Secrets are in clear. */
  objects: ApiObject[];
}

const releaseType = "breakwater:index:MultiClusterRelease";
const helmReleaseType = "kubernetes:helm.sh/v3:Release";

/** Finds the releases among the resources of a state. */
export function fleetState(resources: StateResource[]): FleetState {
  const below = new Map<string, StateResource[]>();
  for (const resource of resources) {
    const siblings = below.get(resource.parent ?? "") ?? [];
    below.set(resource.parent ?? "", [...siblings, resource]);
  }
  return {
    releases: resources
      .filter(({ type }) => type === releaseType)
      .map((resource) => fleetRelease(resource, below))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    kubeconfigs: new Map(
      resources
        .filter(({ type }) => type === "pulumi:providers:kubernetes")
        .map(({ urn, inputs }) => [nameIn(urn), String(reveal(inputs?.["kubeconfig"]))]),
    ),
  };
}

function fleetRelease({ urn, outputs }: StateResource, below: Map<string, StateResource[]>): FleetRelease {
  const name = nameIn(urn);
  const record = outputs?.["record"] as ReleaseRecord | undefined;
  if (record === undefined) return { name, urn, members: [] };
  const parts = new Map(
    (below.get(urn) ?? []).map((part): [string, StateResource[]] => [
      nameIn(part.urn).slice(`${name}-`.length),
      withDescendants(part, below),
    ]),
  );
  const members = Object.keys(record.members).map((member) =>
    recordedMember(record, member, parts.get(member) ?? []),
  );
  const left = [...parts]
    .filter(([member]) => !Object.hasOwn(record.members, member))
    .map(([member, part]) => leftMember(record, member, part));
  return { name, urn, record, members: [...members, ...left] };
}

function recordedMember(
  { release, source, members }: ReleaseRecord,
  member: string,
  resources: StateResource[],
): FleetMember {
  const record = members[member] as MemberRecord;
  const { cluster, namespace, releaseName, target } = record;
  const identity = source.kind === "helm" ? { chart: source.chart, version: source.version } : {};
  const wanted: WantedRelease = {
    standing: target ? "target" : "not a target",
    ...identity,
    values: reveal(record.values) as Values,
  };
  const objects = objectsOf(resources);
  return { release, cluster, namespace, releaseName, wanted, record, kind: source.kind, resources, objects };
}

/** What the record says no more of a member that left is still in what was made there. */
function leftMember(
  { release, source: { kind } }: ReleaseRecord,
  member: string,
  resources: StateResource[],
): FleetMember {
  const provider = resources.find((resource) => resource.provider !== undefined)?.provider;
  const helm = resources.find(({ type }) => type === helmReleaseType)?.inputs as
    | { name: string; namespace: string }
    | undefined;
  const objects = objectsOf(resources);
  return {
    release,
    cluster: provider === undefined ? member : nameIn(provider),
    namespace: helm?.namespace ?? objects[0]?.metadata.namespace ?? "",
    releaseName: helm?.name ?? "",
    wanted: { standing: "left the group", values: {} },
    kind,
    resources,
    objects,
  };
}

function withDescendants(resource: StateResource, below: Map<string, StateResource[]>): StateResource[] {
  const children = below.get(resource.urn) ?? [];
  return [resource, ...children.flatMap((child) => withDescendants(child, below))];
}

function objectsOf(resources: StateResource[]): ApiObject[] {
  return resources
    .filter(({ external }) => external !== true)
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== helmReleaseType)
    .map(({ inputs }) => reveal(inputs) as ApiObject);
}
