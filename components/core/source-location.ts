// Where a program's source says what: the arguments of a call are found by the call's place on the stack and read
// without being run. What cannot be followed has the place of what is around it.
import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type AnyNode, type Identifier, type ObjectExpression, parse } from "acorn";
import { oncePerProgram } from "./program.ts";

/** A line of a source file. */
export interface Place {
  /** Relative to the project's folder, with "/". */
  file: string;
  /** From 1. */
  line: number;
}

/** Where what these keys lead to is written; undefined when the source cannot be read. */
export type Locate = (keys: string[]) => Place | undefined;

interface Source {
  file: string;
  shown: string;
  /** Every node of the syntax tree. */
  nodes: AnyNode[];
}

/** An expression, and the line that gives it its name. */
interface Written {
  source: Source;
  node: AnyNode;
  line: number;
}

const library = `${resolve(import.meta.dirname, "..")}${sep}`;
const frame = /\(?(?:file:\/\/)?(?<file>\/[^()]+):(?<line>\d+):(?<column>\d+)\)?$/;

/**
 * Where the second argument of the call that led into the library is written, such as the args of a component. Must be
 * called before anything is awaited. Files are read and parsed when a place is first asked for.
 */
export function writtenArguments(): Locate {
  const call = (new Error().stack ?? "")
    .split("\n")
    .map((line) => frame.exec(line)?.groups)
    .find((groups) => groups !== undefined && !groups["file"]?.startsWith(library));
  const { file = "", line, column } = call ?? {};
  let found: { call?: Written | undefined } | undefined;
  return (keys) => {
    try {
      found ??= { call: callAt(readSource(decodeURI(file)), Number(line), Number(column)) };
      return found.call && placeOf(found.call, keys);
    } catch {
      // Lines are a courtesy: a source that is not there, or not to be read, costs nothing but them.
      found ??= {};
      return undefined;
    }
  };
}

/** Follows the keys as far as the source shows the way. */
function placeOf(written: Written, [key, ...rest]: string[]): Place {
  const below = key === undefined ? undefined : property(written, key);
  return below === undefined ? { file: written.source.shown, line: written.line } : placeOf(below, rest);
}

/** The second argument of the call at this place. */
function callAt(source: Source, line: number, column: number): Written | undefined {
  for (const node of source.nodes) {
    if (node.type !== "NewExpression" && node.type !== "CallExpression") continue;
    if (node.loc?.start.line !== line || node.loc.start.column !== column - 1) continue;
    return { source, node: node.arguments[1] ?? node, line };
  }
  return undefined;
}

/**
 * What an object holds under a key, of itself or by a spread; what is written last counts. A spread that cannot be
 * followed may hold it, and stands for it.
 */
function property(written: Written, key: string): Written | undefined {
  const object = followed(written);
  if (object === undefined) return undefined;
  for (const part of (object.node as ObjectExpression).properties.toReversed()) {
    const line = part.loc?.start.line ?? object.line;
    if (part.type === "SpreadElement") {
      const spread = { ...object, node: part.argument, line };
      const found = followed(spread) === undefined ? spread : property(spread, key);
      if (found !== undefined) return found;
    } else if (nameOf(part.key, part.computed) === key) {
      return { ...object, node: part.value, line };
    }
  }
  return undefined;
}

/** The object that an expression stands for: a literal, a constant, an imported one, or what a function returns. */
function followed(written: Written): Written | undefined {
  const { source, node } = written;
  if (node.type === "ObjectExpression") return written;
  if (node.type === "Identifier") return isParameter(source, node) ? undefined : constant(source, node.name);
  if (node.type === "ArrowFunctionExpression") return followed({ ...written, node: node.body });
  if (node.type !== "MemberExpression") return undefined;
  const name = nameOf(node.property, node.computed);
  const below = name === undefined ? undefined : property({ ...written, node: node.object }, name);
  return below && followed(below);
}

/** Whether a function around the name has a parameter of that name. */
function isParameter({ nodes }: Source, { name, start, end }: Identifier): boolean {
  return nodes.some(
    (node) =>
      "params" in node &&
      node.start <= start &&
      end <= node.end &&
      nodesOf(node.params).some((part) => part.type === "Identifier" && part.name === name),
  );
}

/** The object behind a name that is declared once in the file, or imported from a file beside it. */
function constant(source: Source, name: string): Written | undefined {
  const declared = source.nodes.filter(
    (node) => node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.id.name === name,
  );
  const [only, ...more] = declared;
  if (more.length === 0 && only?.type === "VariableDeclarator" && only.init) {
    return followed({ source, node: only.init, line: only.loc?.start.line ?? 1 });
  }
  for (const node of source.nodes) {
    if (node.type !== "ImportDeclaration" || !String(node.source.value).startsWith(".")) continue;
    const imported = node.specifiers.find(({ local }) => local.name === name);
    if (imported?.type !== "ImportSpecifier") continue;
    const file = resolve(dirname(source.file), String(node.source.value));
    return constant(readSource(file), nameOf(imported.imported, false) ?? name);
  }
  return undefined;
}

function nameOf(key: AnyNode, computed: boolean): string | undefined {
  if (key.type === "Literal") return String(key.value);
  return key.type === "Identifier" && !computed ? key.name : undefined;
}

function readSource(file: string): Source {
  return oncePerProgram(`source ${file}`, () => {
    const text = withoutTypes(readFileSync(file, "utf8"));
    const tree = parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true });
    return { file, shown: relative(projectOf(file), file).replaceAll(sep, "/"), nodes: nodesOf(tree) };
  });
}

/** Blanks stand for the types, so that every place stays what it was. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  // Node runs the program's own sources through the same function, but warns that a program calls it.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function nodesOf(value: unknown): AnyNode[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(nodesOf);
  return "type" in value && "start" in value ? [value as AnyNode, ...below] : below;
}

/** The nearest folder above a file that is a package. */
function projectOf(file: string): string {
  const folder = dirname(file);
  return folder === file || existsSync(join(folder, "package.json")) ? folder : projectOf(folder);
}
