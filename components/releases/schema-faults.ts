// What a JSON Schema's validator says, in the words in which we tell faults.
import type { ErrorObject } from "ajv";
import type { Fault } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";

/** A fault whose place is told by the keys that lead to it in the values. */
export interface ValueFault extends Omit<Fault, "path"> {
  keys: string[];
}

/** The fault behind an error of ajv; the error must be verbose. */
export function schemaFault(error: ErrorObject): ValueFault {
  const { instancePath, keyword, params, parentSchema, data, message = "" } = error;
  const keys = instancePath.split("/").slice(1).map(fromPointer);
  const properties = (parentSchema?.["properties"] ?? {}) as Record<string, object>;
  switch (keyword) {
    case "additionalProperties":
    case "unevaluatedProperties":
      return strangerFault(
        keys,
        String(params["additionalProperty"] ?? params["unevaluatedProperty"]),
        Object.keys(properties),
      );
    case "required": {
      const key = String(params["missingProperty"]);
      return { keys: [...keys, key], problem: "is missing", allowed: describe(properties[key]) };
    }
    case "enum":
      return {
        keys,
        value: data,
        problem: "is not one of the chart's words",
        allowed: list(params["allowedValues"]),
      };
    case "type":
      return {
        keys,
        value: data,
        problem: "has the wrong type",
        allowed: [params["type"]].flat().join(" or "),
      };
    default:
      return {
        keys,
        value: data,
        problem: "is not what the chart's schema asks for",
        allowed: message.replace(/^must (?:be )?/, ""),
      };
  }
}

/** The keys as a JSON Pointer, which is how ajv tells a place. */
export function toPointer(keys: string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function fromPointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A key that nothing knows, below these keys. */
export function strangerFault(keys: string[], key: string, known: string[]): ValueFault {
  const meant = nearest(key, known);
  return {
    keys: [...keys, key],
    problem: "is not a value of the chart",
    allowed: known.length === 0 ? "nothing" : known.join(", "),
    ...(meant === undefined ? {} : { instead: meant }),
  };
}

/** What a schema says about a value, for one that is missing. */
function describe(schema: { type?: string | string[]; enum?: unknown; description?: string } = {}): string {
  const { type = "any value", enum: words, description } = schema;
  const shape = words === undefined ? [type].flat().join(" or ") : list(words);
  return description === undefined ? shape : `${shape}: ${description}`;
}

function list(words: unknown): string {
  return [words]
    .flat()
    .map((word) => JSON.stringify(word))
    .join(", ");
}
