// Who gets what of a release: a pure function of the group's definition, for as many members as there are.
import type * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import type { Values } from "../core/merge.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { nearest } from "../core/nearest.ts";
import type { ClusterGroupRef, ClusterRef, NamespaceRef } from "../core/refs.ts";
import { releaseName } from "./names.ts";
import { helmValues, openValues, plainValues, valuePath } from "./values.ts";

/** The namespace on every member, or per member by its name. */
export type ReleaseNamespace = string | Record<string, string | NamespaceRef>;

/** What of a release's arguments its plan depends on. */
export interface ReleaseDefinition {
  group: ClusterGroupRef;
  kind: "helm" | "manifests";
  namespace: ReleaseNamespace;
  values: object;
  overrides: Record<string, object>;
}

/** One member's part of a release. */
export interface MemberPlan {
  cluster: ClusterRef;
  releaseName: string;
  namespace: string;
  /** What makes the namespace ready, when it is made by the same program. */
  namespaceResource?: pulumi.Resource;
  values: Values;
}

export interface ReleasePlan {
  /** By member. */
  members: Record<string, MemberPlan>;
  faults: Fault[];
}

/** Plans a release; `path` names it in faults, e.g. `MultiClusterRelease("storefront")`. */
export function planRelease(name: string, definition: ReleaseDefinition): ReleasePlan {
  const path = `MultiClusterRelease("${name}")`;
  const { group, kind, values, overrides } = definition;
  const faults = [
    ...dnsLabelFaults(`${path} name`, name),
    ...groupFaults(`${path}.group`, group),
    ...strangers(`${path}.overrides`, overrides, group),
    ...namespaceFaults(`${path}.namespace`, definition),
    ...(kind === "manifests" ? unknownValueFaults(path, definition) : []),
  ];
  const layer = kind === "helm" ? helmValues : plainValues;
  const members = Object.entries(group.members).map(([member, cluster]): [string, MemberPlan] => [
    member,
    {
      cluster,
      releaseName: releaseName(group.name, name),
      ...namespaceOf(definition.namespace, member),
      values: layer(values, overrides[member] ?? {}),
    },
  ]);
  return { members: Object.fromEntries(members), faults };
}

function groupFaults(path: string, { name, members }: ClusterGroupRef): Fault[] {
  if (Object.keys(members).length > 0) return [];
  return [{ path, value: name, problem: "has no members", allowed: "a group with one member or more" }];
}

/** Keys that should be members and are not. */
function strangers(path: string, keyed: object, { name, members }: ClusterGroupRef): Fault[] {
  const known = Object.keys(members);
  return Object.keys(keyed)
    .filter((key) => !Object.hasOwn(members, key))
    .map((key) => {
      const meant = nearest(key, known);
      return {
        path: keyPath(path, key),
        problem: `is for no member of the group "${name}"`,
        allowed: `its members: ${known.join(", ")}`,
        ...(meant === undefined ? {} : { instead: JSON.stringify(meant) }),
      };
    });
}

function namespaceFaults(path: string, { namespace, group }: ReleaseDefinition): Fault[] {
  if (typeof namespace === "string") return dnsLabelFaults(path, namespace);
  const faults = Object.keys(group.members).flatMap((member): Fault[] => {
    const where = keyPath(path, member);
    const given = Object.hasOwn(namespace, member) ? namespace[member] : undefined;
    if (given === undefined) {
      const allowed = "a namespace for every member; those that leave the group lose theirs";
      return [{ path: where, problem: "is missing", allowed }];
    }
    if (typeof given === "string") return dnsLabelFaults(where, given);
    if (given.cluster.name === member) return [];
    const value = `${given.name} on ${given.cluster.name}`;
    return [{ path: where, value, problem: "is on another cluster", allowed: `a namespace on ${member}` }];
  });
  return [...strangers(path, namespace, group), ...faults];
}

/** Objects are made before the engine knows anything. */
function unknownValueFaults(path: string, { values, overrides }: ReleaseDefinition): Fault[] {
  return openValues({ values, overrides }).map((keys) => ({
    path: valuePath(path, keys),
    problem: "is known only when the program runs against the cluster",
    allowed: "plain values; write an output to a Secret or ConfigMap and let the objects refer to that",
  }));
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
