// In which order the members of a group are installed: by wave, and those whose outputs are read before those who read.
import type { Fault } from "../core/errors.ts";
import { countFaults } from "../core/quantities.ts";
import type { SelectableCluster } from "../core/selectors.ts";
import { planWaves, type Wave } from "./waves.ts";

/** By member: those whose outputs its values read. */
type Reads = Record<string, string[]>;

/** What the order depends on. */
export interface OrderDefinition {
  /** Of the whole group. */
  members: SelectableCluster[];
  /** The members that take the release, in the order of the group. */
  targets: SelectableCluster[];
  reads: Reads;
  waves?: Wave[];
  maxConcurrent?: number;
}

export interface MemberOrder {
  /** Names of members by wave, in the order in which they are installed; one wave when none were asked for. */
  waves: string[][];
  /** By member: those that must be healthy before it is touched. */
  after: Record<string, string[]>;
  faults: Fault[];
}

const mostConcurrent = 1000;

/** Orders the members; `path` names the release in faults. */
export function planOrder(path: string, definition: OrderDefinition): MemberOrder {
  const { reads, waves: wanted = [], maxConcurrent } = definition;
  const { waves, faults } = planWaves(`${path}.waves`, wanted, definition);
  const { sorted, cycle } = sortByReads(waves.flat(), reads);
  const order = waves.map((wave) => sorted.filter((member) => wave.includes(member)));
  return {
    waves: order,
    after: predecessors(order, maxConcurrent),
    faults: [
      ...faults,
      ...countFaults(`${path}.maxConcurrent`, maxConcurrent ?? mostConcurrent, [1, mostConcurrent]),
      ...(cycle === undefined ? waveFaults(path, waves, reads) : [cycleFault(path, cycle)]),
    ],
  };
}

/** Each member waits for the wave before, and for the one whose place it takes when only so many go at once. */
function predecessors(waves: string[][], maxConcurrent = mostConcurrent): Record<string, string[]> {
  const entries = waves.flatMap((wave, index) =>
    wave.map((member, position): [string, string[]] => {
      const earlier = waves[index - 1] ?? [];
      return [member, [...earlier, ...wave.filter((_, other) => other === position - maxConcurrent)]];
    }),
  );
  return Object.fromEntries(entries);
}

/** The members so that each comes after those that it reads, otherwise as they were; a cycle leaves them so. */
function sortByReads(members: string[], reads: Reads): { sorted: string[]; cycle?: string[] } {
  const sorted: string[] = [];
  const waitsFor = (member: string) => reads[member]?.find((other) => !sorted.includes(other));
  while (sorted.length < members.length) {
    const left = members.filter((member) => !sorted.includes(member));
    const next = left.find((member) => waitsFor(member) === undefined);
    if (next === undefined) return { sorted: members, cycle: cycleFrom(left, waitsFor) };
    sorted.push(next);
  }
  return { sorted };
}

/** Follows who waits for whom until somebody comes up again: `a, b, a`. */
function cycleFrom([start = ""]: string[], waitsFor: (member: string) => string | undefined): string[] {
  const way: string[] = [];
  let member = start;
  while (!way.includes(member)) {
    way.push(member);
    member = waitsFor(member) ?? start;
  }
  return [...way.slice(way.indexOf(member)), member];
}

function cycleFault(path: string, cycle: string[]): Fault {
  return {
    path: `${path}.values`,
    problem: `make the members wait for each other: ${cycle.join(" reads ")}`,
    allowed:
      "values that read outputs of members which do not read theirs, or of the members of another release",
  };
}

function waveFaults(path: string, waves: string[][], reads: Reads): Fault[] {
  const waveOf = (member: string) => waves.findIndex((wave) => wave.includes(member));
  return Object.entries(reads).flatMap(([member, others]) =>
    others
      .filter((other) => waveOf(other) > waveOf(member))
      .map((other) => ({
        path: `${path}.waves`,
        problem: `have ${member} in wave ${waveOf(member) + 1} and ${other} in wave ${waveOf(other) + 1}, but the values of ${member} read outputs of ${other}`,
        allowed: "members in the same wave as those whose outputs they read, or in a later one",
      })),
  );
}
