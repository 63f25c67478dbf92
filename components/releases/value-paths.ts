// Paths of values, as the user would write them.
import { keyPath } from "../core/errors.ts";

/** The path that these keys lead to below another one: `values.hosts[1]`. */
export function valuePath(path: string, keys: string[]): string {
  return keys.reduce((above, key) => (/^\d+$/.test(key) ? `${above}[${key}]` : keyPath(above, key)), path);
}

/** The path that these keys lead to from the top: `image.tag`, `ports[0]`, `["a-b"].c`. */
export function leafPath(keys: string[]): string {
  return valuePath("", keys).replace(/^\./, "");
}
