// Helm's `null`, which takes away a value that a chart has by default. The Kubernetes provider drops every
// null on its way to Helm, so what is to be taken away is taken from the copy of the chart.
import { parseDocument } from "yaml";
import type { LocalChart } from "./helm-chart.ts";

/**
 * Values without their nulls, and the keys that lead to each of the nulls. What an output holds is not looked
 * at.
 */
export function splitNulls(values: Record<string, unknown>): {
  given: Record<string, unknown>;
  taken: string[][];
} {
  const given: Record<string, unknown> = {};
  const taken: string[][] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === null) {
      taken.push([key]);
    } else if (isMap(value)) {
      const below = splitNulls(value);
      given[key] = below.given;
      taken.push(...below.taken.map((keys) => [key, ...keys]));
    } else {
      given[key] = value;
    }
  }
  return { given, taken };
}

/**
 * The chart without these defaults: those of its own `values.yaml`, and those of a chart that it brings in
 * `charts/` as a directory. A chart in an archive keeps its defaults, and so does one that has an alias.
 */
export function withoutDefaults(chart: LocalChart, taken: string[][]): LocalChart {
  const files = new Map(chart.files);
  for (const keys of taken) {
    const [first = "", ...rest] = keys;
    takeAway(files, "values.yaml", keys);
    if (rest.length > 0) takeAway(files, `charts/${first}/values.yaml`, rest);
  }
  return { ...chart, files };
}

function takeAway(files: LocalChart["files"], file: string, keys: string[]): void {
  const content = files.get(file);
  if (content === undefined) return;
  // Nothing but text to this schema, so that what stays keeps its spelling: Helm reads 0644 by other rules.
  const document = parseDocument(content.toString("utf8"), { schema: "failsafe" });
  if (!document.hasIn(keys)) return;
  document.deleteIn(keys);
  files.set(file, Buffer.from(document.toString({ lineWidth: 0 })));
}

/** A plain map; not a list, and not an output. */
function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
