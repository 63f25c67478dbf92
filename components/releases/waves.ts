// Who goes when: the members of a group in waves, one wave after the other.
import { type Fault, keyPath } from "../core/errors.ts";
import { memberFaults } from "../core/members.ts";
import { countFaults } from "../core/quantities.ts";
import { type SelectableCluster, selectorFaults, selectorOf, selects } from "../core/selectors.ts";

/**
 * Members that go together. A named member goes with the wave that names it, and in one wave only; the other ways
 * take of those that no wave names and no earlier wave took, in the order of the group. A member that does not take the
 * release is left out, and so is a wave in which nobody does.
 */
export type Wave = NamedWave | MatchingWave | CountedWave | PercentageWave;

interface NamedWave {
  /** Names of members of the group; at least one. */
  clusters: string[];
}

interface MatchingWave {
  /** All that a selector holds for, e.g. `tier=edge,region!=eu-west-1`; at least one member of the group. */
  match: string;
}

interface CountedWave {
  /** The next so many, or what is left of them; from 1 to 1000. */
  count: number;
}

interface PercentageWave {
  /**
   * The next so many percent of all that take the release, rounded up, or what is left of them; a whole number from 1
   * to 100.
   */
  percent: number;
}

export interface WavePlan {
  /** Names of targets by wave, in order; every one once. What no wave took is the last wave. */
  waves: string[][];
  faults: Fault[];
}

/** Whom waves are for, in the order of the group. */
interface Crowd {
  /** Of the whole group: what waves say must make sense for it, whoever takes the release just now. */
  members: SelectableCluster[];
  /** Those that take the release. */
  targets: SelectableCluster[];
}

/** What a wave can take of. */
interface Choice extends Crowd {
  /** Members that no wave names and none has taken, and those that were named before. */
  left: SelectableCluster[];
  named: string[];
}

interface Taken {
  names: string[];
  faults: Fault[];
}

const ways = ["clusters", "match", "count", "percent"];
const highestCount = 1000;

/** Puts the targets in waves; `path` names the waves in faults. Without waves all of them are one. */
export function planWaves(path: string, waves: Wave[], { members, targets }: Crowd): WavePlan {
  if (members.length === 0) return { waves: [], faults: [] };
  const everNamed = waves.flatMap(namesIn);
  let left = members.filter(({ name }) => !everNamed.includes(name));
  const plan: WavePlan = { waves: [], faults: [] };
  for (const [index, wave] of waves.entries()) {
    const where = `${path}[${index}]`;
    const named = waves.slice(0, index).flatMap(namesIn);
    const { names, faults } = take(where, wave, { members, targets, left, named });
    left = left.filter(({ name }) => !names.includes(name));
    plan.waves.push(names);
    plan.faults.push(...faults);
    // A count may find everybody taken where the group is small; a name or a selector that says nobody is a slip.
    const meant = "clusters" in wave || "match" in wave;
    if (meant && names.length === 0 && faults.length === 0) plan.faults.push(emptyFault(where, wave));
  }
  const taking = targets.map(({ name }) => name);
  const rest = left.map(({ name }) => name);
  const kept = [...plan.waves, rest].map((wave) => wave.filter((name) => taking.includes(name)));
  return { ...plan, waves: kept.filter((wave) => wave.length > 0) };
}

/** The order of a release as a person reads it before anything starts. */
export function describeWaves(release: string, waves: string[][], maxConcurrent?: number): string {
  const count = waves.flat().length;
  const limit = maxConcurrent === undefined ? "" : `, at most ${maxConcurrent} at once`;
  const inWaves = waves.length === 1 ? "1 wave" : `${waves.length} waves`;
  const lines = waves.map((wave, index) => `  wave ${index + 1}: ${wave.join(", ")}`);
  const title = `${release} goes to ${count === 1 ? "1 cluster" : `${count} clusters`} in ${inWaves}${limit}`;
  const rule = "; a wave starts when every cluster before it is healthy";
  return [`${title}${waves.length > 1 ? rule : ""}:`, ...lines].join("\n");
}

function namesIn(wave: Wave): string[] {
  return "clusters" in wave ? wave.clusters : [];
}

function take(path: string, wave: Wave, choice: Choice): Taken {
  const said = Object.keys(wave);
  if (said.length !== 1 || !said.every((way) => ways.includes(way))) {
    const problem = "does not say its members in one way";
    return { names: [], faults: [{ path, value: wave, problem, allowed: `one of ${ways.join(", ")}` }] };
  }
  if ("clusters" in wave) return takeByName(path, wave, choice);
  if ("match" in wave) return takeByMatch(`${path}.match`, wave, choice);
  if ("count" in wave) {
    return takeByCount(wave.count, choice, countFaults(`${path}.count`, wave.count, [1, highestCount]));
  }
  const count = Math.ceil((choice.targets.length * wave.percent) / 100);
  return takeByCount(count, choice, countFaults(`${path}.percent`, wave.percent, [1, 100]));
}

function takeByName(path: string, { clusters }: NamedWave, { members, named }: Choice): Taken {
  const known = members.map(({ name }) => name);
  const faults = clusters.flatMap((name, index): Fault[] => {
    const where = `${keyPath(path, "clusters")}[${index}]`;
    if ([...named, ...clusters.slice(0, index)].includes(name)) {
      return [{ path: where, value: name, problem: "is named twice", allowed: "a member in one wave, once" }];
    }
    return memberFaults(where, name, known);
  });
  const names = [...new Set(clusters)].filter((name) => known.includes(name) && !named.includes(name));
  return { names, faults };
}

function takeByMatch(path: string, { match }: MatchingWave, { members, left }: Choice): Taken {
  const faults = selectorFaults(path, match);
  if (faults.length === 0 && !members.some((member) => selects(match, member))) {
    const have = members.map(selectorOf).join(" · ");
    faults.push({
      path,
      value: match,
      problem: "selects no member of the group",
      allowed: `of these: ${have}`,
    });
  }
  const names = left.filter((member) => selects(match, member)).map(({ name }) => name);
  return { names, faults };
}

function takeByCount(count: number, { targets, left }: Choice, faults: Fault[]): Taken {
  const next = targets.filter((target) => left.includes(target)).slice(0, faults.length > 0 ? 0 : count);
  return { names: next.map(({ name }) => name), faults };
}

function emptyFault(path: string, wave: Wave): Fault {
  const problem = "has no members";
  return { path, value: wave, problem, allowed: "at least one member that is in no other wave" };
}
