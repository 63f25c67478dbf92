// The word for what stands on one member: what its release wants there, beside what was found.
import { isDeepStrictEqual } from "node:util";
import { keyPath } from "../core/errors.ts";
import type { Drift } from "./drift.ts";
import type { Values } from "./values.ts";

/**
 * The words, the first that applies:
 * - `UNKNOWN`: the cluster could not be asked, so nothing is known;
 * - `NOT INSTALLED`: the release is not there;
 * - `PENDING`: Helm is at work on it, or was killed while it was; until that ends nothing else can be done;
 * - `FAILED`: the last operation failed, also when it was the one that would have made it up to date;
 * - `STALE`: something else is there than what is wanted;
 * - `DEPLOYED`: what is there is what is wanted, but for what `drift` tells.
 */
export type StatusWord = "UNKNOWN" | "NOT INSTALLED" | "PENDING" | "FAILED" | "STALE" | "DEPLOYED";

/** Why a release is not what is wanted. */
export type StaleReason =
  | { kind: "chart" | "version"; wanted: string; found: string }
  /** Paths of the values that differ, e.g. `image.tag`; a list is one value. */
  | { kind: "values"; paths: string[] }
  /** Objects, as `Drift` names them, that are gone or have other fields. */
  | { kind: "objects"; objects: string[] }
  /** The release is still there, and should not be. */
  | { kind: Exclude<Standing, "target"> };

/** How a member stands to a release: one that joined the group and is not listed yet, or no more, is `not a target`. */
type Standing = "target" | "not a target" | "left the group";

/** What a member is to have. */
export interface WantedRelease {
  standing: Standing;
  /** Absent when the source is no Helm chart. */
  chart?: string;
  version?: string;
  values: Values;
}

/** What a cluster answered. */
export type FoundRelease =
  | { kind: "unreachable"; error: string }
  /** There is nothing to ask it with, as after the cluster itself left the program. */
  | { kind: "no credentials" }
  | { kind: "absent" }
  /** Helm's newest record of the release. */
  | ({ kind: "helm" } & HelmRevision)
  /** Objects of the state, one by one: how many are there, and those that the engine could not make ready. */
  | { kind: "objects"; present: number; failed: string[]; drift: Drift[] };

/** What Helm wrote down of one revision of a release. */
export interface HelmRevision {
  revision: number;
  /** Helm's word, e.g. `deployed` or `pending-upgrade`. */
  state: string;
  chart: string;
  version: string;
  /** The values that the user supplied, without those of the chart. */
  values: Values;
  /** What Helm tells of the last operation, such as why it failed. */
  description: string;
}

/** The status of one member. */
export interface MemberStatus {
  word: StatusWord;
  /** Why it could not be asked, or what failed; for `UNKNOWN` and `FAILED`. */
  error?: string;
  /** Why it is not what is wanted; a pending or failed release may be stale as well. */
  stale: StaleReason[];
  /** What Helm has there, when it has something. */
  helm?: Pick<HelmRevision, "revision" | "state" | "chart" | "version">;
}

/** Compares what is wanted with what was found. Of a chart's values only those that the user supplied count. */
export function memberStatus(wanted: WantedRelease, found: FoundRelease): MemberStatus {
  switch (found.kind) {
    case "unreachable":
      return { word: "UNKNOWN", error: found.error, stale: excess(wanted) };
    case "no credentials":
      return {
        word: wanted.standing === "left the group" ? "STALE" : "UNKNOWN",
        error: "the state has no credentials of the cluster",
        stale: excess(wanted),
      };
    case "absent":
      return { word: "NOT INSTALLED", stale: [] };
    case "objects":
      return objectsStatus(wanted, found);
    case "helm":
      return helmStatus(wanted, found);
  }
}

/** Whether everything is as wanted: deployed without drift, or not there and not wanted there. */
export function isAsWanted({ standing }: WantedRelease, { word }: MemberStatus, drift: Drift[]): boolean {
  if (standing !== "target") return word === "NOT INSTALLED";
  return word === "DEPLOYED" && drift.every(({ autoscaled }) => autoscaled);
}

function helmStatus(wanted: WantedRelease, found: HelmRevision): MemberStatus {
  const { revision, state, chart, version } = found;
  if (state === "uninstalled") return { word: "NOT INSTALLED", stale: [] };
  const stale = wanted.standing === "target" ? staleReasons(wanted, found) : excess(wanted);
  const status = { stale, helm: { revision, state, chart, version } };
  if (state === "uninstalling" || state.startsWith("pending-")) return { word: "PENDING", ...status };
  if (state !== "deployed") return { word: "FAILED", error: found.description, ...status };
  return { word: stale.length > 0 ? "STALE" : "DEPLOYED", ...status };
}

/** Objects have no record of their own: what differs from the state is what is stale. */
function objectsStatus(
  wanted: WantedRelease,
  { present, failed, drift }: Extract<FoundRelease, { kind: "objects" }>,
): MemberStatus {
  if (present === 0) return { word: "NOT INSTALLED", stale: [] };
  if (failed.length > 0) return { word: "FAILED", error: failed.join("; "), stale: [] };
  const objects = [...new Set(drift.filter(({ autoscaled }) => !autoscaled).map(({ object }) => object))];
  const changed: StaleReason[] = objects.length > 0 ? [{ kind: "objects", objects }] : [];
  const stale = wanted.standing === "target" ? changed : excess(wanted);
  return { word: stale.length > 0 ? "STALE" : "DEPLOYED", stale };
}

/** What is stale about a release that should not be there. */
function excess({ standing }: WantedRelease): StaleReason[] {
  return standing === "target" ? [] : [{ kind: standing }];
}

function staleReasons(wanted: WantedRelease, found: HelmRevision): StaleReason[] {
  const paths = valueDifferences(wanted.values, found.values, "");
  return [
    ...(["chart", "version"] as const).flatMap((kind): StaleReason[] => {
      const expected = wanted[kind];
      return expected === undefined || expected === found[kind]
        ? []
        : [{ kind, wanted: expected, found: found[kind] }];
    }),
    ...(paths.length > 0 ? [{ kind: "values" as const, paths }] : []),
  ];
}

/** A value of `null` takes a default away before Helm sees it, so for Helm it is not there; nor is an empty map. */
function valueDifferences(wanted: unknown, found: unknown, path: string): string[] {
  const [one, other] = [wanted ?? {}, found ?? {}];
  if (!isMap(one) || !isMap(other)) return isDeepStrictEqual(wanted, found) ? [] : [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    valueDifferences(one[key], other[key], keyPath(path, key).replace(/^\./, "")),
  );
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
