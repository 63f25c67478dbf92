// Layers of values above those of a release: which members each of them is for.
import { type Fault, keyPath } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { ClusterGroupRef } from "../core/refs.ts";
import { type SelectableCluster, selectorFaults, selectorOf, selects } from "../core/selectors.ts";
import type { Locate } from "../core/source-location.ts";

/** One layer of values. */
export interface Layer {
  /** As the user wrote it below the release: `values`, `overrides.clouds.aws`. */
  name: string;
  /** Whether the layer is for this cluster. */
  selects(cluster: SelectableCluster): boolean;
  values: object;
  /** Where the value behind these keys is written. */
  place: Locate;
}

/** The layers over the values of a release, by what they are for; later kinds lie over earlier ones. */
export interface LayersByKind<Part = object> {
  /** By cloud, for its members, e.g. `aws`. */
  clouds?: Record<string, Part>;
  /** By distribution, e.g. `local`. */
  distributions?: Record<string, Part>;
  /**
   * By a selector over labels, `name`, `cloud`, `distribution`, `region` and `role`, e.g. `tier=edge,region!=eu-1`;
   * later ones lie over earlier ones.
   */
  labels?: Record<string, Part>;
  /** By the member's name. */
  clusters?: Record<string, Part>;
}

type KindName = keyof LayersByKind;

/** How a kind of layers picks its members by the word that it is keyed by. */
interface Kind {
  selects(word: string, cluster: SelectableCluster): boolean;
  /** What the word is compared with. */
  of(cluster: SelectableCluster): string;
}

/** From low to high. */
const kinds: Record<KindName, Kind> = {
  clouds: { selects: (word, { cloud }) => word === cloud, of: ({ cloud }) => cloud },
  distributions: {
    selects: (word, { distribution }) => word === distribution,
    of: ({ distribution }) => distribution,
  },
  labels: { selects, of: selectorOf },
  clusters: { selects: (word, { name }) => word === name, of: ({ name }) => name },
};
const kindNames = Object.keys(kinds) as KindName[];

/** The layers of a release from low to high; `place` tells where its arguments are written. */
export function layersOf(values: object, overrides: LayersByKind, place: Locate): Layer[] {
  const above = kindNames.flatMap((kind) =>
    Object.entries(overrides[kind] ?? {}).map(
      ([word, part]): Layer => ({
        name: keyPath(`overrides.${kind}`, word),
        selects: (cluster) => kinds[kind].selects(word, cluster),
        values: part,
        place: (keys) => place(["overrides", kind, word, ...keys]),
      }),
    ),
  );
  const lowest = { name: "values", selects: () => true, values };
  return [{ ...lowest, place: (keys) => place(["values", ...keys]) }, ...above];
}

/** What is wrong with the layers, not with the values in them: each must be of a kind and for a member of the group. */
export function layerFaults(path: string, overrides: LayersByKind, group: ClusterGroupRef): Fault[] {
  const unknown = Object.keys(overrides).filter((kind) => !Object.hasOwn(kinds, kind));
  return [
    ...unknown.map((kind) => kindFault(path, kind, group)),
    ...kindNames.flatMap((kind) =>
      Object.keys(overrides[kind] ?? {}).flatMap((word) => wordFaults(path, { kind, word }, group)),
    ),
  ];
}

function kindFault(path: string, kind: string, { members }: ClusterGroupRef): Fault {
  const meant = Object.hasOwn(members, kind) ? keyPath("clusters", kind) : nearest(kind, kindNames);
  return {
    path: keyPath(path, kind),
    problem: "is no kind of layers",
    allowed: kindNames.join(", "),
    ...(meant === undefined ? {} : { instead: meant }),
  };
}

function wordFaults(
  path: string,
  { kind, word }: { kind: KindName; word: string },
  { name, members }: ClusterGroupRef,
): Fault[] {
  const where = keyPath(`${path}.${kind}`, word);
  const clusters = Object.values(members);
  const malformed = kind === "labels" ? selectorFaults(where, word) : [];
  if (malformed.length > 0 || clusters.some((cluster) => kinds[kind].selects(word, cluster)))
    return malformed;
  const known = clusters.map(kinds[kind].of);
  const meant = nearest(
    word,
    known.flatMap((one) => one.split(",")),
  );
  const listed = clusters.map((cluster, index) =>
    kind === "clusters" ? cluster.name : `${cluster.name} (${known[index]})`,
  );
  return [
    {
      path: where,
      problem: `is for no member of the group "${name}"`,
      allowed: `its members: ${listed.join(", ")}`,
      ...(meant === undefined ? {} : { instead: JSON.stringify(meant) }),
    },
  ];
}
