// Members of a group as the values of a release see them: who they are, and what they gave when they were installed.
import type * as pulumi from "@pulumi/pulumi";
import { neverKnown } from "../core/inputs.ts";
import type { ClusterGroupRef, ClusterRef } from "../core/refs.ts";

/** What a member gives to others, by the user's word. */
export type MemberOutputs = Record<string, pulumi.Output<unknown>>;

/** Outputs of a release that gives none. */
export type NoOutputs = Record<never, never>;

/** Whom values are made for. */
export interface Member<Outputs = MemberOutputs> {
  cluster: ClusterRef;
  /** The other members that the program holds, by name. */
  members: Record<string, OtherMember<Outputs>>;
}

/** Another member of the group. */
interface OtherMember<Outputs = MemberOutputs> {
  ref: ClusterRef;
  /** What it gave. Whoever reads this is installed after it. */
  outputs: Outputs;
}

/** A member on which a release stands, as the function of its outputs sees it. */
export interface InstalledMember {
  cluster: ClusterRef;
  namespace: string;
  releaseName: string;
  /** Helm's status, known when the release is there; absent when the source is not a Helm chart. */
  status?: pulumi.Output<string>;
  /** What the release is made of on this member: to be a parent, or something to depend on. */
  resource: pulumi.Resource;
}

/** A member of the group and the others; `outputsOf` is asked for what another one gave when it is read. */
export function memberOf<Outputs>(
  { members }: ClusterGroupRef,
  cluster: ClusterRef,
  outputsOf: (member: string) => Outputs,
): Member<Outputs> {
  const others = Object.entries(members)
    .filter(([name]) => name !== cluster.name)
    .map(([name, ref]): [string, OtherMember<Outputs>] => [
      name,
      {
        ref,
        get outputs() {
          return outputsOf(name);
        },
      },
    ]);
  return { cluster, members: Object.fromEntries(others) };
}

/** Outputs under any word that never come, in the place of those of a member that is not installed. */
export function outputsToCome(): MemberOutputs {
  return new Proxy<MemberOutputs>({}, { get: () => neverKnown() });
}
