// The TypeScript types of the values of our Helm charts, made from their schemas.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compile } from "json-schema-to-typescript";
import { readYaml } from "../../components/core/yaml.ts";

interface Schema {
  $ref?: string;
  type?: unknown;
  properties?: Record<string, Schema | boolean>;
  items?: Schema | boolean | (Schema | boolean)[];
  additionalProperties?: Schema | boolean;
  required?: string[];
  [keyword: string]: unknown;
}

/** Keywords that say more of a value than its type; they are checked at preview. */
const constraints = ["anyOf", "oneOf", "allOf", "not", "if", "then", "else"];

/** Writes the type of every chart in the folder that has a schema, as `<chart>-values.ts` beside the chart. */
export async function writeValueTypes(charts: string): Promise<void> {
  for (const chart of chartsWithSchema(charts)) {
    writeFileSync(join(charts, `${chart}-values.ts`), await valueTypes(join(charts, chart)));
  }
}

/** Names of the charts in the folder that have a schema. */
export function chartsWithSchema(charts: string): string[] {
  return readdirSync(charts)
    .filter((chart) => existsSync(join(charts, chart, "values.schema.json")))
    .sort();
}

/**
 * The type of a chart's values as a TypeScript file. Values lie over those of the chart, so that only what has no default
 * must be given; and an object whose keys the schema lists has no others. Below alternatives, such as `anyOf`, and where
 * the schema comes back to itself, the type is what the schema says by itself.
 */
export async function valueTypes(chart: string): Promise<string> {
  const schema = JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8")) as Schema;
  const { title, ...untitled } = overDefaults(schema, defaultsOf(chart), { root: schema, above: [] });
  const name = basename(chart);
  return compile(untitled as Parameters<typeof compile>[0], `${pascalCase(name)}Values`, {
    bannerComment: `// Values of the chart ${name}, laid over its own. Made from its values.schema.json by \`npm run golden\`.`,
    format: true,
    unknownAny: true,
    style: { printWidth: 110 },
  });
}

function defaultsOf(chart: string): unknown {
  const file = join(chart, "values.yaml");
  return existsSync(file) ? readYaml(readFileSync(file, "utf8")) : {};
}

interface Position {
  root: Schema;
  /** The references that lead here; one that leads to itself stays one. */
  above: string[];
}

/** The schema of what is laid over the defaults. */
function overDefaults(schema: Schema, defaults: unknown, position: Position): Schema {
  const { $ref, ...own } = schema;
  if ($ref !== undefined) {
    if (position.above.includes($ref)) return schema;
    const target = { ...resolveReference($ref, position.root), ...own };
    return overDefaults(target, defaults, { ...position, above: [...position.above, $ref] });
  }
  const { properties, required = [], ...others } = { ...own, ...partsWithoutDefaults(own, position) };
  if (properties === undefined) return required.length > 0 ? { ...others, required } : others;
  const below = isMap(defaults) ? defaults : {};
  const typed = Object.entries(properties).map(([key, part]): [string, Schema | boolean] => [
    key,
    typeof part === "boolean" ? part : overDefaults(part, below[key], position),
  ]);
  const plain = Object.entries(others).filter(([keyword]) => !constraints.includes(keyword));
  return {
    additionalProperties: false,
    ...Object.fromEntries(plain),
    properties: Object.fromEntries(typed),
    required: required.filter((key) => (below[key] ?? undefined) === undefined),
  };
}

/** The items of a list, which is replaced as a whole, and the values under keys that the schema does not list. */
function partsWithoutDefaults(
  { items, additionalProperties }: Schema,
  position: Position,
): Pick<Schema, "items" | "additionalProperties"> {
  const part = <T>(schema: T): T | Schema =>
    isMap(schema) ? overDefaults(schema as Schema, undefined, position) : schema;
  return {
    ...(items === undefined ? {} : { items: Array.isArray(items) ? items.map(part) : part(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: part(additionalProperties) }),
  };
}

/** What a reference such as `#/definitions/amounts` leads to. */
function resolveReference(reference: string, root: Schema): Schema {
  const keys = reference.replace(/^#\/?/, "").split("/");
  return keys.reduce(
    (schema, key) => schema[key.replaceAll("~1", "/").replaceAll("~0", "~")] as Schema,
    root,
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
