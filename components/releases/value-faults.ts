// What a source does not accept in the members' values: told in the layer that each of the values came from.
import type { Fault } from "../core/errors.ts";
import type { MemberPlan } from "./plan.ts";
import { layerOf } from "./provenance.ts";
import type { SourceCheck } from "./source-check.ts";
import { valuePath } from "./value-paths.ts";

/** Checks the values of each part; `path` names the release. */
export function valueFaults(path: string, { check }: SourceCheck, parts: MemberPlan[]): Fault[] {
  const faults = parts.flatMap(({ values, provenance }) =>
    check(values).map(
      ({ keys, ...fault }): Fault => ({
        path: valuePath(`${path}.${layerOf(provenance, keys)}`, keys),
        ...fault,
      }),
    ),
  );
  // What is wrong in a layer is wrong for all of its members, and told once.
  const same = (one: Fault, other: Fault) => one.path === other.path && one.problem === other.problem;
  return faults.filter((fault, index) => faults.findIndex((one) => same(one, fault)) === index);
}
