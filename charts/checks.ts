// Checks of a chart's props by their shape. The types say the same, but values that come out of files, or that a layer of
// overrides has laid over others, reach a chart unchecked.
import { type Fault, keyPath } from "../components/core/errors.ts";
import { nearest } from "../components/core/nearest.ts";
import { countFaults } from "../components/core/quantities.ts";

/** Every fault of a value; `path` is where it stands. */
export type Check = (path: string, value: unknown) => Fault[];

/** Text, of which `check` knows more. */
export function text(check: (path: string, value: string) => Fault[] = () => []): Check {
  return (path, value) => (typeof value === "string" ? check(path, value) : wrongType(path, value, "text"));
}

/** Text of a pattern; `allowed` says in words what it accepts. */
export function pattern(expression: RegExp, allowed: string): Check {
  return text((path, value) =>
    expression.test(value) ? [] : [{ path, value, problem: "is not valid", allowed }],
  );
}

/** A whole number in a range. */
export function count(minimum: number, maximum: number): Check {
  return (path, value) =>
    typeof value === "number"
      ? countFaults(path, value, [minimum, maximum])
      : wrongType(path, value, `a whole number from ${minimum} to ${maximum}`);
}

/** A list whose items are all of one kind. */
export function list(item: Check): Check {
  return (path, value) =>
    Array.isArray(value)
      ? value.flatMap((entry: unknown, index) => item(`${path}[${index}]`, entry))
      : wrongType(path, value, "a list");
}

/** A map of any keys that `key` accepts, whose values are all of one kind. */
export function map(key: Check, item: Check): Check {
  return (path, value) =>
    isObject(value)
      ? Object.entries(value).flatMap(([word, entry]) => [
          ...key(path, word),
          ...item(keyPath(path, word), entry),
        ])
      : wrongType(path, value, "a map");
}

interface Shape {
  required?: Record<string, Check>;
  optional?: Record<string, Check>;
  /** What the parts must be to each other; asked when each of them is right. */
  together?(path: string, value: never): Fault[];
}

/** An object of known keys. */
export function shape({ required = {}, optional = {}, together = () => [] }: Shape): Check {
  const known = { ...required, ...optional };
  return (path, value) => {
    if (!isObject(value)) return wrongType(path, value, `an object of ${Object.keys(known).join(", ")}`);
    const faults = [
      ...Object.keys(value).flatMap((key) => strangerFaults(path, key, Object.keys(known))),
      ...Object.entries(known).flatMap(([key, check]) => {
        const part = value[key];
        if (part !== undefined) return check(keyPath(path, key), part);
        return key in required ? [missing(keyPath(path, key))] : [];
      }),
    ];
    return faults.length > 0 ? faults : together(path, value as never);
  };
}

/** The first of two shapes when the value has its `key`, else the second. */
export function either(key: string, first: Check, second: Check): Check {
  return (path, value) => (isObject(value) && key in value ? first : second)(path, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongType(path: string, value: unknown, allowed: string): Fault[] {
  return [{ path, value, problem: "has the wrong type", allowed }];
}

function missing(path: string): Fault {
  return { path, problem: "is missing", allowed: "a value; it has no default" };
}

function strangerFaults(path: string, key: string, known: string[]): Fault[] {
  if (known.includes(key)) return [];
  const meant = nearest(key, known);
  return [
    {
      path: keyPath(path, key),
      problem: "is unknown",
      allowed: known.join(", "),
      ...(meant === undefined ? {} : { instead: meant }),
    },
  ];
}
