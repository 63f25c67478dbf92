// One chart on every cluster of a group, each member with its own values.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, keyPath } from "../core/errors.ts";
import type { Values } from "../core/merge.ts";
import { reportFaults } from "../core/program.ts";
import { countFaults } from "../core/quantities.ts";
import type { ClusterGroupRef } from "../core/refs.ts";
import { readChart } from "../kubernetes/helm-chart.ts";
import { chartSchema } from "./chart-schema.ts";
import { installMember, type MemberRelease } from "./install.ts";
import { planRelease, type ReleaseNamespace, type ReleasePlan } from "./plan.ts";
import type { ValueFault } from "./schema-faults.ts";
import type { Source } from "./source.ts";
import { decides, type Override, valuePath } from "./values.ts";

export interface MultiClusterReleaseArgs<V extends object> {
  /** The clusters that take the release. */
  group: ClusterGroupRef;
  /** What is released: `helm(...)` or `manifests(...)`. */
  source: Source<V>;
  /**
   * The namespace, which must exist or be made by the same program: a name that is the same on all members, or one
   * for every member, by the member's name. A `NamespaceRef` makes the release wait for its namespace.
   */
  namespace: ReleaseNamespace;
  /** Values for all members. */
  values: NoInfer<V>;
  /**
   * By member: what is laid over the values. Maps merge, everything else replaces, and `null` removes, also what a
   * Helm chart has by default. A key that is no member is an error. Defaults to none.
   */
  overrides?: Record<string, Override<NoInfer<V>>>;
  /** How long each member may take to become ready, in whole seconds from 1 to 3600. Defaults to 300. */
  timeoutSeconds?: number;
}

const defaults = { timeoutSeconds: 300 };
const timeoutRange: [number, number] = [1, 3600];

/** One source, released to every member of a group; each member's part is a component of its own. */
export class MultiClusterRelease<V extends object = Values> extends pulumi.ComponentResource {
  /** What stands where, by member; all but the status is known at preview. */
  readonly members: Record<string, MemberRelease> = {};

  constructor(name: string, args: MultiClusterReleaseArgs<V>, opts?: pulumi.ComponentResourceOptions) {
    super("breakwater:index:MultiClusterRelease", name, {}, opts);
    const { group, source, namespace, values, overrides = {} } = args;
    const { timeoutSeconds = defaults.timeoutSeconds } = args;
    const plan = planRelease(name, { group, kind: source.kind, namespace, values, overrides });
    const path = `MultiClusterRelease("${name}")`;
    const faults = [
      ...plan.faults,
      ...countFaults(`${path}.timeoutSeconds`, timeoutSeconds, timeoutRange),
      ...(source.kind === "helm" ? chartFaults(path, source.path, { plan, overrides }) : []),
    ];
    if (reportFaults(faults)) return;

    for (const [member, part] of Object.entries(plan.members)) {
      const install = { name: `${name}-${member}`, source, part, timeoutSeconds };
      this.members[member] = installMember(install, { parent: this });
    }
    this.registerOutputs({ members: this.members });
  }
}

/** What is wrong with the chart, or with the values that a member would give it. */
function chartFaults(
  path: string,
  directory: string,
  { plan, overrides }: { plan: ReleasePlan; overrides: Record<string, object> },
): Fault[] {
  const chart = readChart(`${path}.source.path`, directory);
  if (chart.faults.length > 0) return chart.faults;
  const schema = chartSchema(`${path}.source.path`, chart);
  const faults = Object.entries(plan.members).flatMap(([member, { values }]) =>
    schema.check(values).map((fault) => located(path, fault, { member, override: overrides[member] ?? {} })),
  );
  // What is wrong with the common values is wrong for every member, and told once.
  const same = (one: Fault, other: Fault) => one.path === other.path && one.problem === other.problem;
  const first = (fault: Fault, index: number) => faults.findIndex((one) => same(one, fault)) === index;
  return [...schema.faults, ...faults.filter(first)];
}

/** Places a fault in the layer that the value came from. */
function located(
  path: string,
  { keys, ...fault }: ValueFault,
  { member, override }: { member: string; override: object },
): Fault {
  const layer =
    keys.length > 0 && decides(override, keys) ? keyPath(`${path}.overrides`, member) : `${path}.values`;
  return { path: valuePath(layer, keys), ...fault };
}
