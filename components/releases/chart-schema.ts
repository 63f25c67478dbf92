// Checks values by the schema that a Helm chart brings along, before anything reaches a cluster.
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Fault } from "../core/errors.ts";
import { mergeValues, type Values } from "../core/merge.ts";
import type { LocalChart } from "../kubernetes/helm-chart.ts";
import { schemaFault, toPointer, type ValueFault } from "./schema-faults.ts";
import { isOpen, openValues } from "./values.ts";

export interface ChartSchema {
  /** What is wrong with the chart's own files. */
  faults: Fault[];
  /** What the chart does not accept in the values that a member gets. */
  check(values: Values): ValueFault[];
}

/** Formats are left to Helm, and so are unknown keywords: a chart's author may use more than ajv has. */
const options = {
  allErrors: true,
  verbose: true,
  strict: false,
  validateFormats: false,
  logger: false,
} as const;

/** Keywords below which an error does not yet mean that the values are wrong; the error of the keyword itself does. */
const alternatives = /\/(?:anyOf|oneOf|not|if|contains)\//;

/**
 * The schema of a chart; `path` names the chart in faults. As in Helm, the schema is asked about the values laid over those of the chart.
 * Nothing is checked when the chart has none, or one of a draft before 7 or of 2019-09: then Helm is the first to tell.
 */
export function chartSchema(path: string, { files }: LocalChart): ChartSchema {
  const faults: Fault[] = [];
  const read = <T>(file: string, parser: (text: string) => T, allowed: string): T | undefined => {
    const content = files.get(file);
    try {
      return content === undefined ? undefined : parser(content.toString("utf8"));
    } catch (error) {
      const reason = String(error instanceof Error ? error.message : error).split("\n")[0];
      faults.push({ path: `${path}/${file}`, problem: `cannot be used: ${reason}`, allowed });
      return undefined;
    }
  };
  const defaults = read("values.yaml", parseValues, "a map in YAML");
  const validate = read("values.schema.json", compile, "a JSON Schema");
  return {
    faults,
    check: (values) => (validate ? valueFaults(validate, mergeValues(defaults ?? {}, values)) : []),
  };
}

function parseValues(text: string): Values {
  return (parse(text, { merge: true }) ?? {}) as Values;
}

function compile(text: string): ValidateFunction | undefined {
  const schema = JSON.parse(text) as { $schema?: string };
  const draft = schema.$schema ?? "draft-07";
  if (draft.includes("2020-12")) return new Ajv2020(options).compile(schema);
  return draft.includes("draft-07") ? new Ajv(options).compile(schema) : undefined;
}

function valueFaults(validate: ValidateFunction, values: Values): ValueFault[] {
  if (validate(withoutOpen(values))) return [];
  const open = openValues(values).map(toPointer);
  return (validate.errors ?? [])
    .filter(({ schemaPath }) => !alternatives.test(schemaPath))
    .filter((error) => !open.some((leaf) => mayComeOf(leaf, error)))
    .map(schemaFault);
}

/** What the engine does not know yet stands as `null`. */
function withoutOpen(value: unknown): unknown {
  if (isOpen(value)) return null;
  if (Array.isArray(value)) return value.map(withoutOpen);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutOpen(item)]));
}

/** Whether an error may be about a value that is not known yet; Helm checks the real one. */
function mayComeOf(leaf: string, { instancePath, keyword }: ErrorObject): boolean {
  if (leaf === instancePath) return true;
  return (
    leaf.startsWith(`${instancePath}/`) && !["additionalProperties", "required", "type"].includes(keyword)
  );
}
