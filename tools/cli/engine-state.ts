// What the engine has written down of an environment: its resources, secrets included, which cannot be printed by
// mistake.
import { inspect } from "node:util";
import { askEngine, type Engine } from "./engine.ts";

/** A resource of the state. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  /** The provider it is reached through: `<urn>::<id>`. */
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** Whether it is only read, and somebody else's. */
  external?: boolean;
  /** What kept the engine from making it ready, if anything did. */
  initErrors?: string[];
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const hidden = "[secret]";

/** A secret value: whoever prints it or turns it into JSON gets `[secret]`. */
export class Secret {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): unknown {
    return this.#value;
  }

  toJSON(): string {
    return hidden;
  }

  toString(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

/** The resources of the environment's last update; none when it was never updated. */
export function readResources(engine: Engine): StateResource[] {
  return parseResources(askEngine(engine, ["stack", "export", "--show-secrets"]));
}

/** The resources of an exported stack. */
export function parseResources(exported: string): StateResource[] {
  const { deployment } = parse(exported) as { deployment: { resources?: StateResource[] } };
  return deployment.resources ?? [];
}

/** The same value with every secret in clear. */
export function reveal(value: unknown): unknown {
  if (value instanceof Secret) return reveal(value.reveal());
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** The name of a resource, the last part of its URN; of a provider's reference too. */
export function nameIn(urn: string): string {
  return urn.split("::")[3] ?? "";
}

function parse(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const map = value as Record<string, unknown>;
    if (map[signature] !== secretSignature) return value;
    return new Secret(parse(String(map["plaintext"])));
  });
}
