// What a provider of ours says about a resource type. Its functions see plain values: secrets are unwrapped and marked
// again by the server, and what is not known yet never reaches create, read, update or delete.

/** Plain properties of a resource, as in the program and in the state. */
export type Properties = Record<string, unknown>;

/** The resource that a call is about. */
export interface Resource {
  urn: string;
  /** Name of the resource in the program. */
  name: string;
  /** Aborted when the engine cancels, which it does on an interrupt. */
  signal: AbortSignal;
}

/** What is wrong with one input. */
export interface CheckFailure {
  /** Path of the input, e.g. `nodePools.general.cpu`. */
  property: string;
  /** What was given, what is allowed and what to write instead; never a secret. */
  reason: string;
}

/** What is different about a resource, by path of the property, e.g. `nodePools.general.count`. */
export interface Difference {
  path: string;
  kind: "add" | "update" | "delete";
  /** Whether it takes a new resource; such as a name that cannot change. */
  replaces?: boolean;
}

/** A resource as it is after a call. */
export interface Result {
  id: string;
  /** Every output that the type declares, and every input. */
  outputs: Properties;
}

/** One type of resource: how it is checked, compared, made, found, changed and taken away. */
export interface ResourceType {
  /** Outputs that are computed: unknown in the preview of a creation, unless they were given as inputs. */
  computed: string[];
  /** Outputs that are secrets, whatever the inputs are. */
  secret?: string[];
  /** Whether a replacement takes the old one away first. Default: false. */
  deleteBeforeReplace?: boolean;
  /**
   * Checks the inputs and fills in defaults. Inputs that are not known yet are `unknown` from `values.ts`.
   * `old` are the checked inputs of the last time, absent for a new resource.
   */
  check(
    inputs: Properties,
    old: Properties | undefined,
    resource: Resource,
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
  /** What is different between the recorded resource and the wanted inputs; asked at preview and at update. */
  diff(
    recorded: { id: string; inputs: Properties; outputs: Properties },
    inputs: Properties,
    resource: Resource,
  ): Promise<Difference[]>;
  create(inputs: Properties, resource: Resource): Promise<Result>;
  /** The resource as it is, or undefined when it is gone. `inputs` is empty when it is imported. */
  read(
    recorded: { id: string; inputs: Properties; outputs: Properties },
    resource: Resource,
  ): Promise<(Result & { inputs: Properties }) | undefined>;
  /** Returns the new outputs. */
  update(
    recorded: { id: string; inputs: Properties; outputs: Properties },
    inputs: Properties,
    resource: Resource,
  ): Promise<Properties>;
  /** Must succeed when it is gone already. */
  delete(
    recorded: { id: string; inputs: Properties; outputs: Properties },
    resource: Resource,
  ): Promise<void>;
}

/** A provider plugin: its version, its configuration and its resource types by token. */
export interface Provider {
  /** Name of the package, e.g. `breakwater-local`. */
  name: string;
  version: string;
  resources: Record<string, ResourceType>;
}

/** Thrown by create or update when the resource exists but is not in order: it stays in the state with its id. */
export class IncompleteError extends Error {
  readonly result: Result;

  constructor(message: string, result: Result) {
    super(message);
    this.name = "IncompleteError";
    this.result = result;
  }
}
