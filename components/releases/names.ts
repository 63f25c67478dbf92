// Names of releases on the clusters.
import { boundedName } from "../core/names.ts";

/** Helm's limit: it leaves room for the endings that charts add to make names of at most 63 characters. */
const maximum = 53;

/**
 * The name under which a release of a group stands on each member: `<release>-<group>`, a DNS label of at most 53 characters.
 * It follows from the two names alone, so it is the same in every program, and a longer one is cut and ends in a digest.
 */
export function releaseName(group: string, release: string): string {
  return boundedName([release, group], maximum);
}
