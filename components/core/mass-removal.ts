// The guard against removing most of something by one mistake, such as a mistyped selector or a lost file.
import type { Fault } from "./errors.ts";

/** When more than this part goes in one change, everything that goes must be named. */
const unquestionedShare = 0.5;

/** What one change does to a set of things that have names. */
interface Removal {
  /** What they are, in the plural, such as `members`. */
  kind: string;
  before: string[];
  after: string[];
  /** The names of those that are meant to go. */
  confirmed: string[];
}

/**
 * Refuses a change that removes more than half of what there was, unless each name that goes is confirmed; `path` is
 * where it can be. Names that do not go are of no account, so a confirmation of last time does no harm and no good.
 */
export function massRemovalFaults(path: string, { kind, before, after, confirmed }: Removal): Fault[] {
  const removed = before.filter((name) => !after.includes(name));
  const unnamed = removed.filter((name) => !confirmed.includes(name));
  if (unnamed.length === 0 || removed.length <= before.length * unquestionedShare) return [];
  return [
    {
      path,
      value: confirmed,
      problem: `does not name ${unnamed.join(", ")}, though ${removed.length} of ${before.length} ${kind} would go in one change`,
      allowed: "the names of all that are meant to go, when that is more than half",
      instead: JSON.stringify(removed),
    },
  ];
}
