// Reads inputs of unknown shape, some of which may not be known before the update.
import { UnknownValueError } from "@pulumi/policy";

/** The value at the end of the path; undefined where the way ends earlier. */
export function field(value: unknown, ...path: string[]): unknown {
  return path.reduce(
    (parent: unknown, key) =>
      typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/**
 * Judges each entry of a list or map. A value that is not known during preview is put off until the others are judged:
 * it then ends the rule with the engine's note, and is judged by the update, before the resource is applied.
 */
export function* each<T>(
  entries: unknown,
  judge: (value: unknown, key: string) => Iterable<T>,
): Generator<T, void> {
  let unknown: unknown;
  for (const key of typeof entries === "object" && entries !== null ? Object.keys(entries) : []) {
    try {
      yield* judge(field(entries, key), key);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
}
