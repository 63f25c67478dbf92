// What is switched on for a whole group: a feature puts a component on every member.
import type * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { memberFaults } from "../core/members.ts";
import { dnsLabelFaults } from "../core/names.ts";
import type { ClusterGroupRef, ClusterRef } from "../core/refs.ts";

/** One member, as a feature gets it. */
export interface FeatureMember {
  /** For the component that the feature makes: `<group>-<feature>-<member>`. */
  name: string;
  cluster: ClusterRef;
  group: ClusterGroupRef;
}

/** One member of a feature with a host, and the host, which is the member itself on one of them. */
export interface HostedFeatureMember extends FeatureMember {
  host: ClusterRef;
}

/** A feature that is the same on all members. */
export interface MemberFeature {
  host?: never;
  /** Makes the feature's component on one member; called once for each. */
  install: (member: FeatureMember, opts: pulumi.ComponentResourceOptions) => void;
}

/** A feature that one of the members is the host of. */
export interface HostedFeature {
  /**
   * Name of the member that is the host. It cannot leave the group while the feature is on, and another member can be
   * the host only after an update without the feature.
   */
  host: string;
  /** Makes the feature's component on one member; called once for each, in no certain order. */
  install: (member: HostedFeatureMember, opts: pulumi.ComponentResourceOptions) => void;
}

/** Something that is switched on for a group by being among its features, and off by no longer being there. */
export type GroupFeature = MemberFeature | HostedFeature;

/** Features by name. */
export type GroupFeatures = Record<string, GroupFeature>;

/** The features that are on, by name, and their hosts. */
export type FeatureHosts = Record<string, { host?: string }>;

/** What is to be remembered of the features until the next update. */
export function featureHosts(features: GroupFeatures): FeatureHosts {
  const hosts = Object.entries(features).map(([name, { host }]) => [
    name,
    host === undefined ? {} : { host },
  ]);
  return Object.fromEntries(hosts) as FeatureHosts;
}

/** Checks the names of features, DNS labels, and that each host is a member. */
export function featureFaults(path: string, features: GroupFeatures, members: string[]): Fault[] {
  return Object.entries(features).flatMap(([name, { host }]) => {
    const where = keyPath(path, name);
    const faults = dnsLabelFaults(where, name);
    return host === undefined ? faults : [...faults, ...memberFaults(`${where}.host`, host, members)];
  });
}

/** Refuses another host, or none, for a feature that was on with a host at the last update. */
export function hostFaults(path: string, before: FeatureHosts, now: FeatureHosts): Fault[] {
  return Object.entries(now).flatMap(([name, { host }]) => {
    const elected = before[name]?.host;
    if (elected === undefined || elected === host) return [];
    const where = `${keyPath(path, name)}.host`;
    const allowed = `"${elected}"; for another one, first an update without the feature`;
    const problem = `changes while the feature is on with the host "${elected}"`;
    return [{ path: where, value: host, problem, allowed, instead: JSON.stringify(elected) }];
  });
}

/** Makes every feature on every member. */
export function installFeatures(
  group: ClusterGroupRef,
  features: GroupFeatures,
  opts: pulumi.ComponentResourceOptions,
): void {
  for (const [name, feature] of Object.entries(features)) {
    for (const cluster of Object.values(group.members)) {
      const member = { name: `${group.name}-${name}-${cluster.name}`, cluster, group };
      if (feature.host === undefined) feature.install(member, opts);
      else feature.install({ ...member, host: hostOf(group, feature.host) }, opts);
    }
  }
}

function hostOf({ members }: ClusterGroupRef, name: string): ClusterRef {
  const host = members[name];
  if (host === undefined) throw new Error(`the host "${name}" was checked to be a member and is none`);
  return host;
}
