// What a rollout of one release would change on each member: a pure function of a preview.
import { createHash } from "node:crypto";
import type { MemberRecord, ReleaseRecord } from "../../components/releases/record.ts";
import { checkedChoice } from "./choice.ts";
import { nameIn } from "./engine-state.ts";

/** One release of the program beside the state. */
export interface RolloutPlan {
  release: string;
  source: ReleaseRecord["source"];
  /** The targets of which this environment holds the part, by wave, in order. */
  waves: string[][];
  /** Every member in a wave. */
  members: Record<string, PlannedMember>;
  /** For a person: what the members stand on, such as their namespaces, and is not there yet. It comes first. */
  needed: string[];
  /** How many changes of the program are neither of these; a rollout leaves them to `up`. */
  otherChanges: number;
}

/** What the program wants of one member's part. */
export interface PlannedMember {
  cluster: string;
  namespace: string;
  releaseName: string;
  /** Tells what is wanted from all else that was or will be wanted; `unknownVersion` when that cannot be told yet. */
  version: string;
  /** For a person: one a resource that changes. */
  changes: string[];
  /** URNs that an update of this member has to name: its part, and what is needed first. */
  targets: string[];
}

/** A step of `pulumi preview --json --show-sames`; of much more only what is read here. */
interface PreviewStep {
  op: string;
  urn: string;
  oldState?: PreviewResource;
  newState?: PreviewResource;
  detailedDiff?: Record<string, unknown> | null;
}

interface PreviewResource {
  type: string;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  inputs?: Record<string, unknown>;
}

/** A line of the engine's event log. */
interface EngineEvent {
  resOutputsEvent?: { metadata: { urn: string; new?: { outputs?: { record?: ReleaseRecord } } } };
}

const releaseType = "breakwater:index:MultiClusterRelease";

/** Version of a member whose values hold what members before it have yet to give. */
export const unknownVersion = "known when it is updated";

/** How the engine writes a value that it does not know yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Reads what the program wants of a release from the JSON of a preview, with its unchanged steps, and its event log. */
export function planRollout(release: string, preview: string, log: string): RolloutPlan {
  const { steps } = JSON.parse(preview) as { steps: PreviewStep[] };
  const releases = steps.filter(({ newState }) => newState?.type === releaseType);
  const name = checkedChoice(
    "release of the program",
    release,
    releases.map(({ urn }) => nameIn(urn)),
  );
  const releaseUrn = releases.find(({ urn }) => nameIn(urn) === name)?.urn ?? "";
  const { source, waves, members } = plannedRecord(releaseUrn, log);
  const parts = partsBelow(releaseUrn, steps);
  const taken = Object.keys(members).filter((member) => members[member]?.target && parts.has(member));
  const needed = missing(parts, steps);
  const rest = steps.filter((step) => step.urn !== releaseUrn && !needed.includes(step));
  const planned = taken.map((member): [string, PlannedMember] => {
    const part = parts.get(member) ?? [];
    const { cluster, namespace, releaseName } = members[member] as MemberRecord;
    const targets = [releaseUrn, ...[...part, ...needed].map(({ urn }) => urn)];
    const place = { cluster, namespace, releaseName };
    return [member, { ...place, version: versionOf(part), changes: part.flatMap(changeOf), targets }];
  });
  const changes = planned.flatMap(([, member]) => member.changes);
  return {
    release: name,
    source,
    waves: waves
      .map((wave) => wave.filter((member) => taken.includes(member)))
      .filter((wave) => wave.length > 0),
    members: Object.fromEntries(planned),
    needed: needed.flatMap(changeOf),
    otherChanges: rest.flatMap(changeOf).length - changes.length,
  };
}

/** Whether two versions can be the same. */
export function mayBeSame(version: string, other: string): boolean {
  return version === other || [version, other].includes(unknownVersion);
}

/** The record is an output of a component, which a preview tells in its events only. */
function plannedRecord(releaseUrn: string, log: string): ReleaseRecord {
  const record = log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as EngineEvent).resOutputsEvent?.metadata)
    .findLast((metadata) => metadata?.urn === releaseUrn)?.new?.outputs?.record;
  if (record === undefined) throw new Error(`the preview did not say what ${nameIn(releaseUrn)} is`);
  return record;
}

/** The steps of each member's part, by the member. */
function partsBelow(releaseUrn: string, steps: PreviewStep[]): Map<string, PreviewStep[]> {
  const parents = new Map(steps.map(({ urn, newState, oldState }) => [urn, (newState ?? oldState)?.parent]));
  const parts = new Map<string, PreviewStep[]>();
  for (const step of steps) {
    let top = step.urn;
    for (let parent = parents.get(top); parent !== undefined && parent !== releaseUrn; ) {
      top = parent;
      parent = parents.get(top);
    }
    if (parents.get(top) !== releaseUrn) continue;
    const member = nameIn(top).slice(`${nameIn(releaseUrn)}-`.length);
    parts.set(member, [...(parts.get(member) ?? []), step]);
  }
  return parts;
}

/**
 * What the parts stand on and is not there yet, for all members at once: the engine knows nothing of what is to be made
 * and was not named, and the guardrails refuse objects whose namespace is not known.
 */
function missing(parts: Map<string, PreviewStep[]>, steps: PreviewStep[]): PreviewStep[] {
  const own = [...parts.values()].flat();
  const makes = new Map(
    steps.filter((step) => step.op === "create" && !own.includes(step)).map((step) => [step.urn, step]),
  );
  const found = new Set<PreviewStep>();
  const visit = ({ newState }: PreviewStep): void => {
    const provider = newState?.provider?.split("::").slice(0, 4).join("::");
    for (const urn of [...(newState?.dependencies ?? []), newState?.parent ?? "", provider ?? ""]) {
      const step = makes.get(urn);
      if (step === undefined || step.newState?.type === releaseType || found.has(step)) continue;
      found.add(step);
      visit(step);
    }
  };
  own.forEach(visit);
  return [...found];
}

/** The same inputs are the same version, however many of them are applied already. The engine does not show secrets. */
function versionOf(part: PreviewStep[]): string {
  const inputs = part
    .filter(({ newState }) => newState !== undefined)
    .map(({ urn, newState }): [string, unknown] => [urn, newState?.inputs])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(inputs);
  if (text.includes(unknownValue)) return unknownVersion;
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function changeOf({ op, urn, detailedDiff }: PreviewStep): string[] {
  if (op === "same") return [];
  const paths = Object.keys(detailedDiff ?? {});
  return [`${op} ${nameIn(urn)}${paths.length === 0 ? "" : `: ${paths.join(", ")}`}`];
}
