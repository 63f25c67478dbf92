// Checks of values that may not be known yet: at once for a plain value, as soon as it is known for an
// output.
import * as pulumi from "@pulumi/pulumi";
import { type Fault, FaultsError } from "./errors.ts";
import { deferFaults } from "./program.ts";

/**
 * The faults of an input that is a plain value, for the component's own list; none for an output or a
 * promise.
 */
export function inputFaults<T>(input: pulumi.Input<T>, check: (value: T) => Fault[]): Fault[] {
  return isPlain(input) ? check(input) : [];
}

/**
 * The input as an output. A plain value passes as it is, for `inputFaults` tells its faults; an output or a
 * promise is checked as `checkedOutput` does.
 */
export function checkedInput<T>(input: pulumi.Input<T>, check: (value: T) => Fault[]): pulumi.Output<T> {
  const output = pulumi.output(input) as pulumi.Output<T>;
  return isPlain(input) ? output : checkedOutput(output, check);
}

/**
 * The same value, checked as soon as it is known. Its faults are told with all others of the program; then
 * the value never comes, so that nothing behind it is made or stumbles over the same fault once more.
 */
export function checkedOutput<T>(
  output: pulumi.Output<T>,
  check: (value: T) => Fault[] | Promise<Fault[]>,
): pulumi.Output<T> {
  const found = Promise.withResolvers<Fault[]>();
  const checked = output.apply(async (value) => {
    const faults = await check(value);
    if (faults.length > 0 && !collected) throw new FaultsError(faults);
    found.resolve(faults);
    return faults.length > 0 ? never<T>() : value;
  }) as pulumi.Output<T>;
  // A value that stays unknown in this preview has no faults yet; one that fails to come is told by the
  // engine.
  const none = () => found.resolve([]);
  settled(checked).then(none, none);
  const collected = deferFaults(found.promise);
  return checked;
}

/** An output that never comes, in the place of what something refused would have given. */
export function neverKnown<T>(): pulumi.Output<T> {
  return pulumi.output(never<T>()) as pulumi.Output<T>;
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

/** Ends when the value is there, or when it is certain that it stays unknown in this preview. */
function settled(output: pulumi.Output<unknown>): Promise<unknown> {
  // The typings leave this method out: it is how Pulumi's own code waits for an output.
  return (output as unknown as { promise(): Promise<unknown> }).promise();
}

function isPlain<T>(input: pulumi.Input<T>): input is T {
  return !pulumi.Output.isInstance(input) && !(input instanceof Promise);
}
