// What can be told of a source before anything runs: whether it can be used, and whether it takes a member's values.
import type { Fault } from "../core/errors.ts";
import { chartMetadata } from "../kubernetes/helm-chart.ts";
import { splitNulls } from "../kubernetes/helm-nulls.ts";
import { remoteNullFault } from "../kubernetes/helm-release.ts";
import { type RemoteChart, remoteChartFaults, remoteChartName } from "../kubernetes/remote-chart.ts";
import { sharedChart } from "../kubernetes/shared-chart.ts";
import { chartSchema } from "./chart-schema.ts";
import type { ReleaseRecord } from "./record.ts";
import type { ValueFault } from "./schema-faults.ts";
import type { HelmSource, Source } from "./source.ts";
import type { Values } from "./values.ts";

export interface SourceCheck {
  /** What is recorded of the source. Objects are recorded as such, also those of a chart: Helm knows nothing of them. */
  recorded: ReleaseRecord["source"];
  /** Why the source cannot be used. */
  faults: Fault[];
  /** What the source does not accept in the values that a member gets. */
  check(values: Values): ValueFault[];
}

/** Nothing that is released without a chart can be refused here, and it takes all values. */
const anything: SourceCheck = { recorded: { kind: "manifests" }, faults: [], check: () => [] };

/** Reads what is there of the source, and pulls a chart that is rendered here; `path` names the source in faults. */
export function checkSource<V>(path: string, source: Source<V>): SourceCheck {
  if (source.kind === "manifests") return anything;
  const { chart, objects } = source;
  const checked =
    typeof chart === "string" || objects === true ? hereCheck(path, source) : elsewhereCheck(path, chart);
  return { ...checked, faults: [...checked.faults, ...kubeVersionFaults(path, source)] };
}

/** Of a chart whose files are here. */
function hereCheck<V>(
  path: string,
  { chart: source, objects, allowUnknownValues }: HelmSource<V>,
): SourceCheck {
  const where = typeof source === "string" ? `${path}.path` : path;
  const { chart, faults } = sharedChart(where, source);
  if (chart === undefined) return { ...anything, faults };
  const { name, version } = chartMetadata(chart);
  return {
    recorded: objects === true ? anything.recorded : { kind: "helm", chart: name, version },
    ...chartSchema(where, chart, allowUnknownValues),
  };
}

/** Of a chart of which only the place is known. */
function elsewhereCheck(path: string, chart: RemoteChart): SourceCheck {
  return {
    recorded: { kind: "helm", chart: remoteChartName(chart), version: chart.version },
    faults: remoteChartFaults(path, chart),
    check: (values) => splitNulls(values).taken.map((keys) => ({ keys, ...remoteNullFault })),
  };
}

function kubeVersionFaults<V>(path: string, { objects, kubeVersion }: HelmSource<V>): Fault[] {
  if (kubeVersion === undefined || objects === true) return [];
  const allowed = "nothing without `objects`: Helm asks the cluster for its version";
  return [{ path: `${path}.kubeVersion`, value: kubeVersion, problem: "is not used", allowed }];
}
