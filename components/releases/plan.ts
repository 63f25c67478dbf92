// Who gets what of a release, and after whom: a pure function of the group's definition, for as many members as there are.
import type * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { nearest } from "../core/nearest.ts";
import type { ClusterGroupRef, ClusterRef, NamespaceRef } from "../core/refs.ts";
import type { Locate } from "../core/source-location.ts";
import { type Layer, type LayersByKind, layerFaults, layersOf } from "./layers.ts";
import { type Member, memberOf, outputsToCome } from "./members.ts";
import { releaseName } from "./names.ts";
import { planOrder } from "./order.ts";
import { layerOf, type Provenance } from "./provenance.ts";
import { valuePath } from "./value-paths.ts";
import { type EffectiveValues, effectiveValues, openValues, type Values, withoutNulls } from "./values.ts";
import type { Wave } from "./waves.ts";

/** The namespace on every member, or per member by its name. */
export type ReleaseNamespace = string | Record<string, string | NamespaceRef>;

/** What of a release's arguments its plan depends on. */
export interface ReleaseDefinition {
  group: ClusterGroupRef;
  /** What is released; `null` among the values is something to Helm alone. */
  kind: "helm" | "manifests";
  /** Whether the values must be known before anything runs. */
  needsPlainValues: boolean;
  namespace: ReleaseNamespace;
  values: object;
  overrides: LayersByKind;
  onJoin: "install" | "manual";
  targets?: string[];
  waves?: Wave[];
  maxConcurrent?: number;
  /** Where the arguments are written. */
  place: Locate;
}

/** One member's part of a release. */
export interface MemberPlan {
  cluster: ClusterRef;
  releaseName: string;
  namespace: string;
  /** What makes the namespace ready, when it is made by the same program. */
  namespaceResource?: pulumi.Resource;
  /** Whether the member takes the release; one that does not has no values. */
  target: boolean;
  /** The members that are installed before it. */
  after: string[];
  /** The members whose outputs its values read; until these are there, outputs that never come stand for them. */
  reads: string[];
  values: Values;
  provenance: Provenance;
}

export interface ReleasePlan {
  /** What names the release in faults, e.g. `MultiClusterRelease("storefront")`. */
  path: string;
  /** By member. */
  members: Record<string, MemberPlan>;
  /** The members that take the release, in the order in which they are installed. */
  targets: MemberPlan[];
  /** Their names by wave, in the same order. */
  waves: string[][];
  /** The values of a member once others have given what it reads; faults have whole paths. */
  valuesOf: (member: Member) => EffectiveValues;
  faults: Fault[];
}

/** Plans a release. */
export function planRelease(name: string, definition: ReleaseDefinition): ReleasePlan {
  const path = `MultiClusterRelease("${name}")`;
  const { group, overrides, place } = definition;
  const layers = layersOf(definition.values, overrides, place);
  const valuesOf = (member: Member) => memberValues(path, { layers, kind: definition.kind }, member);
  const targets = targetsOf(definition);
  const made = targets.map((cluster) => ({ cluster, ...firstValues(cluster, { group, targets, valuesOf }) }));
  const reads = Object.fromEntries(made.map((one) => [one.cluster.name, one.reads]));
  const { waves, after, faults } = planOrder(path, {
    ...definition,
    ...{ members: Object.values(group.members), targets, reads },
  });
  const parts = Object.values(group.members).map((cluster): MemberPlan => {
    const { values = {}, provenance = {} } = made.find((one) => one.cluster === cluster) ?? {};
    const part = {
      cluster,
      releaseName: releaseName(group.name, name),
      ...namespaceOf(definition.namespace, cluster.name),
      target: targets.includes(cluster),
      after: after[cluster.name] ?? [],
      reads: reads[cluster.name] ?? [],
    };
    return { ...part, values, provenance };
  });
  const members = Object.fromEntries(parts.map((part) => [part.cluster.name, part]));
  return {
    path,
    members,
    targets: waves.flat().flatMap((member) => members[member] ?? []),
    waves,
    valuesOf,
    faults: [
      ...dnsLabelFaults(`${path} name`, name),
      ...groupFaults(`${path}.group`, group),
      ...targetFaults(path, definition),
      ...layerFaults(`${path}.overrides`, overrides, group),
      ...namespaceFaults(`${path}.namespace`, definition.namespace, { group, targets }),
      ...made.flatMap((one) => one.faults),
      ...(definition.needsPlainValues ? openValueFaults(path, parts) : []),
      ...faults,
    ],
  };
}

/** The members that take the release. */
function targetsOf({ group, onJoin, targets = [] }: ReleaseDefinition): ClusterRef[] {
  return Object.values(group.members).filter(({ name }) => onJoin === "install" || targets.includes(name));
}

/** The values of a member before any member has given something, and whose outputs they are going to read. */
function firstValues(
  cluster: ClusterRef,
  {
    group,
    targets,
    valuesOf,
  }: Pick<ReleasePlan, "valuesOf"> & {
    group: ClusterGroupRef;
    targets: ClusterRef[];
  },
) {
  const reads = new Set<string>();
  const member = memberOf(group, cluster, (other) => {
    if (!targets.some(({ name }) => name === other)) throw new Error(`${other} is not among the targets`);
    reads.add(other);
    return outputsToCome();
  });
  return { ...valuesOf(member), reads: [...reads] };
}

/** The values of a member as its source takes them. */
function memberValues(
  path: string,
  { layers, kind }: Pick<ReleaseDefinition, "kind"> & { layers: Layer[] },
  member: Member,
): EffectiveValues {
  const { values, provenance, faults } = effectiveValues(layers, member);
  return {
    values: kind === "helm" ? values : withoutNulls(values),
    provenance,
    faults: faults.map((fault) => ({ ...fault, path: `${path}.${fault.path}` })),
  };
}

function namespaceOf(
  given: ReleaseNamespace,
  member: string,
): Pick<MemberPlan, "namespace" | "namespaceResource"> {
  const namespace = typeof given === "string" ? given : (given[member] ?? "");
  if (typeof namespace === "string") return { namespace };
  const { name, resource } = namespace;
  return { namespace: name, ...(resource === undefined ? {} : { namespaceResource: resource }) };
}

function groupFaults(path: string, { name, members }: ClusterGroupRef): Fault[] {
  if (Object.keys(members).length > 0) return [];
  return [{ path, value: name, problem: "has no members", allowed: "a group with one member or more" }];
}

function targetFaults(path: string, { group, onJoin, targets }: ReleaseDefinition): Fault[] {
  if (onJoin === "install") {
    if (targets === undefined) return [];
    const allowed = 'nothing, for every member takes the release; or onJoin: "manual"';
    return [{ path: `${path}.targets`, value: targets, problem: "are given", allowed }];
  }
  if (targets !== undefined) return strangers(`${path}.targets`, targets, group);
  const allowed = "the names of the members that take the release; an empty list for none yet";
  return [{ path: `${path}.targets`, problem: "are missing", allowed }];
}

/** Words that should be members and are not. */
function strangers(path: string, words: string[], { name, members }: ClusterGroupRef): Fault[] {
  const known = Object.keys(members);
  return words
    .filter((word) => !Object.hasOwn(members, word))
    .map((word) => {
      const meant = nearest(word, known);
      return {
        path: keyPath(path, word),
        problem: `is for no member of the group "${name}"`,
        allowed: `its members: ${known.join(", ")}`,
        ...(meant === undefined ? {} : { instead: JSON.stringify(meant) }),
      };
    });
}

function namespaceFaults(
  path: string,
  namespace: ReleaseNamespace,
  { group, targets }: { group: ClusterGroupRef; targets: ClusterRef[] },
): Fault[] {
  if (typeof namespace === "string") return dnsLabelFaults(path, namespace);
  const faults = targets.flatMap(({ name: member }): Fault[] => {
    const where = keyPath(path, member);
    const given = Object.hasOwn(namespace, member) ? namespace[member] : undefined;
    if (given === undefined) {
      const allowed =
        "a namespace for every member that takes the release; those that leave the group lose theirs";
      return [{ path: where, problem: "is missing", allowed }];
    }
    if (typeof given === "string") return dnsLabelFaults(where, given);
    if (given.cluster.name === member) return [];
    const value = `${given.name} on ${given.cluster.name}`;
    return [{ path: where, value, problem: "is on another cluster", allowed: `a namespace on ${member}` }];
  });
  return [...strangers(path, Object.keys(namespace), group), ...faults];
}

/** Objects are made before the engine knows anything. */
function openValueFaults(path: string, parts: MemberPlan[]): Fault[] {
  const places = parts.flatMap(({ values, provenance }) =>
    openValues(values).map((keys) => valuePath(`${path}.${layerOf(provenance, keys)}`, keys)),
  );
  return [...new Set(places)].map((place) => ({
    path: place,
    problem: "is known only when the program runs against the cluster",
    allowed: "plain values; write an output to a Secret or ConfigMap and let the objects refer to that",
  }));
}
