// The word that was probably meant, for faults that say what to write instead.
import { closest, distance } from "fastest-levenshtein";

/** The allowed word that is nearest to the given one; nothing when none is near enough to be a slip of it. */
export function nearest(given: string, allowed: string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const word = closest(given, allowed);
  return distance(given, word) <= Math.max(2, given.length / 3) ? word : undefined;
}
