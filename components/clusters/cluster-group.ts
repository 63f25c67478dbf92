// A cluster group: clusters that get the same features and releases.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import { checkedOutput } from "../core/inputs.ts";
import { lastUpdate } from "../core/last-update.ts";
import { massRemovalFaults } from "../core/mass-removal.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { claim, deferFaults, registeredName, reportFaults } from "../core/program.ts";
import type { ClusterGroupRef, ClusterRef } from "../core/refs.ts";
import { clusterVersion } from "./cluster-version.ts";
import {
  type FeatureHosts,
  featureFaults,
  featureHosts,
  type GroupFeatures,
  hostFaults,
  installFeatures,
} from "./group-features.ts";
import { chooseMembers, type NamedMembers, type SelectedMembers } from "./group-members.ts";

/**
 * The members, as `members` or as `select` and `from`, and what they have in common. A cluster that joins must answer
 * within 10 seconds; one that is a member already may be silent, and stay or leave.
 */
export type ClusterGroupArgs = (NamedMembers | SelectedMembers) & {
  /** What is on for all members, by a name of your own: a DNS label. Defaults to nothing. */
  features?: GroupFeatures;
  /**
   * Names of the clusters that are meant to leave. Needed when more than half of the members leave in one update; to be
   * removed afterwards. Defaults to none.
   */
  leaving?: string[];
};

const defaults = { features: {}, leaving: [] };

/** What the group was at an update. */
interface GroupState {
  members: string[];
  features: FeatureHosts;
}

/** A named set of clusters, and what is switched on for all of them. */
export class ClusterGroup extends pulumi.ComponentResource {
  readonly ref: ClusterGroupRef;

  constructor(name: string, args: ClusterGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    const path = `ClusterGroup("${name}")`;
    const { features = defaults.features, leaving = defaults.leaving } = args;
    const chosen = chooseMembers(path, args);
    const members = Object.keys(chosen.members).sort();
    const faults = [
      ...dnsLabelFaults(`${path} name`, name, 40),
      ...takenFaults(`${path} name`, name),
      ...chosen.faults,
      ...leavingFaults(`${path}.leaving`, leaving, members),
      ...featureFaults(`${path}.features`, features, members),
    ];
    const now: GroupState = { members, features: featureHosts(features) };
    const registered = registeredName("ClusterGroup", name);
    const last = lastUpdate(`ClusterGroup ${registered}`, now, (before) =>
      faults.length > 0 ? [] : changeFaults(path, { before, now, leaving }),
    );
    super("breakwater:index:ClusterGroup", registered, now, pulumi.mergeOptions(opts, last.opts));
    this.ref = { name, members: chosen.members };
    if (reportFaults(faults)) return;

    const before = last.inputs(this).then((state) => state.members ?? []);
    const joined = Object.entries(chosen.members).map(([member, ref]): [string, ClusterRef] => [
      member,
      join(keyPath(chosen.path, member), ref, before),
    ]);
    this.ref = { name, members: Object.fromEntries(joined) };
    installFeatures(this.ref, features, { parent: this });
    this.registerOutputs({ name, members });
  }
}

function takenFaults(path: string, name: string): Fault[] {
  if (claim("cluster group", name, path) === undefined) return [];
  const problem = "is the name of another cluster group";
  return [{ path, value: name, problem, allowed: "a name that no other group of the program has" }];
}

function leavingFaults(path: string, leaving: string[], members: string[]): Fault[] {
  return leaving
    .filter((name) => members.includes(name))
    .map((name) => {
      const allowed = "names of clusters that are no longer members";
      return { path, value: name, problem: "names a member of the group", allowed };
    });
}

/** What must not happen to the group from one update to the next. */
function changeFaults(
  path: string,
  { before, now, leaving }: { before: Partial<GroupState>; now: GroupState; leaving: string[] },
): Fault[] {
  const removal = {
    kind: "members",
    before: before.members ?? [],
    after: now.members,
    confirmed: leaving,
  };
  return [
    ...massRemovalFaults(`${path}.leaving`, removal),
    ...hostFaults(`${path}.features`, before.features ?? {}, now.features),
  ];
}

/**
 * The member, held back until it is certain that it was one at the last update or answers now. Where no preview knows
 * its kubeconfig, it is asked in the update; one that is silent then gets nothing, but counts as a member from there on.
 */
function join(path: string, ref: ClusterRef, before: Promise<string[]>): ClusterRef {
  const joining = before.then((members) => ({
    kubeconfig: members.includes(ref.name)
      ? ref.kubeconfig
      : checkedOutput(ref.kubeconfig, (kubeconfig) => silenceFaults(path, kubeconfig)),
  }));
  // The check of a cluster that joins begins late: without this, the program might not wait for it.
  deferFaults(joining.then(() => []));
  const checked = pulumi.output(joining).apply(({ kubeconfig }) => kubeconfig);
  return { ...ref, kubeconfig: ref.kubeconfig.apply(() => checked) };
}

async function silenceFaults(path: string, kubeconfig: string): Promise<Fault[]> {
  const answer = await clusterVersion(path, kubeconfig);
  if (!("fault" in answer)) return [];
  const problem = `joins the group, but ${answer.fault.problem}`;
  return [{ ...answer.fault, problem, allowed: "a cluster that answers; only members may be silent" }];
}
