// One chart on every cluster of a group, each member with its own values.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import { neverKnown } from "../core/inputs.ts";
import { claim, registeredName, reportFaults } from "../core/program.ts";
import type { ClusterGroupRef } from "../core/refs.ts";
import { writtenArguments } from "../core/source-location.ts";
import { type InstallOptions, installFaults, installMember, type MemberRelease } from "./install.ts";
import type { MemberValues, Overrides } from "./member-values.ts";
import {
  type InstalledMember,
  type Member,
  type MemberOutputs,
  memberOf,
  type NoOutputs,
  outputsToCome,
} from "./members.ts";
import { type MemberPlan, planRelease, type ReleaseNamespace, type ReleasePlan } from "./plan.ts";
import { releaseRecord } from "./record.ts";
import { needsPlainValues, type Source } from "./source.ts";
import { checkSource } from "./source-check.ts";
import { valueFaults } from "./value-faults.ts";
import type { Values } from "./values.ts";
import { describeWaves, type Wave } from "./waves.ts";

export interface MultiClusterReleaseArgs<V extends object, Outputs extends MemberOutputs = NoOutputs>
  extends InstallOptions {
  /** The clusters that take the release. */
  group: ClusterGroupRef;
  /** What is released: `helm(...)` or `manifests(...)`. */
  source: Source<V>;
  /**
   * The namespace, which must exist or be made by the same program: a name that is the same on all members, or one
   * for every member, by the member's name. A `NamespaceRef` makes the release wait for its namespace.
   */
  namespace: ReleaseNamespace;
  /**
   * What each member gives to the values of others, of this release or another one: called once for every member that
   * takes the release. Where values of the same release read it, its parameter must be typed, as in
   * `({ cluster }: InstalledMember) => ...`. Defaults to nothing.
   */
  outputs?: (member: InstalledMember) => Outputs;
  /**
   * Values for all members. Any of them may be a function of the member; it is called more than once and must not do
   * anything else. A member whose values read outputs of another one is installed after that.
   */
  values: MemberValues<V, Outputs>;
  /**
   * Layers over the values, from low to high: by cloud, by distribution, by labels and by cluster. Maps merge,
   * everything else replaces, and `null` removes, also what a Helm chart has by default. A layer that is for no member
   * is an error. Defaults to none.
   */
  overrides?: Overrides<V, Outputs>;
  /**
   * Who takes the release: with `install` every member, also one that joins later; with `manual` the `targets`.
   * Defaults to `install`.
   */
  onJoin?: "install" | "manual";
  /** With `onJoin: "manual"`: the names of the members that take the release; a member that is left out loses it. */
  targets?: string[];
  /**
   * Members that go before others; who is in no wave goes last. A wave starts when every member before it is healthy,
   * and the first that fails stops the rest. Defaults to all at once.
   */
  waves?: Wave[];
  /**
   * How many members of a wave are worked on at once, from 1 to 1000: in lanes that are fixed beforehand, so that a
   * member waits for the one before it in its lane, also while another lane is free. Defaults to all.
   */
  maxConcurrent?: number;
}

/** What stands on one member, and what it gives to others. */
export interface ReleasedMember<Outputs> extends MemberRelease {
  outputs: Outputs;
}

/** One source, released to every member of a group; each member's part is a component of its own. */
export class MultiClusterRelease<
  V extends object = Values,
  Outputs extends MemberOutputs = NoOutputs,
> extends pulumi.ComponentResource {
  /** What stands where, by member that takes the release; all but status and outputs is known at preview. */
  readonly members: Record<string, ReleasedMember<Outputs>> = {};

  constructor(
    name: string,
    args: MultiClusterReleaseArgs<V, Outputs>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("breakwater:index:MultiClusterRelease", registeredName("MultiClusterRelease", name), {}, opts);
    const { group, source, namespace, outputs, values, overrides = {}, ...more } = args;
    const { onJoin = "install", targets, waves, maxConcurrent, ...options } = more;
    const plan = planRelease(name, {
      ...{ group, namespace, values, overrides, onJoin, targets, waves, maxConcurrent },
      kind: source.kind,
      needsPlainValues: needsPlainValues(source),
      place: writtenArguments(),
    });
    const { path } = plan;
    const checked = checkSource(`${path}.source`, source);
    const faults = [
      ...plan.faults,
      ...takenFaults(plan, name, group),
      ...installFaults(path, options, { source, members: Object.keys(group.members) }),
      ...checked.faults,
      ...valueFaults(path, checked, plan.targets),
    ];
    if (reportFaults(faults)) {
      this.members = Object.fromEntries(
        plan.targets.map((target) => [target.cluster.name, memberToCome(target)]),
      );
      return;
    }
    if (plan.waves.length > 0 && (waves !== undefined || maxConcurrent !== undefined)) {
      void pulumi.log.info(describeWaves(name, plan.waves, maxConcurrent), this);
    }
    const { members, parts, refused } = installAll(plan, { name, args, options, parent: this });
    this.members = members;
    if (refused) return;
    const recorded = { group: group.name, release: name, source: checked.recorded };
    this.registerOutputs({ record: releaseRecord(recorded, { members: parts, waves: plan.waves }) });
  }
}

/** What it takes to install a planned release. */
interface Installation<V extends object, Outputs extends MemberOutputs> {
  name: string;
  args: MultiClusterReleaseArgs<V, Outputs>;
  options: InstallOptions;
  parent: pulumi.Resource;
}

/** What of the release has a name that is taken: in the program or, of a member's part, in the engine's state. */
function takenFaults({ path, targets }: ReleasePlan, name: string, group: ClusterGroupRef): Fault[] {
  const other = claim("release", name, `to the group "${group.name}"`);
  if (other !== undefined) {
    const problem = `is the name of another MultiClusterRelease, the one ${other}`;
    const allowed = "a name that no other release of the program has";
    return [{ path: `${path} name`, value: name, problem, allowed }];
  }
  return targets.flatMap(({ cluster: { name: member } }): Fault[] => {
    const part = `${name}-${member}`;
    const earlier = claim("part of a release", part, `${path} on ${member}`);
    if (earlier === undefined) return [];
    const problem = `makes ${JSON.stringify(part)} on ${member}, which is also the name of ${earlier}`;
    const allowed = "names of releases and members that come to another `<release>-<member>`";
    return [{ path: `${path} name`, value: name, problem, allowed }];
  });
}

/**
 * Installs every target after those that it waits for. Returns what stands there, and all parts with their last values.
 * When the values of one are refused, neither it nor those after it are installed.
 */
function installAll<V extends object, Outputs extends MemberOutputs>(
  plan: ReleasePlan,
  { name, args, options, parent }: Installation<V, Outputs>,
) {
  const { group, source, outputs = () => ({}) as Outputs } = args;
  const members: Record<string, ReleasedMember<Outputs>> = {};
  const parts = { ...plan.members };
  const resources: Record<string, pulumi.Resource> = {};
  let refused = false;
  for (const target of plan.targets) {
    const member = target.cluster.name;
    const outputsOf = (other: string) => members[other]?.outputs ?? missingOutputs(other);
    const { part, faults } = finalPart(target, plan, memberOf(group, target.cluster, outputsOf));
    refused = reportFaults(faults) || refused;
    if (refused) {
      members[member] = memberToCome(target);
      continue;
    }
    const waitsFor = new Set([...target.after, ...target.reads]);
    const dependsOn = [...waitsFor].flatMap((other) => resources[other] ?? []);
    const installing = { ...options, name: `${name}-${member}`, source, part };
    const { resource, ...installed } = installMember(installing, { parent, dependsOn });
    members[member] = { ...installed, cluster: member, outputs: outputs({ ...installed, resource }) };
    parts[member] = part;
    resources[member] = resource;
  }
  return { members, parts, refused };
}

/** The part of a member with what others have given in its values. */
function finalPart(part: MemberPlan, { valuesOf }: ReleasePlan, member: Member) {
  if (part.reads.length === 0) return { part, faults: [] };
  const { faults, ...given } = valuesOf(member);
  return { part: { ...part, ...given }, faults };
}

function missingOutputs(member: string): never {
  throw new Error(`it reads outputs of ${member}, which it did not read when it was called before`);
}

/** What stands for a member that was refused: whatever reads it is checked, but never comes. */
function memberToCome<Outputs>({ cluster, namespace, releaseName }: MemberPlan): ReleasedMember<Outputs> {
  const outputs = outputsToCome() as Outputs;
  return { cluster: cluster.name, namespace, releaseName, status: neverKnown(), outputs };
}
