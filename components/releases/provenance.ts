// Where effective values come from: for each of them the layer that set it, and what it hid in the layers below.
import type { Place } from "../core/source-location.ts";
import { leafPath } from "./value-paths.ts";

/** What says a value: a layer as the user wrote it, e.g. `overrides.clouds.aws`, and where it says so, if that is known. */
export interface Origin extends Partial<Place> {
  layer: string;
}

/** What a lower layer says and a higher one hides. */
export interface HiddenValue extends Origin {
  /** Absent for a function of the member: what is hidden is not called. */
  value?: unknown;
}

/**
 * By the path of each effective value, such as `image.tag`, with what it hid from the highest layer down. A list is one
 * value, because lists are replaced as a whole; a map without keys is one; and so is `null`, which takes a value away.
 */
export type Provenance = Record<string, Origin & { hid: HiddenValue[] }>;

/**
 * The layer that says what these keys lead to, or the list or the end of the way that they lead through, or the first
 * value below; `values` when no layer says anything of it.
 */
export function layerOf(provenance: Provenance, keys: string[]): string {
  const paths = keys.map((_, index) => leafPath(keys.slice(0, keys.length - index)));
  const [path = ""] = paths;
  const isBelow = (other: string) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`);
  const found =
    paths.find((one) => Object.hasOwn(provenance, one)) ?? Object.keys(provenance).find(isBelow) ?? "";
  return provenance[found]?.layer ?? "values";
}
