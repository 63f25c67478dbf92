// What is recorded of a release in the state: who was to get what, and why. Status, explanations and rollouts start
// from it.
import * as pulumi from "@pulumi/pulumi";
import type { ReleasePlan } from "./plan.ts";
import type { Provenance } from "./provenance.ts";
import { isOpen, replaceParts, type Values } from "./values.ts";

/**
 * A release as the last update wanted it: plain data, but for outputs and secrets among the values. Where a value failed
 * to come, as from a member whose installation failed, the record says `did not come`.
 */
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

const missing = "did not come";

/** The record of a planned release. */
export function releaseRecord(
  { group, release, source }: Pick<ReleaseRecord, "group" | "release" | "source">,
  plan: Pick<ReleasePlan, "members" | "waves">,
): ReleaseRecord {
  const members = Object.entries(plan.members).map(([member, part]): [string, MemberRecord] => {
    const { cluster, namespace, releaseName, target, values, provenance } = part;
    const { name, cloud, distribution } = cluster;
    const given = replaceParts({ values, provenance }, { holds: isOpen, replace: comeOrMissing });
    const known = given as Pick<MemberRecord, "values" | "provenance">;
    return [member, { cluster: name, cloud, distribution, namespace, releaseName, target, ...known }];
  });
  return { group, release, source, waves: plan.waves, members: Object.fromEntries(members) };
}

/** The same output, or a word for it: one value that fails to come must not take the whole record with it. */
function comeOrMissing(open: unknown): pulumi.Output<unknown> {
  // Whether an output is secret is certain when it is there, and fails as it does.
  const settled = (pulumi.Output.isInstance(open) ? pulumi.isSecret(open) : Promise.resolve(open)).then(
    () => ({ value: open }),
    () => ({ value: missing }),
  );
  return pulumi.output(settled).apply(({ value }) => value);
}
