// Runs a Pulumi program against mocks and records what it asks the engine for, and holds it against the rules
// that are the same for every component.
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor, MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import { expect } from "vitest";
import { type Fault, FaultsError } from "../../components/core/errors.ts";
import { forgetPrograms, runProgram } from "../../components/core/program.ts";
import { type Recorded, readRequest, readStruct, reference } from "./requests.ts";
import "./engine-hooks.ts";

export interface Recording<T> {
  /** In the order of registration. */
  resources: Recorded[];
  /** What the program returned; absent when it threw. */
  result?: T;
  /** What the program threw. */
  error?: unknown;
}

export interface RecordOptions {
  /**
   * `update` by default. A preview answers with the inputs alone, so that ids and computed outputs are not
   * known.
   */
  mode?: "preview" | "update";
  /** Outputs of resources beyond their inputs, in an update. */
  outputs?: (args: MockResourceArgs) => Record<string, unknown>;
  /** Name of the stack; `local` by default. */
  stack?: string;
}

/** Runs the program to its end, as `stacks/index.ts` would, and records it, also when it throws. */
export async function record<T>(
  body: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<Recording<T>> {
  const preview = options.mode === "preview";
  forgetPrograms();
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs,
      newResource: (args) => ({
        id: preview || args.custom !== true ? undefined : `${args.name}-id`,
        state: preview ? args.inputs : { ...args.inputs, ...options.outputs?.(args) },
      }),
    },
    "breakwater",
    options.stack ?? "local",
    preview,
  );
  const resources = tap();
  const outcome: Pick<Recording<T>, "result" | "error"> = {};
  try {
    outcome.result = await runProgram(body);
  } catch (error) {
    outcome.error = error;
  }
  // What stands behind something refused never comes, so that a refused program is over when it is quiet.
  await Promise.race([internals.waitForRPCs(), ...("error" in outcome ? [quiet(resources)] : [])]);
  return { resources, ...outcome };
}

/** Records a program that must be right. */
export async function recorded<T>(
  body: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<{ resources: Recorded[]; result: T }> {
  const { resources, result, error } = await record(body, options);
  if (error !== undefined) throw error;
  return { resources, result: result as T };
}

/** Runs a program that must be refused, as a preview, and returns its faults. */
export async function faultsOf(body: () => unknown): Promise<Fault[]> {
  const { error } = await record(body, { mode: "preview" });
  if (error instanceof FaultsError) return error.faults;
  throw error ?? new Error("the program was accepted");
}

/** The one resource of this type and, if given, of this name. */
export function only(resources: Recorded[], type: string, name?: string): Recorded {
  const [found, ...more] = resources.filter(
    (one) => one.type === type && (name === undefined || one.name === name),
  );
  if (found !== undefined && more.length === 0) return found;
  const all = resources.map(reference).join(", ");
  throw new Error(`expected one ${type} ${name ?? ""} among ${all}, found ${found ? more.length + 1 : 0}`);
}

/** The URNs without stack and project, sorted: what may not change without an alias. For a golden file. */
export function urnList(resources: Recorded[]): string {
  return `${resources.map(urnOf).sort().join("\n")}\n`;
}

/**
 * What holds for every component: preview and update ask for the same resources, two instances in one program
 * do not meet, everything but a provider has a component above it, and components register their outputs.
 * Returns the record of one instance in an update.
 */
export async function examine(
  make: (name: string) => unknown,
  { names = ["one", "two"], ...options }: RecordOptions & { names?: [string, string] } = {},
): Promise<Recorded[]> {
  const [first, second] = names;
  const { resources } = await recorded(() => void make(first), options);
  const preview = await recorded(() => void make(first), { ...options, mode: "preview" });
  expect(urnList(preview.resources), "resources in the preview and in the update").toBe(urnList(resources));

  const both = await recorded(() => [make(first), make(second)].length, options);
  const urns = both.resources.map(urnOf);
  expect(
    urns.filter((urn, index) => urns.indexOf(urn) !== index),
    "names that two instances share",
  ).toEqual([]);

  const alone = resources.filter((one) => one.custom && one.parent === undefined && !isProvider(one));
  expect(alone.map(reference), "resources without a component above them").toEqual([]);
  const silent = resources.filter((one) => !one.custom && one.outputs === undefined);
  expect(silent.map(reference), "components that register no outputs").toEqual([]);
  return resources;
}

// What the package's typings leave out.
const internals = pulumi.runtime as unknown as {
  waitForRPCs(): Promise<void>;
  getMonitor(): MockMonitor;
};

/** Listens to the requests on their way to the mocks. */
function tap(): Recorded[] {
  const monitor = internals.getMonitor();
  const resources: Recorded[] = [];
  const byUrn = new Map<string, Recorded>();

  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (!error) {
        const one = readRequest(request, byUrn);
        resources.push(one);
        byUrn.set(response.getUrn(), one);
      }
      callback(error, response);
    });

  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    const one = byUrn.get(request.getUrn());
    const { plain, secrets } = readStruct(request.getOutputs());
    if (one !== undefined) Object.assign(one, { outputs: plain, secretOutputs: secrets });
    registerOutputs(request, callback);
  };
  return resources;
}

/** Ends when nothing more has been asked for in a while, counted in turns of the event loop. */
async function quiet(resources: Recorded[]): Promise<void> {
  for (let turn = 0, before = 0; turn < 20; turn += 1) {
    await setImmediate();
    if (resources.length > before) turn = 0;
    before = resources.length;
  }
}

function urnOf({ qualifiedType, name }: Recorded): string {
  return `${qualifiedType}::${name}`;
}

function isProvider({ type }: Recorded): boolean {
  return type.startsWith("pulumi:providers:");
}
