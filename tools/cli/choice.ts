// What a person chose among things that have names.
import { nearest } from "../../components/core/nearest.ts";

/** The chosen name, when there is one; who chooses another is told which there are. `kind` is what it names. */
export function checkedChoice(kind: string, given: string, names: string[]): string {
  if (names.includes(given)) return given;
  const meant = nearest(given, names);
  throw new Error(
    `"${given}" is no ${kind}: ${names.length === 0 ? "there are none" : `there are ${names.join(", ")}`}` +
      (meant === undefined ? "" : `; write ${meant}`),
  );
}
