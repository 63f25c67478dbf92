// The values that one member of a group gets: the common ones with the member's override laid over them.
import * as pulumi from "@pulumi/pulumi";
import { keyPath } from "../core/errors.ts";
import { mergeValues, type Values } from "../core/merge.ts";

/** Part of the values: what is left out stays as it is, lists are replaced as a whole, and `null` takes an optional value away. */
export type Override<V> = {
  [Key in keyof V]?: OverrideOf<V[Key]> | (undefined extends V[Key] ? null : never);
};

type OverrideOf<T> = T extends readonly unknown[] ? T : T extends object ? Override<T> : T;

/** The values of a function that makes objects: `null` has taken away what it stood for. */
export function plainValues(common: object, override: object): Values {
  return mergeValues(mergeValues({}, common as Values), override as Values);
}

/** The values of a Helm chart: `null` stays, because with it Helm takes away what the chart's own defaults have there. */
export function helmValues(common: object, override: object): Values {
  return withNulls(mergeValues(common as Values, override as Values), override as Values);
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

/** Whether the values decide what these keys lead to, be it by having something else than a map on the way. */
export function decides(values: unknown, [key, ...rest]: string[]): boolean {
  if (key === undefined || !(isMap(values) || Array.isArray(values))) return true;
  return Object.hasOwn(values, key) && decides((values as Values)[key], rest);
}

/** The path that these keys lead to below another one, as the caller would write it: `values.hosts[1]`. */
export function valuePath(path: string, keys: string[]): string {
  return keys.reduce((above, key) => (/^\d+$/.test(key) ? `${above}[${key}]` : keyPath(above, key)), path);
}

function withNulls(merged: Values, override: Values): Values {
  const entries = Object.entries(override).flatMap(([key, value]): [string, unknown][] => {
    if (value === null) return [[key, null]];
    return isMap(value) ? [[key, withNulls(merged[key] as Values, value)]] : [];
  });
  return Object.fromEntries([...Object.entries(merged), ...entries]);
}

function isMap(value: unknown): value is Values {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
