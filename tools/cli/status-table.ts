// The status of releases as a person reads it: one line a member, and below it what somebody else changed.
import { styleText } from "node:util";
import type { Drift } from "../../components/releases/drift.ts";
import type { StaleReason, StatusWord } from "../../components/releases/status.ts";
import { alignColumns } from "./columns.ts";
import type { MemberReport } from "./fleet-status.ts";

type Style = Parameters<typeof styleText>[0];

const styles: Record<StatusWord, Style> = {
  UNKNOWN: "magenta",
  "NOT INSTALLED": "yellow",
  PENDING: "cyan",
  FAILED: "red",
  STALE: "yellow",
  DEPLOYED: "green",
};

const heading = ["RELEASE", "CLUSTER", "STATUS", "VERSION", "WHY"];

/** The table; with colours where they can be seen. */
export function statusTable(reports: MemberReport[], colours: boolean): string {
  const paint = (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const rows = reports.map(rowOf);
  const [head = "", ...lines] = alignColumns([heading, ...rows]);
  return reports.reduce(
    (table, report, index) => {
      const style = isDrifted(report) ? "yellow" : styles[report.word];
      const line = (lines[index] ?? "").replace(` ${report.word}`, ` ${paint(style, report.word)}`);
      return [table, line, ...report.drift.map((drift) => `  ${driftText(drift)}`)].join("\n");
    },
    paint("bold", head),
  );
}

function rowOf(report: MemberReport): string[] {
  return [report.release, report.cluster, report.word, report.helm?.version ?? "-", whyOf(report)];
}

/** A value as JSON; a secret without quotes, so that it cannot be taken for a text. */
export function valueText(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).replace(/^"(\[secret\])"$/, "$1");
}

/** One difference as a sentence. */
function driftText({ object, field, wanted, found, owner, autoscaled }: Drift): string {
  if (field === undefined) return `${object} is gone`;
  const at = owner?.time === undefined ? "" : `, ${owner.time}`;
  const by = owner === undefined ? "" : `, set by ${owner.manager} (${owner.operation}${at})`;
  const excuse = autoscaled ? ", owned by the autoscaler" : "";
  return `${object} ${field}: wanted ${valueText(wanted)}, found ${valueText(found)}${by}${excuse}`;
}

function whyOf(report: MemberReport): string {
  const { word, target, error, stale } = report;
  return [
    ...(error === undefined ? [] : [error.split("\n")[0] ?? ""]),
    ...stale.map(reasonText),
    ...(word === "NOT INSTALLED" && !target ? ["not a target"] : []),
    ...(word === "DEPLOYED" && isDrifted(report) ? ["drift"] : []),
  ].join("; ");
}

function isDrifted({ drift }: MemberReport): boolean {
  return drift.some(({ autoscaled }) => !autoscaled);
}

function reasonText(reason: StaleReason): string {
  switch (reason.kind) {
    case "chart":
    case "version":
      return `${reason.kind}: wanted ${reason.wanted}, found ${reason.found}`;
    case "values":
      return `values: ${reason.paths.join(", ")}`;
    case "objects":
      return `objects: ${reason.objects.join(", ")}`;
    case "not a target":
    case "left the group":
      return reason.kind;
  }
}
