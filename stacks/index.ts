// The program of every stack: the stack's name picks the file. `local` runs local.ts; `production.platform.eu-1`
// runs production/platform.ts for the member eu-1.
import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { runProgram } from "../components/core/program.ts";

/** What every file of this folder that is a stack's program exports as `program`. */
export type Program = (member?: string) => Record<string, unknown> | Promise<Record<string, unknown>>;

const stackName =
  /^(?<environment>[a-z][a-z0-9-]*)(?:\.(?<slice>[a-z][a-z0-9-]*)(?:\.(?<member>[a-z][a-z0-9-]*))?)?$/;

/** Runs the program of the selected stack and returns its outputs; every fault in it is told at once. */
export default async function run(): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const { environment, slice, member } = stackName.exec(stack)?.groups ?? {};
  const file = slice === undefined ? `./${environment}.ts` : `./${environment}/${slice}.ts`;
  if (environment === undefined || !existsSync(new URL(file, import.meta.url))) {
    throw new pulumi.RunError(
      `stack "${stack}" has no program: allowed are <environment>, <environment>.<slice> and <environment>.<slice>.<member>; ` +
        `write stacks${file.slice(1)} or select another stack, such as "local"`,
    );
  }
  const { program } = (await import(file)) as { program: Program };
  return runProgram(() => program(member));
}
