// Helm's hooks as steps of a program: what is made before and after the objects of a chart, in which order, and what
// cannot be kept.
import { createHash } from "node:crypto";
import { type Fault, keyPath } from "../core/errors.ts";
import { boundedName } from "../core/names.ts";
import type { RenderedObject } from "./helm-template.ts";
import type { Manifest } from "./objects.ts";

/** A hook, made by itself. */
export interface Hook {
  /** As the chart has it. */
  object: Manifest;
  /** As it is made. */
  made: Manifest;
  /** Fields that no later release changes. */
  keeps: string[];
}

/** What is made of a chart, in this order. */
export interface ReleaseSteps {
  /** Of the chart's `crds/`. */
  definitions: Manifest[];
  before: Hook[];
  objects: Manifest[];
  after: Hook[];
  faults: Fault[];
}

interface HookTime {
  place: "before" | "after";
  /** Whether it runs for every change of the release, or for the first release alone. */
  again: boolean;
}

/**
 * The events that hooks can be kept for, in alphabetical order. A return to an older version is an upgrade here, so
 * that a hook for both is kept.
 */
const times: Record<string, HookTime> = {
  "pre-install": { place: "before", again: false },
  "pre-install pre-upgrade": { place: "before", again: true },
  "pre-install pre-rollback pre-upgrade": { place: "before", again: true },
  "post-install": { place: "after", again: false },
  "post-install post-upgrade": { place: "after", again: true },
  "post-install post-rollback post-upgrade": { place: "after", again: true },
};

const keptHooks =
  "hooks before or after an install, alone or with the same for upgrades; without `objects` Helm keeps every hook";

const digestLength = 8;
const jobNameLimit = 63;

/**
 * The steps of a rendered chart; `path` names the chart in faults. Hooks of one side stand in the order in which Helm
 * runs them: by weight, then by name. Those of tests are left out.
 */
export function releaseSteps(path: string, rendered: RenderedObject[]): ReleaseSteps {
  const digest = createHash("sha256").update(JSON.stringify(rendered)).digest("hex").slice(0, digestLength);
  const steps: ReleaseSteps = { definitions: [], before: [], objects: [], after: [], faults: [] };
  for (const { file, object } of rendered) {
    const events = eventsOf(object);
    const untested = events.filter((event) => !event.startsWith("test"));
    const time = times[untested.join(" ")];
    if (isDefinition(file)) steps.definitions.push(object);
    else if (events.length === 0) steps.objects.push(object);
    else if (untested.length === 0) continue;
    else if (time === undefined || object.kind === "Pod")
      steps.faults.push(hookFault(`${path}/${file}`, object, untested));
    else steps[time.place].push(hookOf(object, time, digest));
  }
  return { ...steps, before: steps.before.sort(byWeight), after: steps.after.sort(byWeight) };
}

/** Whether the file is in the `crds/` of the chart, or of a chart that it brings along. */
function isDefinition(file: string): boolean {
  return /^(?:charts\/[^/]+\/)*crds\//.test(file);
}

/** In alphabetical order. */
function eventsOf({ metadata }: Manifest): string[] {
  const events = metadata?.annotations?.["helm.sh/hook"] ?? "";
  return events
    .split(",")
    .map((event) => event.trim().toLowerCase())
    .filter((event) => event !== "")
    .sort();
}

function byWeight({ object: one }: Hook, { object: other }: Hook): number {
  if (weightOf(one) !== weightOf(other)) return weightOf(one) - weightOf(other);
  return one.metadata.name < other.metadata.name ? -1 : 1;
}

/** As in Helm, what is no whole number is 0. */
function weightOf({ metadata }: Manifest): number {
  const weight = metadata.annotations?.["helm.sh/hook-weight"] ?? "";
  return /^[+-]?\d+$/.test(weight) ? Number(weight) : 0;
}

function hookOf(object: Manifest, { again }: HookTime, digest: string): Hook {
  const keeps = Object.keys(object).filter((key) => !["apiVersion", "kind", "metadata"].includes(key));
  const made = object.kind === "Job" ? toJob(object, again ? digest : undefined) : object;
  return { object, made, keeps: again ? [] : keeps };
}

/**
 * A Job that runs again under another name when the release changes: the new one has ended before the old one goes. One
 * that failed is tried again by the next update, and one that has ended stays, for the engine would make it anew.
 */
function toJob(object: Manifest, digest: string | undefined): Manifest {
  const { metadata, spec } = object as Manifest & { spec?: Record<string, unknown> };
  const name = digest === undefined ? metadata.name : boundedName([metadata.name, digest], jobNameLimit);
  const annotations = { ...metadata.annotations, "pulumi.com/replaceUnready": "true" };
  const { ttlSecondsAfterFinished, ...lasting } = spec ?? {};
  return { ...object, metadata: { ...metadata, name, annotations }, spec: lasting } as Manifest;
}

function hookFault(path: string, { kind, metadata }: Manifest, events: string[]): Fault {
  return {
    path: keyPath(path, `${kind} ${metadata.name}`),
    value: events.join(","),
    problem: `is a hook that cannot be kept: ${reasonAgainst(kind, events)}`,
    allowed: keptHooks,
  };
}

function reasonAgainst(kind: string, events: string[]): string {
  if (events.some((event) => event.endsWith("-delete"))) return "nothing runs when the objects are deleted";
  if (!events.some((event) => event.endsWith("-install")))
    return "an object that is there for upgrades is made by the first install";
  if (kind === "Pod" && times[events.join(" ")] !== undefined)
    return "a Pod counts as ready when it runs, not when it has ended; a Job does not";
  return "it would have to run at one place for installs and at another for upgrades";
}
