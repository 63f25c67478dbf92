// Selectors of clusters, in the syntax of Kubernetes' label selectors.
import { type Fault, keyPath } from "./errors.ts";
import { labelKeyFaults, labelValueFaults } from "./labels.ts";
import type { ClusterRef } from "./refs.ts";

/** What a cluster is selected by. */
export type SelectableCluster = Pick<
  ClusterRef,
  "name" | "distribution" | "role" | "cloud" | "region" | "labels"
>;

/** What is known of every cluster; a selector's key of this name means it, never a label. */
const facts = ["name", "distribution", "role", "cloud", "region"] as const;

const forms = "key=value, key!=value, key in (a, b), key notin (a, b), key or !key";
const allowed = `${forms}, joined by ","; a key is ${facts.join(", ")} or a label`;

/** One part of a selector: all parts must hold. */
interface Requirement {
  key: string;
  /** Whether the key must have one of the values, or must have none of them. */
  wanted: boolean;
  /** Without values only the key matters. */
  values?: string[];
}

const letter = `[^\\s!=<>(),:&"']`;
const key = `(?<key>${letter}+)`;
const list = `\\s*${letter}+\\s*(?:,\\s*${letter}+\\s*)*`;
const requirementForms = [
  new RegExp(`^${key}$`),
  new RegExp(`^(?<operator>!)\\s*${key}$`),
  new RegExp(`^${key}\\s*(?<operator>=|==|!=)\\s*(?<values>${letter}*)$`),
  new RegExp(`^${key}\\s+(?<operator>in|notin)\\s*\\((?<values>${list})\\)$`),
];

/**
 * Checks a selector: requirements such as `cloud=aws`, `tier!=edge`, `region in (eu-1, eu-2)`, `gpu` and `!gpu`,
 * joined by commas. An empty selector is a fault, for it would select every cluster.
 */
export function selectorFaults(path: string, selector: string): Fault[] {
  const requirements = parse(selector);
  if (requirements === undefined) {
    const meant = selector
      .replace(/["']/g, "")
      .replace(/\s*:\s*/g, "=")
      .replace(/\s*&&?\s*/g, ",");
    const instead = parse(meant) === undefined ? {} : { instead: JSON.stringify(meant) };
    return [{ path, value: selector, problem: "is not a selector", allowed, ...instead }];
  }
  return requirements.flatMap(({ key, values = [] }) => [
    ...labelKeyFaults(path, key),
    ...values.flatMap((value) => labelValueFaults(keyPath(path, key), value)),
  ]);
}

/**
 * Whether all of the selector holds for the cluster. As in Kubernetes, `!=` and `notin` hold for a cluster without the
 * key. What is not a selector selects nobody.
 */
export function selects(selector: string, cluster: SelectableCluster): boolean {
  return parse(selector)?.every((requirement) => holds(requirement, cluster)) ?? false;
}

/** What a cluster can be selected by, as a selector that fits it: `name=eu-1,distribution=local,...,tier=edge`. */
export function selectorOf(cluster: SelectableCluster): string {
  const own = facts.map((fact) => `${fact}=${cluster[fact]}`);
  const labels = Object.entries(cluster.labels).filter(([label]) => !isFact(label));
  return [...own, ...labels.map(([label, value]) => `${label}=${value}`)].join(",");
}

/** The requirements of a selector; undefined when it has none or one that is in no form. */
function parse(selector: string): Requirement[] | undefined {
  const requirements = selector.split(/,(?![^(]*\))/).map(parseRequirement);
  return requirements.every((requirement) => requirement !== undefined) ? requirements : undefined;
}

function parseRequirement(text: string): Requirement | undefined {
  const parts = requirementForms
    .map((form) => form.exec(text.trim())?.groups)
    .find((groups) => groups !== undefined);
  const { key, operator = "", values } = parts ?? {};
  if (key === undefined) return undefined;
  const wanted = !["!", "!=", "notin"].includes(operator);
  if (values === undefined) return { key, wanted };
  return { key, wanted, values: values.split(",").map((value) => value.trim()) };
}

function holds({ key, wanted, values }: Requirement, cluster: SelectableCluster): boolean {
  const found = isFact(key)
    ? cluster[key]
    : Object.entries(cluster.labels).find(([label]) => label === key)?.[1];
  const fits = found !== undefined && (values?.includes(found) ?? true);
  return fits === wanted;
}

function isFact(key: string): key is (typeof facts)[number] {
  return facts.some((fact) => fact === key);
}
