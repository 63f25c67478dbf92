// What is recorded of a release in the state: who was to get what, and why. Status, explanations and rollouts start
// from it.
import type { ReleasePlan } from "./plan.ts";
import type { Provenance } from "./provenance.ts";
import type { Values } from "./values.ts";

/** A release as the last update wanted it: plain data, but for outputs and secrets among the values. */
export interface ReleaseRecord {
  group: string;
  /** Name of the `MultiClusterRelease`. */
  release: string;
  /** What was released; a chart by the name and the version that its Chart.yaml says. */
  source: { kind: "helm"; chart: string; version: string } | { kind: "manifests" };
  /** The targets by wave, in order; one wave when none were asked for. */
  waves: string[][];
  /** Every member of the group. */
  members: Record<string, MemberRecord>;
}

/** One member's part of a release. */
export interface MemberRecord {
  cluster: string;
  cloud: string;
  distribution: string;
  namespace: string;
  releaseName: string;
  /** Whether the member takes the release; false for one that joined and is not listed yet. */
  target: boolean;
  /** The effective values, without what the chart has by default. */
  values: Values;
  provenance: Provenance;
}

/** The record of a planned release. */
export function releaseRecord(
  { group, release, source }: Pick<ReleaseRecord, "group" | "release" | "source">,
  plan: Pick<ReleasePlan, "members" | "waves">,
): ReleaseRecord {
  const members = Object.entries(plan.members).map(([member, part]): [string, MemberRecord] => {
    const { cluster, namespace, releaseName, target, values, provenance } = part;
    const { name, cloud, distribution } = cluster;
    return [
      member,
      { cluster: name, cloud, distribution, namespace, releaseName, target, values, provenance },
    ];
  });
  return { group, release, source, waves: plan.waves, members: Object.fromEntries(members) };
}
