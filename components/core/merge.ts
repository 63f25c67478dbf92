// Layers of values: how a common set of chart values and a member's override become one.

/** Values of a chart: plain data, keyed by the chart's words. */
export type Values = { [key: string]: unknown };

/**
 * Lays `override` over `base`, as Helm does with its value files: maps merge, everything else (lists too)
 * replaces, and `null` removes the key. Neither argument is changed.
 */
export function mergeValues(base: Values, override: Values): Values {
  const merged: Values = { ...base };
  for (const [key, value] of Object.entries(override)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) delete merged[key];
    else if (isMap(value)) define(merged, key, mergeValues(isMap(below) ? below : {}, value));
    else if (value !== undefined) define(merged, key, value);
  }
  return merged;
}

/** A plain map; not a list, and not an object with behaviour such as an Output. */
function isMap(value: unknown): value is Values {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Assignment that also takes the key `__proto__` for a key like any other. */
function define(values: Values, key: string, value: unknown): void {
  Object.defineProperty(values, key, { value, enumerable: true, writable: true, configurable: true });
}
