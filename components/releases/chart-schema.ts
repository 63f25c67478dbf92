// Checks values by what a Helm chart says of them, before anything reaches a cluster: its schema, and the keys that it
// has.
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Fault } from "../core/errors.ts";
import { readYaml } from "../core/yaml.ts";
import { type LocalChart, subchartNames } from "../kubernetes/helm-chart.ts";
import { splitNulls } from "../kubernetes/helm-nulls.ts";
import { schemaFault, strangerFault, toPointer, type ValueFault } from "./schema-faults.ts";
import { isOpen, mergeValues, openValues, type Values, withoutNulls } from "./values.ts";

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
 * What a chart says of values; `path` names the chart in faults. As in Helm, the schema is asked about the values laid over
 * those of the chart. Where the chart has none, one of a draft before 7 or of 2019-09, or one that refers to another
 * file, Helm is the first to tell.
 * Keys at the top must be those of the chart's own values, of its schema or of a chart that it brings along, unless
 * any are allowed or the chart has neither values nor a schema.
 */
export function chartSchema(path: string, chart: LocalChart, allowUnknownValues = false): ChartSchema {
  const faults: Fault[] = [];
  const read = <T>(file: string, parser: (text: string) => T, allowed: string): T | undefined => {
    const content = chart.files.get(file);
    try {
      return content === undefined ? undefined : parser(content.toString("utf8"));
    } catch (error) {
      const reason = String(error instanceof Error ? error.message : error).split("\n")[0];
      faults.push({ path: `${path}/${file}`, problem: `cannot be used: ${reason}`, allowed });
      return undefined;
    }
  };
  const defaults = read("values.yaml", parseValues, "a map in YAML");
  const schema = read("values.schema.json", readSchema, "a JSON Schema");
  const validate = schema?.validate;
  const known = allowUnknownValues ? undefined : knownKeys(chart, defaults, schema?.properties);
  return {
    faults,
    check: (values) => {
      const wrong = validate ? valueFaults(validate, laidOver(defaults ?? {}, values)) : [];
      const told = (key: string) => wrong.some(({ keys }) => keys.length === 1 && keys[0] === key);
      const strange = known === undefined ? [] : Object.keys(values).filter((key) => !known.includes(key));
      return [
        ...wrong,
        ...strange.filter((key) => !told(key)).map((key) => strangerFault([], key, known ?? [])),
      ];
    },
  };
}

/** The keys at the top that the chart can know; undefined when nothing tells. */
function knownKeys(
  chart: LocalChart,
  defaults: Values | undefined,
  properties: object | undefined,
): string[] | undefined {
  if (defaults === undefined && properties === undefined) return undefined;
  const brought = subchartNames(chart);
  const own = [defaults ?? {}, properties ?? {}].flatMap(Object.keys);
  // Words of Helm itself.
  const common = brought.length > 0 ? ["global", "tags"] : ["global"];
  return [...new Set([...own, ...brought, ...common])];
}

function parseValues(text: string): Values {
  return (readYaml(text) ?? {}) as Values;
}

/** The values over the chart's, as Helm lays them: a given `null` takes away, one of the chart's own stays. */
function laidOver(defaults: Values, values: Values): Values {
  return mergeValues(withoutTaken(defaults, splitNulls(values).taken), withoutNulls(values));
}

function withoutTaken(defaults: Values, taken: string[][]): Values {
  const entries = Object.entries(defaults).flatMap(([key, value]): [string, unknown][] => {
    const below = taken.filter(([first]) => first === key).map(([, ...rest]) => rest);
    if (below.some((keys) => keys.length === 0)) return [];
    return [[key, isMap(value) ? withoutTaken(value, below) : value]];
  });
  return Object.fromEntries(entries);
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface ReadSchema {
  /** By key at the top of the values; absent when the schema lists none. */
  properties?: object;
  /** Absent for a schema that is left to Helm. */
  validate?: ValidateFunction;
}

function readSchema(text: string): ReadSchema {
  // ajv knows each draft by one spelling of its address, Helm by several.
  const { $schema: draft = "draft-07", ...schema } = JSON.parse(text) as {
    $schema?: string;
    properties?: object;
  };
  const validate = compiled(draft, schema);
  return {
    ...(schema.properties === undefined ? {} : { properties: schema.properties }),
    ...(validate === undefined ? {} : { validate }),
  };
}

function compiled(draft: string, schema: object): ValidateFunction | undefined {
  try {
    if (draft.includes("2020-12")) return new Ajv2020(options).compile(schema);
    if (draft.includes("draft-07")) return new Ajv(options).compile(schema);
  } catch (error) {
    if (!(error instanceof Ajv.MissingRefError)) throw error;
  }
  return undefined;
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
