// The inputs of a control plane, and what is wrong with them.
import { isIPv4 } from "node:net";
import type { CheckFailure, Properties } from "../kit/resource.ts";

export interface NodePool {
  count: number;
  instanceType: string;
  cpu: string;
  memory: string;
  pods: number;
  labels: Record<string, string>;
  taints: { key: string; value?: string; effect: string }[];
  zones: string[];
}

export interface Inputs {
  name: string;
  environment: string;
  region: string;
  version: string;
  serviceCidr?: string;
  nodePools: Record<string, NodePool>;
}

/** What a kind of input must look like. Names become folders, so nothing else may get through. */
const word = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  allowed: "lower-case letters, digits and -, at most 63",
};
const stackName = { pattern: /^[a-zA-Z0-9][-_.a-zA-Z0-9]*$/, allowed: "letters, digits, -, _ and ." };
const version = {
  pattern: /^\d+\.\d+\.\d+(-[-.0-9A-Za-z]+)?(\+[-.0-9A-Za-z]+)?$/,
  allowed: "major.minor.patch, such as 1.36.3",
};
const quantity = {
  pattern: /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  allowed: "a number with an optional suffix, such as 500m or 16Gi",
};
const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Every failure at once. The component in front of this plugin tells most of them earlier and at more length. */
export function inputFailures(inputs: Properties): CheckFailure[] {
  const { name, environment, region, serviceCidr, nodePools } = inputs;
  return [
    ...textFailures("name", name, word),
    ...textFailures("environment", environment, stackName),
    ...textFailures("region", region, { pattern: /^\S+$/, allowed: "a word" }),
    ...textFailures("version", inputs["version"], version),
    ...(serviceCidr === undefined ? [] : cidrFailures("serviceCidr", serviceCidr)),
    ...(isRecord(nodePools)
      ? Object.entries(nodePools).flatMap(([pool, value]) => nodePoolFailures(`nodePools.${pool}`, value))
      : [failure("nodePools", nodePools, "an object of node pools by name")]),
  ];
}

function nodePoolFailures(path: string, pool: unknown): CheckFailure[] {
  if (!isRecord(pool)) return [failure(path, pool, "a node pool")];
  const { count, cpu, memory, pods, taints, zones, labels } = pool;
  return [
    ...countFailures(`${path}.count`, count, 0),
    ...countFailures(`${path}.pods`, pods, 1),
    ...textFailures(`${path}.cpu`, cpu, quantity),
    ...textFailures(`${path}.memory`, memory, quantity),
    ...(isRecord(labels) ? [] : [failure(`${path}.labels`, labels, "an object of labels")]),
    ...(Array.isArray(zones) ? [] : [failure(`${path}.zones`, zones, "a list of zones")]),
    ...(Array.isArray(taints) ? taints : [undefined]).flatMap((taint: unknown, index) =>
      isRecord(taint) && effects.includes(String(taint["effect"]))
        ? []
        : [failure(`${path}.taints[${index}]`, taint, `a key and one of the effects ${effects.join(", ")}`)],
    ),
  ];
}

function cidrFailures(path: string, value: unknown): CheckFailure[] {
  const [address = "", prefix = ""] = String(value).split("/");
  const fits = isIPv4(address) && /^\d+$/.test(prefix) && Number(prefix) >= 12 && Number(prefix) <= 24;
  return fits ? [] : [failure(path, value, "an IPv4 network from /12 to /24, such as 10.96.0.0/16")];
}

function countFailures(path: string, value: unknown, least: number): CheckFailure[] {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= 1000;
  return fits ? [] : [failure(path, value, `a whole number from ${least} to 1000`)];
}

function textFailures(
  path: string,
  value: unknown,
  { pattern, allowed }: { pattern: RegExp; allowed: string },
): CheckFailure[] {
  return typeof value === "string" && value.length <= 63 && pattern.test(value)
    ? []
    : [failure(path, value, allowed)];
}

function failure(property: string, value: unknown, allowed: string): CheckFailure {
  return { property, reason: `${JSON.stringify(value) ?? "nothing"} was given; allowed is ${allowed}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
