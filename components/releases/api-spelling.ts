// How the API server writes what it was given: which values it leaves out, and which it spells in its own way.
import { parseQuantity } from "../core/quantities.ts";

/** Where a value stands, as far as it decides whether the API server keeps it. */
interface ValuePlace {
  /** The keys that lead to it. */
  keys: string[];
  /** Whether the object's kind is one that a CustomResourceDefinition made. */
  custom: boolean;
}

/** Fields of Kubernetes' own kinds in which `false`, 0, "" or {} is something else than nothing. */
const keptWhenEmpty = new Set([
  "allowPrivilegeEscalation",
  "automountServiceAccountToken",
  "backoffLimit",
  "emptyDir",
  "enableServiceLinks",
  "fsGroup",
  "hostUsers",
  "immutable",
  "maxSurge",
  "maxUnavailable",
  "minAvailable",
  "namespaceSelector",
  "optional",
  "podSelector",
  "privileged",
  "readOnlyRootFilesystem",
  "replicas",
  "runAsGroup",
  "runAsNonRoot",
  "runAsUser",
  "shareProcessNamespace",
  "storageClassName",
  "suspend",
  "terminationGracePeriodSeconds",
  "tolerationSeconds",
]);

/** Maps of the user's own keys, in which an empty text is a text like any other. */
const textMaps = new Set(["annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector"]);

/** Fields that hold quantities, or whose keys do. */
const quantities = new Set([
  "averageValue",
  "capacity",
  "default",
  "defaultRequest",
  "divisor",
  "hard",
  "limits",
  "max",
  "maxLimitRequestRatio",
  "min",
  "podFixed",
  "requests",
  "sizeLimit",
]);

/**
 * Whether the API server keeps a value, so that its absence means that somebody took it away. Kinds of its own lose
 * what is empty; those of a CustomResourceDefinition keep everything but `null`.
 */
export function isKept(value: unknown, place: ValuePlace): boolean {
  if (value === null || value === undefined) return false;
  if (place.custom) return true;
  const key = place.keys.at(-1) ?? "";
  const within = place.keys.at(-2) ?? "";
  if (keptWhenEmpty.has(key) || textMaps.has(within)) return true;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== "object") return value !== "" && value !== 0 && value !== false;
  return Object.entries(value).some(([below, item]) =>
    isKept(item, { ...place, keys: [...place.keys, below] }),
  );
}

/** Whether two values are the same quantity in a field that holds one: `1000m` and `1`. */
export function sameQuantity(one: unknown, other: unknown, keys: string[]): boolean {
  if (!keys.slice(-2).some((key) => quantities.has(key))) return false;
  const [amount, otherAmount] = [one, other].map(amountOf);
  return amount !== undefined && amount === otherAmount;
}

function amountOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  try {
    return parseQuantity(value);
  } catch {
    return undefined;
  }
}
