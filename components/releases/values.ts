// The values that one member of a group gets: layers of values laid over each other, with their functions called.
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors.ts";
import type { Layer } from "./layers.ts";
import type { Member } from "./members.ts";
import type { HiddenValue, Origin, Provenance } from "./provenance.ts";
import { leafPath, valuePath } from "./value-paths.ts";

/** Values of a chart: plain data, keyed by the chart's words. */
export type Values = { [key: string]: unknown };

export interface EffectiveValues {
  values: Values;
  provenance: Provenance;
  /** Functions that throw, with the path of the value below that of the release. */
  faults: Fault[];
}

/** What one layer says at some place of the values. */
interface Word<Value = unknown> {
  layer: Layer;
  value: Value;
}

/** What the layers say at some place, the highest first. */
interface Words {
  said: Word[];
  /** What was said of something above the place, and replaced there: it is told as hidden, and gives no value. */
  replaced: Word[];
}

/** What is gathered while the values of one member are made. */
interface Gathering {
  member: Member;
  origins: [string, Provenance[string]][];
  faults: Fault[];
}

/**
 * Lays `override` over `base`: maps merge, everything else (lists too) replaces, and `undefined` says nothing. `null`
 * stays: with it Helm takes away what the chart has by default. Neither argument is changed.
 */
export function mergeValues(base: Values, override: Values): Values {
  const merged = Object.entries(override)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => {
      const below = Object.hasOwn(base, key) ? base[key] : undefined;
      return [key, isMap(value) ? mergeValues(isMap(below) ? below : {}, value) : value];
    });
  return Object.fromEntries([...Object.entries(base), ...merged]);
}

/** The values without their nulls and without what these take away; what stands in lists is left alone. */
export function withoutNulls(values: Values): Values {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([key, value]): [string, unknown] => [key, isMap(value) ? withoutNulls(value) : value]);
  return Object.fromEntries(entries);
}

/**
 * The values of one member: those of the layers that select it, from low to high, merged as by `mergeValues`. Functions
 * are called with the member unless a higher layer hides them.
 */
export function effectiveValues(layers: Layer[], member: Member): EffectiveValues {
  const gathering: Gathering = { member, origins: [], faults: [] };
  const words = layers
    .filter((layer) => layer.selects(member.cluster))
    .map((layer) => ({ layer, value: layer.values }));
  const values = (settle({ said: words.reverse(), replaced: [] }, [], gathering) ?? {}) as Values;
  return { values, provenance: Object.fromEntries(gathering.origins), faults: gathering.faults };
}

/** Whether the engine may not know the value yet: a Pulumi output or a promise. */
export function isOpen(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** The keys that lead to each open value. */
export function openValues(values: unknown, keys: string[] = []): string[][] {
  if (isOpen(values)) return [keys];
  if (!Array.isArray(values) && !isMap(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => openValues(value, [...keys, key]));
}

/** A copy of the value in which something else stands for each part, at any depth, that a test holds for. */
export function replaceParts(
  value: unknown,
  part: { holds: (value: unknown) => boolean; replace: (value: unknown, keys: string[]) => unknown },
  keys: string[] = [],
): unknown {
  if (part.holds(value)) return part.replace(value, keys);
  const below = (item: unknown, key: string) => replaceParts(item, part, [...keys, key]);
  if (Array.isArray(value)) return value.map((item, index) => below(item, String(index)));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, below(item, key)]));
}

/** What the words come to; undefined when they say nothing. */
function settle({ said, replaced }: Words, keys: string[], gathering: Gathering): unknown {
  const { maps, rest } = split(said, keys, gathering);
  const [highest = rest.shift()] = maps;
  if (highest === undefined) return undefined;
  // What the maps hide as a whole, each of their values hides.
  const names = new Set(maps.toReversed().flatMap(({ value }) => Object.keys(value)));
  const entries = [...names].flatMap((name): [string, unknown][] => {
    const below = (words: Word[]) => words.flatMap((word) => wordBelow(word, name));
    const words = { said: below(maps), replaced: below([...rest, ...replaced]) };
    const value = settle(words, [...keys, name], gathering);
    return value === undefined ? [] : [[name, value]];
  });
  if (entries.length > 0 || keys.length === 0) return Object.fromEntries(entries);
  const { layer, value } = highest;
  const hid = hiddenValues([...rest, ...replaced], keys);
  gathering.origins.push([leafPath(keys), { ...origin(layer, keys), hid }]);
  if (isMap(value)) return {};
  const replace = (item: unknown, path: string[]) => called(item, { layer, keys: path, gathering });
  return replaceParts(value, { holds: isFunction, replace }, keys);
}

/** The maps that merge, and the rest, which begins with what is no map: it replaces all that is below it. */
function split(words: Word[], keys: string[], gathering: Gathering): { maps: Word<Values>[]; rest: Word[] } {
  const maps: Word<Values>[] = [];
  for (const [index, { layer, value: given }] of words.entries()) {
    const value = called(given, { layer, keys, gathering });
    if (isMap(value)) maps.push({ layer, value });
    else if (value !== undefined) return { maps, rest: [{ layer, value }, ...words.slice(index + 1)] };
  }
  return { maps, rest: [] };
}

/** What a word says of one key; what is no map says the same of all of them. */
function wordBelow({ layer, value }: Word, key: string): Word[] {
  if (!isMap(value)) return [{ layer, value }];
  return Object.hasOwn(value, key) ? [{ layer, value: value[key] }] : [];
}

function called(
  value: unknown,
  { layer, keys, gathering }: { layer: Layer; keys: string[]; gathering: Gathering },
): unknown {
  if (!isFunction(value)) return value;
  try {
    return value(gathering.member);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    gathering.faults.push({
      path: valuePath(layer.name, keys),
      problem: `throws for the member ${gathering.member.cluster.name}: ${reason}`,
      allowed:
        "a function that gives a value, or undefined for none, for every member that its layer selects",
    });
    return undefined;
  }
}

function origin(layer: Layer, keys: string[]): Origin {
  return { layer: layer.name, ...layer.place(keys) };
}

function hiddenValues(words: Word[], keys: string[]): HiddenValue[] {
  return words
    .filter(({ value }) => value !== undefined)
    .map(({ layer, value }) => ({
      ...origin(layer, keys),
      ...(isFunction(value)
        ? {}
        : { value: replaceParts(value, { holds: isFunction, replace: () => undefined }) }),
    }));
}

function isFunction(value: unknown): value is (member: Member) => unknown {
  return typeof value === "function";
}

/** A plain map; not a list, and not an object with behaviour such as an output. */
function isMap(value: unknown): value is Values {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
