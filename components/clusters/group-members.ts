// Who is in a cluster group: clusters by name, or those that a selector finds.
import { type Fault, keyPath } from "../core/errors.ts";
import { claim } from "../core/program.ts";
import type { ClusterRef } from "../core/refs.ts";
import { selectorFaults, selectorOf, selects } from "../core/selectors.ts";

/** Clusters by name. A cluster that the program does not have is a fault. */
type Clusters = Record<string, ClusterRef | undefined>;

/** Members by name. */
export interface NamedMembers {
  /** The members by cluster name; at least one. A cluster is a member of at most one group. */
  members: Clusters;
  select?: never;
  from?: never;
}

/** Members by what they are. */
export interface SelectedMembers {
  /**
   * Selects the members by `name`, `distribution`, `role`, `cloud`, `region` and labels, in the syntax of Kubernetes'
   * label selectors: `role=runtime,tier in (edge, core),!gpu`. It must select at least one cluster, and none that is in
   * another group.
   */
  select: string;
  /** The clusters to select from, by cluster name. */
  from: Clusters;
  members?: never;
}

/** The members that were chosen; those that are there, also when there are faults. */
interface ChosenMembers {
  /** Of the argument that holds the clusters. */
  path: string;
  members: Record<string, ClusterRef>;
  faults: Fault[];
}

/** Finds the members of the group that `path` names, and takes them for it for the rest of the program. */
export function chooseMembers(path: string, args: NamedMembers | SelectedMembers): ChosenMembers {
  const { select, members: named, from } = args;
  const clusters = named ?? from;
  const where = named === undefined ? `${path}.from` : `${path}.members`;
  const known = Object.entries(clusters).filter((one): one is [string, ClusterRef] => one[1] !== undefined);
  const chosen = known.filter(([, ref]) => select === undefined || selects(select, ref));
  const faults = [
    ...emptyFaults(where, clusters),
    ...Object.entries(clusters).flatMap(([key, ref]) => keyFaults(where, key, ref)),
    ...chosen.filter(([key, { name }]) => key === name).flatMap(([key]) => takenFaults(path, where, key)),
  ];
  const selection = select === undefined ? [] : selectionFaults(`${path}.select`, select, known);
  return { path: where, members: Object.fromEntries(chosen), faults: [...faults, ...selection] };
}

function emptyFaults(path: string, clusters: Clusters): Fault[] {
  if (Object.keys(clusters).length > 0) return [];
  const allowed = "at least one cluster: { <name>: <cluster>.ref }";
  return [{ path, value: clusters, problem: "is empty", allowed }];
}

function keyFaults(path: string, key: string, ref: ClusterRef | undefined): Fault[] {
  const where = keyPath(path, key);
  if (ref === undefined) {
    const allowed = "the ref of a cluster, such as eu.ref";
    return [{ path: where, problem: "is no cluster of this program", allowed }];
  }
  if (ref.name === key) return [];
  return [
    {
      path: where,
      value: key,
      problem: `is the key of the cluster "${ref.name}"`,
      allowed: "the cluster's own name",
      instead: keyPath(path, ref.name),
    },
  ];
}

function takenFaults(group: string, path: string, key: string): Fault[] {
  const earlier = claim("group of cluster", key, group);
  if (earlier === undefined) return [];
  const problem = `is a member of ${earlier} already`;
  return [{ path: keyPath(path, key), value: key, problem, allowed: "a cluster in one group" }];
}

function selectionFaults(path: string, selector: string, clusters: [string, ClusterRef][]): Fault[] {
  const faults = selectorFaults(path, selector);
  if (faults.length > 0 || clusters.length === 0 || clusters.some(([, ref]) => selects(selector, ref)))
    return faults;
  const known = clusters.map(([, ref]) => selectorOf(ref)).join("; ");
  return [
    { path, value: selector, problem: "selects no cluster", allowed: `what fits one or more of: ${known}` },
  ];
}
