// Kubernetes labels: ours, and the check of labels that a caller gives.
import { type Fault, keyPath } from "./errors.ts";

/** Prefix of every label and annotation of ours. */
export const labelPrefix = "breakwater.internal";

const name = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const allowedName =
  'letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, at most 63 characters';

/** Labels of every object that is applied by us, `more` on top. */
export function managedLabels(more: Record<string, string> = {}): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "breakwater", ...more };
}

/**
 * Checks keys and values by the rules of Kubernetes: a qualified name as the key, a name or nothing as the
 * value.
 */
export function labelFaults(path: string, labels: Record<string, string>): Fault[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...labelKeyFaults(path, key),
    ...labelValueFaults(keyPath(path, key), value),
  ]);
}

/** Checks the key of a label, annotation or taint: a name with an optional DNS subdomain before a slash. */
export function labelKeyFaults(path: string, key: string): Fault[] {
  const parts = key.split("/");
  const last = parts.at(-1) ?? "";
  const before = parts.slice(0, -1).join("/");
  const validPrefix = parts.length === 1 || (before.length <= 253 && prefix.test(before));
  if (validPrefix && name.test(last)) return [];
  return [
    {
      path,
      value: key,
      problem: "has a key that Kubernetes does not accept",
      allowed: `${allowedName}; a DNS name and "/" may stand before it`,
    },
  ];
}

/** Checks the value of a label or taint. */
export function labelValueFaults(path: string, value: string): Fault[] {
  if (value === "" || name.test(value)) return [];
  return [{ path, value, problem: "is not a label value", allowed: `empty, or ${allowedName}` }];
}
