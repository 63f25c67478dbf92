// Objects live in a namespace that somebody made for them: `default` has no owner, no quota and no boundary.
import type { Fault } from "../../components/core/errors.ts";
import type { Rule } from "../define.ts";
import { isNamespaced, type Kind, kindOf } from "../kubernetes.ts";
import { field } from "../reading.ts";

/**
 * A custom kind that is not in the table of kinds is let through without a namespace, because it may live outside of
 * namespaces. Often it does not come here like that: the provider fills in `default`, also while the cluster does not
 * know the kind yet. Then its group belongs into the table.
 */
export const defaultNamespace: Rule = {
  id: "default-namespace",
  title: "Nothing is put into the namespace `default`.",
  remedy: "Name the namespace of the tenant or of the platform service that the object belongs to.",
  *faults({ type, props }) {
    const kind = kindOf(type);
    if (type === helmRelease) {
      yield* judge(props["namespace"], { path: "namespace", isRequired: true });
    } else if (kind !== undefined && isNamespaced(kind) !== false) {
      const namespace = field(props, "metadata", "namespace");
      yield* judge(namespace, { path: "metadata.namespace", isRequired: isNamespaced(kind) === true, kind });
    }
  },
};

const helmRelease = "kubernetes:helm.sh/v3:Release";

/** Where a namespace stands, and whether its absence means `default`. */
interface Place {
  path: string;
  isRequired: boolean;
  kind?: Kind;
}

function* judge(namespace: unknown, { path, isRequired, kind }: Place): Generator<Fault> {
  const allowed = "a namespace other than `default`";
  const isMissing = namespace === undefined || namespace === null || namespace === "";
  if (isMissing && isRequired) {
    yield { path, problem: "is missing, which means `default`", allowed };
  } else if (namespace === "default") {
    const fault = { path, value: namespace, problem: "is the namespace that nobody owns", allowed };
    if (isRequired || kind === undefined) yield fault;
    else yield { ...fault, instead: wayOut(kind) };
  }
}

function wayOut({ group, kind }: Kind): string {
  return `a namespace; or, if a ${kind} lives outside of namespaces, a line for ${group} in policies/kubernetes.ts`;
}
