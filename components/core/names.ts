// Names that Kubernetes and the engine accept: checks, the nearest valid name, and names of bounded length.
import { createHash } from "node:crypto";
import type { Fault } from "./errors.ts";

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const digestLength = 8;

/**
 * Checks a DNS label of RFC 1123 of at most `maximum` characters (63 is the limit of DNS and of Kubernetes'
 * namespaces and Services).
 */
export function dnsLabelFaults(path: string, value: string, maximum = 63): Fault[] {
  if (label.test(value) && value.length <= maximum) return [];
  const tooLong = label.test(value);
  const nearest = toDnsLabel(value, maximum);
  return [
    {
      path,
      value,
      problem: tooLong ? `is ${value.length} characters long` : "is not a name",
      allowed: `a to z, 0 to 9 and "-", beginning and ending with a letter or digit, 1 to ${maximum} characters`,
      ...(nearest === "" ? {} : { instead: `"${nearest}"` }),
    },
  ];
}

/**
 * The nearest valid DNS label of at most `maximum` characters; empty when the text has no letter or digit of
 * ASCII.
 */
export function toDnsLabel(text: string, maximum = 63): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return words.replace(/^-/, "").slice(0, maximum).replace(/-$/, "");
}

/**
 * Joins the parts with "-". What is longer than `maximum` (16 or more) is cut and ends in a digest of the
 * whole, so that names that differ only behind the cut stay different. The same parts give the same name on
 * every machine.
 */
export function boundedName(parts: string[], maximum: number): string {
  if (maximum < 16)
    throw new Error(`a bounded name needs room for its digest: at least 16 characters, not ${maximum}`);
  const whole = parts.join("-");
  if (whole.length <= maximum) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, digestLength);
  const kept = whole.slice(0, maximum - digestLength - 1).replace(/-+$/, "");
  return `${kept}-${digest}`;
}
