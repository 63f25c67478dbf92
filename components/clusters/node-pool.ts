// A node pool: nodes of one kind that come and go together.
import { type Fault, keyPath } from "../core/errors.ts";
import { labelFaults, labelKeyFaults, labelPrefix, labelValueFaults } from "../core/labels.ts";
import { dnsLabelFaults } from "../core/names.ts";
import { countFaults, parseQuantity, quantityFaults } from "../core/quantities.ts";

/** Keeps Pods that do not tolerate it off the nodes. */
export interface Taint {
  /** A label key, e.g. `dedicated`. */
  key: string;
  /** A label value; none by default. */
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface NodePoolArgs {
  /** Number of nodes, 0 to 1000. Zero empties the pool; it is never assumed. */
  count: number;
  /**
   * What the nodes are for beyond running any workload; in the node label `breakwater.internal/node-role`.
   * Defaults to nothing.
   */
  role?: "build" | "gateway";
  /**
   * Machine type in the cloud's words, a label value; in the node label `node.kubernetes.io/instance-type`.
   * Defaults to `local`.
   */
  instanceType?: string;
  /** Processors of one node as a quantity above zero, e.g. `4` or `3920m`. Defaults to `4`. */
  cpu?: string;
  /** Memory of one node as a quantity above zero, e.g. `16Gi`. Defaults to `16Gi`. */
  memory?: string;
  /** Pods that fit on one node, 1 to 1000. Defaults to 110, the kubelet's own default. */
  pods?: number;
  /** Labels of the nodes; Kubernetes' rules for labels. Defaults to none. */
  labels?: Record<string, string>;
  /** Taints of the nodes. Defaults to none. */
  taints?: Taint[];
  /**
   * Zones over which the nodes are spread in turn, each once; label values. Defaults to none: the nodes tell
   * no zone.
   */
  zones?: string[];
}

/** A node pool with nothing left to assume. */
export interface NodePool {
  count: number;
  instanceType: string;
  cpu: string;
  memory: string;
  pods: number;
  labels: Record<string, string>;
  taints: Taint[];
  zones: string[];
}

const defaults = { instanceType: "local", cpu: "4", memory: "16Gi", pods: 110 };

const longestName = 30;
const effects: string[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"] satisfies Taint["effect"][];

/** Fills in the defaults. */
export function nodePool({ role, labels = {}, taints = [], zones = [], ...args }: NodePoolArgs): NodePool {
  const roleLabel: Record<string, string> = role === undefined ? {} : { [`${labelPrefix}/node-role`]: role };
  return { ...defaults, ...args, labels: { ...labels, ...roleLabel }, taints, zones };
}

/** Checks node pools: names, and each pool by itself. */
export function nodePoolsFaults(path: string, pools: Record<string, NodePoolArgs>): Fault[] {
  return Object.entries(pools).flatMap(([name, args]) => [
    ...dnsLabelFaults(`${keyPath(path, name)} name`, name, longestName),
    ...nodePoolFaults(keyPath(path, name), args),
  ]);
}

function nodePoolFaults(path: string, args: NodePoolArgs): Fault[] {
  const { count, instanceType, cpu, memory, pods, labels, taints, zones } = nodePool(args);
  return [
    ...countFaults(`${path}.count`, count, [0, 1000]),
    ...labelValueFaults(`${path}.instanceType`, instanceType),
    ...capacityFaults(`${path}.cpu`, cpu),
    ...capacityFaults(`${path}.memory`, memory),
    ...countFaults(`${path}.pods`, pods, [1, 1000]),
    ...labelFaults(`${path}.labels`, labels),
    ...taints.flatMap((taint, index) => taintFaults(`${path}.taints[${index}]`, taint)),
    ...zones.flatMap((zone, index) => zoneFaults(`${path}.zones[${index}]`, zone, zones.slice(0, index))),
  ];
}

function capacityFaults(path: string, value: string): Fault[] {
  const faults = quantityFaults(path, value);
  if (faults.length > 0 || parseQuantity(value) > 0) return faults;
  return [
    { path, value, problem: "is nothing", allowed: "more than zero: no Pod fits on a node without it" },
  ];
}

function taintFaults(path: string, { key, value = "", effect }: Taint): Fault[] {
  const faults = [...labelKeyFaults(`${path}.key`, key), ...labelValueFaults(`${path}.value`, value)];
  if (effects.includes(effect)) return faults;
  return [
    ...faults,
    { path: `${path}.effect`, value: effect, problem: "is not an effect", allowed: effects.join(", ") },
  ];
}

function zoneFaults(path: string, zone: string, earlier: string[]): Fault[] {
  const allowed = "the name of a zone, each once";
  if (zone === "") return [{ path, value: zone, problem: "is empty", allowed }];
  if (earlier.includes(zone)) return [{ path, value: zone, problem: "is given twice", allowed }];
  return labelValueFaults(path, zone);
}
