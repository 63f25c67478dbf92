// Judges planned resources with one rule, as the engine would hand them over.
import type { Fault } from "../../components/core/errors.ts";
import type { PlannedResource, Rule } from "../../policies/define.ts";

/** The faults that the rule finds in a resource of the type. */
export function faultsOf(
  rule: Rule,
  resource: Omit<PlannedResource, "protect"> & { protect?: boolean },
): Fault[] {
  return [...rule.faults({ protect: false, ...resource })];
}
