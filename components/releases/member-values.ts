// The types of values that may differ from member to member.
import type * as pulumi from "@pulumi/pulumi";
import type { LayersByKind } from "./layers.ts";
import type { Member } from "./members.ts";

/** Values for every member: any of them, at any depth, may be a function of the member. */
export type MemberValues<V, Outputs> = { [Key in keyof V]: MemberValue<V[Key], Outputs> };

/**
 * Part of the values, for some of the members: what is left out stays as it is, lists are replaced as a whole, and
 * `null` takes an optional value away.
 */
type MemberOverride<V, Outputs> = {
  [Key in keyof V]?: OverrideValue<V[Key], Outputs> | (undefined extends V[Key] ? null : never);
};

/** Layers over the values. */
export type Overrides<V, Outputs> = LayersByKind<MemberOverride<V, Outputs>>;

// The function stands outside of every conditional type: inside, the compiler would not infer the outputs that it gets.
type MemberValue<T, Outputs> =
  | MadeFor<T, Outputs>
  | Given<T>
  | (unknown extends T ? UntypedParts<Outputs> : T extends Structure ? MemberValues<T, Outputs> : never);

type OverrideValue<T, Outputs> =
  | MadeFor<T, Outputs>
  | Given<T>
  | (unknown extends T ? UntypedParts<Outputs> : T extends Structure ? MemberOverride<T, Outputs> : never);

/** Makes a value for a member; with `undefined` the layer says nothing. */
type MadeFor<T, Outputs> = (member: Member<Outputs>) => Given<T> | undefined;

/** A value or an output of it; without a type anything but what would hide the other forms from the compiler. */
type Given<T> = unknown extends T ? string | number | boolean | object | null | undefined : pulumi.Input<T>;

/** What a value without a type may hold. */
type UntypedParts<Outputs> =
  | MemberValue<unknown, Outputs>[]
  | { [key: string]: MemberValue<unknown, Outputs> };

/** What merges: an object that is no list. */
type Structure = object & { readonly length?: never };
