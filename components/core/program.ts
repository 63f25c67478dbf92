// What is true of one run of a Pulumi program as a whole: the faults found so far, and the names that are
// taken.
import { AsyncLocalStorage } from "node:async_hooks";
import { type Fault, FaultsError } from "./errors.ts";

/** State of one program run. */
interface Program {
  /** In the order of the program: the faults of a component, or of a check that is under way. */
  findings: (Fault[] | Promise<Fault[]>)[];
  claims: Map<string, string>;
  memo: Map<string, unknown>;
  /** Whether `runProgram` waits for the faults; without it the first component with faults throws them. */
  collects: boolean;
}

/** Longer than any check may take by itself. */
const graceSeconds = 15;

const current = new AsyncLocalStorage<Program>();
let outside = newProgram(false);

/**
 * Runs a whole program and reports the faults of all its components together: when there are any, a
 * `FaultsError` with every one of them is thrown after the program and its deferred checks have ended.
 */
export async function runProgram<T>(body: () => T | Promise<T>): Promise<T> {
  const program = newProgram(true);
  return current.run(program, async () => {
    const outcome = await settle(body);
    const faults = await allFaults(program);
    if (faults.length > 0) throw new FaultsError(faults);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  });
}

/**
 * Reports the faults of one component. Returns whether there were any: the component then creates nothing and
 * returns. Outside `runProgram` the faults are thrown at once.
 */
export function reportFaults(faults: Fault[]): boolean {
  const program = current.getStore() ?? outside;
  if (faults.length > 0 && !program.collects) throw new FaultsError(faults);
  program.findings.push(faults);
  return faults.length > 0;
}

/**
 * Adds a check whose answer takes time, such as whether a cluster answers. `runProgram` waits for it.
 * Returns whether somebody waits; if not, the caller throws the faults itself.
 */
export function deferFaults(check: Promise<Fault[]>): boolean {
  const program = current.getStore() ?? outside;
  if (program.collects) program.findings.push(check);
  return program.collects;
}

/** Takes a name for an owner, once per program. Returns the earlier owner when the name is taken. */
export function claim(kind: string, name: string, owner: string): string | undefined {
  const { claims } = current.getStore() ?? outside;
  const key = `${kind}\0${name}`;
  const earlier = claims.get(key);
  if (earlier === undefined) claims.set(key, owner);
  return earlier;
}

/**
 * The name under which a component of this type is registered: its own. The engine ends a program that
 * registers a name twice before any fault is told, so the second, which the component itself refuses, gets
 * another one.
 */
export function registeredName(type: string, name: string): string {
  let free = name;
  while (claim(`name of ${type}`, free, name) !== undefined) free = `${free} (again)`;
  return free;
}

/** A value that is made once per program and key. */
export function oncePerProgram<T>(key: string, make: () => T): T {
  const { memo } = current.getStore() ?? outside;
  if (!memo.has(key)) memo.set(key, make());
  return memo.get(key) as T;
}

/** Forgets what programs outside `runProgram` left behind; for tests that build several in one process. */
export function forgetPrograms(): void {
  outside = newProgram(false);
}

/** A component that was refused may make later code throw: its faults are told then, not the consequence. */
async function settle<T>(body: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await body() };
  } catch (error) {
    return { error };
  }
}

/**
 * Waits for the checks under way, and for those that they bring. Once there is a fault, a check may be
 * waiting for what something refused would have given, for ever: from then on it gets `graceSeconds`.
 */
async function allFaults({ findings }: Program): Promise<Fault[]> {
  const found: Fault[][] = [];
  const grace = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const collect = async (finding: Fault[] | Promise<Fault[]>, index: number) => {
    found[index] = await finding;
    if (found[index].length > 0) timer ??= setTimeout(grace.resolve, graceSeconds * 1000);
  };
  const all = async () => {
    for (let next = 0; next < findings.length; ) {
      const batch = findings.slice(next);
      const first = next;
      next = findings.length;
      await Promise.all(batch.map((finding, index) => collect(finding, first + index)));
    }
  };
  await Promise.race([all(), grace.promise]).finally(() => clearTimeout(timer));
  return found.flat();
}

function newProgram(collects: boolean): Program {
  return { findings: [], claims: new Map(), memo: new Map(), collects };
}
