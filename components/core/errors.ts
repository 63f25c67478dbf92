// A caller's mistakes: found all at once, told with path, value, what is allowed and what to write instead.
import * as pulumi from "@pulumi/pulumi";

/** One mistake in the arguments of a component. */
export interface Fault {
  /** Where it is, in the caller's words, e.g. `LocalCluster("eu-1").nodePools.general.cpu`. */
  path: string;
  /** What was given; never a secret. */
  value?: unknown;
  /** What is wrong, completing the sentence "`<path>` ...", e.g. `is not a quantity`. */
  problem: string;
  /** What is accepted, e.g. `a number with an optional suffix m, k, M, G, Ki, Mi, Gi`. */
  allowed: string;
  /** What to write in its place, when that can be told. */
  instead?: string;
}

/** Every fault of a program or of one component; the engine prints its message without a stack trace. */
export class FaultsError extends pulumi.RunError {
  readonly faults: Fault[];

  constructor(faults: Fault[]) {
    super(formatFaults(faults));
    this.name = "FaultsError";
    this.faults = faults;
  }
}

/** The text that a person reads: one paragraph a fault, in the order of the program. */
export function formatFaults(faults: Fault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return [`${count} found; nothing was changed.`, ...faults.map(formatFault)].join("\n\n");
}

/** The path of a key below another path, as the caller would write it: `args.cpu`, `args["eu-1"]`. */
export function keyPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function formatFault({ path, value, problem, allowed, instead }: Fault): string {
  const lines = [`  ${path} ${problem}`];
  if (value !== undefined) lines.push(`    given:   ${JSON.stringify(value)}`);
  lines.push(`    allowed: ${allowed}`);
  if (instead !== undefined) lines.push(`    write:   ${instead}`);
  return lines.join("\n");
}
