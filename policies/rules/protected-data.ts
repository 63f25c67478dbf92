// Data outlives mistakes: whoever deletes what holds data says so first, in a change of its own.
import { labelPrefix } from "../../components/core/labels.ts";
import type { Rule } from "../define.ts";
import { field } from "../reading.ts";

/** What holds data, by the type of the resource, and what is lost with it. */
const holders: Record<string, string> = {
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of that kind",
  "kubernetes:core/v1:PersistentVolume": "the data on the volume",
  "kubernetes:core/v1:PersistentVolumeClaim": "the data on the claimed volume",
};

const annotation = `${labelPrefix}/deletion`;

/**
 * A policy sees what is planned to be, not what is to be deleted. So it asks for the engine's own protection of whatever
 * holds data, and the engine refuses every deletion, also one that comes from a line that was removed.
 */
export const protectedData: Rule = {
  id: "protected-data",
  title: "What holds data is not deleted without the explicit word.",
  remedy: `Keep it with the option \`protect: true\`; to delete it, first apply the annotation \`${annotation}: allowed\` without that option.`,
  severity: "critical",
  *faults({ type, props, protect }) {
    const lost = holders[type];
    if (lost === undefined || protect) return;
    const word = field(props, "metadata", "annotations", annotation);
    if (word === "allowed") return;
    yield {
      path: "the resource option `protect`",
      problem: `is not set, so a deletion would take ${lost}`,
      allowed: `\`protect: true\`, or the annotation \`${annotation}\` with the value \`allowed\``,
      ...(word === undefined ? {} : { value: word }),
    };
  },
};
