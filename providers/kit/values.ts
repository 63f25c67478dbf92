// Properties on the wire and as plain values. On the wire a secret is an envelope, and what is not known yet is a text
// that no program would write. The marks are the engine's, see `go/common/resource/plugin/rpc.go` in its SDK.
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "./resource.ts";

const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** Stands for a value that is not known before something else has been made. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine has a mark for each kind of unknown value; SDKs write the first one only. */
const unknownMarks = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // an array
  "030794c1-ac77-496b-92df-f27374a8bd58", // an asset
  "e48ece36-62e2-4504-bad9-02848725956a", // an archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
]);

/** Shorter texts are found inside of too many others: `dev` would make a secret of every name that holds it. */
const shortestTelling = 6;

/** Where something is inside of properties. */
type Path = readonly (string | number)[];

/** What is secret about properties. */
export interface Secrets {
  paths: Path[];
  /** Texts that are secret wherever they turn up. */
  texts: string[];
}

/** Takes properties out of their envelopes. */
export function unwrap(struct: structs.Struct | undefined): { values: Properties; secrets: Secrets } {
  const paths: Path[] = [];
  const values = unwrapObject(struct?.toJavaScript() ?? {}, [], paths);
  return { values, secrets: { paths, texts: paths.flatMap((path) => textsOf(valueAt(values, path))) } };
}

/** Puts into envelopes what is at a secret path or holds a secret text. Undefined properties are left out. */
export function wrap(values: Properties, ...secrets: Secrets[]): structs.Struct {
  const paths = new Set(secrets.flatMap((each) => each.paths).map((path) => JSON.stringify(path)));
  const texts = [...new Set(secrets.flatMap((each) => each.texts))];
  const isSecret = (value: unknown, path: Path) => paths.has(JSON.stringify(path)) || tells(value, texts);
  return structs.Struct.fromJavaScript(wrapObject(values, [], isSecret));
}

/** Paths of all that is unknown, as the engine writes paths: `a.b[0]["c.d"]`. */
export function unknownPaths(value: unknown, path: Path = []): string[] {
  if (value === unknown) return [pathText(path)];
  if (typeof value !== "object" || value === null) return [];
  const items: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return items.flatMap(([key, item]) => unknownPaths(item, [...path, key]));
}

function unwrapObject(object: object, path: Path, secrets: Path[]): Properties {
  const entries = Object.entries(object);
  return Object.fromEntries(entries.map(([key, item]) => [key, unwrapValue(item, [...path, key], secrets)]));
}

function unwrapValue(value: unknown, path: Path, secrets: Path[]): unknown {
  if (typeof value === "string" && unknownMarks.has(value)) return unknown;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => unwrapValue(item, [...path, index], secrets));
  if (signature in value && value[signature] === secretMark) {
    secrets.push(path);
    return unwrapValue("value" in value ? value.value : undefined, path, secrets);
  }
  return unwrapObject(value, path, secrets);
}

type IsSecret = (value: unknown, path: Path) => boolean;

function wrapObject(object: object, path: Path, isSecret: IsSecret): Record<string, structs.JavaScriptValue> {
  const entries = Object.entries(object).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, wrapValue(item, [...path, key], isSecret)]));
}

function wrapValue(value: unknown, path: Path, isSecret: IsSecret): structs.JavaScriptValue {
  const wrapped = wrapParts(value, path, isSecret);
  return isSecret(value, path) ? { [signature]: secretMark, value: wrapped } : wrapped;
}

function wrapParts(value: unknown, path: Path, isSecret: IsSecret): structs.JavaScriptValue {
  if (value === undefined || value === null) return null; // an item of an array, where it keeps its place
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => wrapValue(item, [...path, index], isSecret));
  if (isPlainObject(value)) return wrapObject(value, path, isSecret);
  const kind = typeof value === "object" ? value.constructor.name : typeof value;
  const what = typeof value === "number" ? String(value) : `of type ${kind}`;
  throw new TypeError(
    `${pathText(path)} is ${what}; a property is a text, a finite number, a boolean, an array or a plain object`,
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function tells(value: unknown, texts: string[]): boolean {
  if (typeof value !== "string") return false;
  return texts.some((text) => value === text || (text.length >= shortestTelling && value.includes(text)));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value === "" || value === unknown ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown>)[key], values);
}

function pathText(path: Path): string {
  const parts = path.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return parts.join("").replace(/^\./, "");
}
