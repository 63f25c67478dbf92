// What one run of the engine did to every member of every release, told from the engine's own event log: one member's
// failure never hides how the others fared.
import type { ReleaseRecord } from "../../components/releases/record.ts";

const releaseComponent = "breakwater:index:MultiClusterRelease";
const whyNotReached = "what it waits for failed, or the run ended before it was done";

/** What happened to one member's part of a release. */
type Outcome = "installed" | "updated" | "unchanged" | "removed" | "failed" | "not reached";

export interface MemberSummary {
  release: string;
  cluster: string;
  /** Number of its wave, from 1; absent when the run did not get as far as to say. */
  wave?: number;
  outcome: Outcome;
  /** What the engine complained of, or why the member was not reached. */
  reason?: string;
}

/** Of a line of the event log, what is read here. See `sdk/go/common/apitype/events.go` of the engine. */
interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; severity: string; message: string };
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  new?: { parent?: string; outputs?: Record<string, unknown> };
  old?: { parent?: string };
}

interface Step {
  op: string;
  /** Whether the run has told how it ended. */
  done: boolean;
  failed: boolean;
}

/** A member's component: the resources below it are the member's part. */
interface Part {
  release: string;
  cluster: string;
  steps: Map<string, Step>;
}

/** The outcome of every member, releases and members in the order of the run. `log` is the text of the engine's event log. */
export function summarise(log: string): MemberSummary[] {
  // What stands behind the last line break is half an event, of an engine that was killed.
  const events = log
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as EngineEvent);
  const parents = parentsOf(events);
  const records = recordsOf(events);
  const complaints = complaintsOf(events);
  const seen = partsOf(events, parents);
  return [...seen, ...silentParts(records, seen)].map((part) => summaryOf(part, { records, complaints }));
}

/** The lines that a person reads, one a member; nothing when the run changed no release. */
export function formatSummary(summaries: MemberSummary[]): string[] {
  if (summaries.every(({ outcome }) => outcome === "unchanged")) return [];
  return summaries.map(({ release, cluster, outcome, reason }) => {
    const line = `${release} on ${cluster}: ${outcome}`;
    return reason === undefined ? line : `${line}: ${reason}`;
  });
}

function metadataOf(event: EngineEvent): StepMetadata | undefined {
  return (event.resourcePreEvent ?? event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
}

function parentsOf(events: EngineEvent[]): Map<string, string> {
  const parents = new Map<string, string>();
  for (const metadata of events.map(metadataOf)) {
    const parent = metadata?.new?.parent ?? metadata?.old?.parent;
    if (metadata !== undefined && parent !== undefined) parents.set(metadata.urn, parent);
  }
  return parents;
}

function recordsOf(events: EngineEvent[]): ReleaseRecord[] {
  return events
    .map(({ resOutputsEvent }) => resOutputsEvent?.metadata)
    .filter((metadata) => metadata?.type === releaseComponent)
    .flatMap((metadata) => {
      const record = metadata?.new?.outputs?.["record"];
      return record === undefined ? [] : [record as ReleaseRecord];
    });
}

/** The engine's first complaint about each resource, in one line. */
function complaintsOf(events: EngineEvent[]): Map<string, string> {
  const complaints = new Map<string, string>();
  for (const { diagnosticEvent } of events) {
    if (diagnosticEvent?.severity !== "error" || !diagnosticEvent.urn) continue;
    const text = diagnosticEvent.message
      .replace(/^\d+ errors? occurred:/, "")
      .replace(/\s+/g, " ")
      .replace(/^ ?\* /, "")
      .trim();
    if (!complaints.has(diagnosticEvent.urn)) complaints.set(diagnosticEvent.urn, text);
  }
  return complaints;
}

function partsOf(events: EngineEvent[], parents: Map<string, string>): Part[] {
  const parts = new Map<string, Part>();
  for (const event of events) {
    const metadata = metadataOf(event);
    const component = metadata && memberComponent(metadata.urn, parents);
    if (metadata === undefined || component === undefined) continue;
    const release = nameOf(parents.get(component) ?? "");
    const cluster = nameOf(component).slice(release.length + 1);
    const part = parts.get(component) ?? { release, cluster, steps: new Map<string, Step>() };
    parts.set(component, part);
    if (metadata.urn === component || metadata.op === "read") continue;
    const done = event.resourcePreEvent === undefined || metadata.op === "same";
    part.steps.set(metadata.urn, { op: metadata.op, done, failed: event.resOpFailedEvent !== undefined });
  }
  return [...parts.values()];
}

/** The resource itself or the one above it that stands directly below a release. */
function memberComponent(urn: string, parents: Map<string, string>): string | undefined {
  for (let [child, parent] = [urn, parents.get(urn)]; parent !== undefined; ) {
    if (typeOf(parent) === releaseComponent) return child;
    [child, parent] = [parent, parents.get(parent)];
  }
  return undefined;
}

function summaryOf(
  { release, cluster, steps }: Part,
  { records, complaints }: { records: ReleaseRecord[]; complaints: Map<string, string> },
): MemberSummary {
  const reason = [...steps.keys()].map((urn) => complaints.get(urn)).find((text) => text !== undefined);
  const outcome = outcomeOf([...steps.values()]);
  const why = outcome === "not reached" ? whyNotReached : reason;
  const wave = waveOf(records, release, cluster);
  return {
    release,
    cluster,
    ...(wave === undefined ? {} : { wave }),
    outcome,
    ...(why === undefined ? {} : { reason: why }),
  };
}

function outcomeOf(steps: Step[]): Outcome {
  if (steps.some(({ failed }) => failed)) return "failed";
  // A member's component alone is registered before what it waits for has failed.
  if (steps.length === 0 || steps.some(({ done }) => !done)) return "not reached";
  if (steps.every(({ op }) => op === "same")) return "unchanged";
  if (steps.every(({ op }) => op === "create")) return "installed";
  return steps.every(({ op }) => op === "delete") ? "removed" : "updated";
}

/** The targets of which the run has nothing to tell. */
function silentParts(records: ReleaseRecord[], seen: Part[]): Part[] {
  return records.flatMap(({ release, members }) =>
    Object.values(members)
      .filter(({ target }) => target)
      .filter(({ cluster }) => !seen.some((part) => part.release === release && part.cluster === cluster))
      .map(({ cluster }) => ({ release, cluster, steps: new Map<string, Step>() })),
  );
}

function waveOf(records: ReleaseRecord[], release: string, cluster: string): number | undefined {
  const record = records.find((one) => one.release === release);
  const index = record?.waves.findIndex((wave) => wave.includes(cluster)) ?? -1;
  return index === -1 ? undefined : index + 1;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type of a resource, without those of its parents. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
