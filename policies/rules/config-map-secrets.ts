// A ConfigMap is readable by everybody who may look at a namespace, and is not encrypted in the state of the engine.
import { type Fault, keyPath } from "../../components/core/errors.ts";
import type { Rule } from "../define.ts";
import { kindOf } from "../kubernetes.ts";
import { each, field } from "../reading.ts";
import { secretsIn } from "../secret-shapes.ts";

/** No fault of this rule ever holds the value. */
export const configMapSecrets: Rule = {
  id: "config-map-secrets",
  title: "No ConfigMap holds a password, token or private key.",
  remedy:
    "Put it into a Secret, as a `pulumi.secret` from its source on, and let the ConfigMap name the file or variable.",
  severity: "critical",
  *faults({ type, props }) {
    const kind = kindOf(type);
    if (kind?.group !== "core" || kind.kind !== "ConfigMap") return;
    yield* each(decoders, (_, list) =>
      each(field(props, list), (value, key) => judge(key, decoders[list]?.(value), keyPath(list, key))),
    );
  },
};

/** The text of a value, by the map of the ConfigMap that it stands in. */
const decoders: Record<string, (value: unknown) => string | undefined> = {
  data: (value) => (typeof value === "string" ? value : undefined),
  binaryData: (value) =>
    typeof value === "string" ? Buffer.from(value, "base64").toString("latin1") : undefined,
};

function* judge(key: string, text: string | undefined, path: string): Generator<Fault> {
  for (const problem of text === undefined ? [] : secretsIn(key, text)) {
    yield {
      path,
      problem,
      allowed:
        "what everybody may read; a secret's place goes under a name that says so, such as `secretName` or `passwordFile`",
    };
  }
}
