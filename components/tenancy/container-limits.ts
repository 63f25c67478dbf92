// What a single container of a tenant's namespace gets and may ask for: the LimitRange.
import { type Fault, keyPath } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { parseQuantity, quantityFaults } from "../core/quantities.ts";
import { byteFaults } from "./quota.ts";

/** Quantities by `cpu`, `memory` and `ephemeral-storage`. */
interface ContainerResources {
  cpu?: string;
  memory?: string;
  "ephemeral-storage"?: string;
}

/** The three words are those of the LimitRange; what is left out keeps its default. */
export interface ContainerLimits {
  /** Request of a container that states none. Defaults to 50m, 128Mi and 128Mi. */
  defaultRequest?: ContainerResources;
  /**
   * Limit of a container that states none, at least the request above. A container that requests more than this must
   * state its limit. Defaults to 500m, 512Mi and 1Gi.
   */
  default?: ContainerResources;
  /** The highest limit a container may state, at least the default limit. Defaults to 4, 8Gi and 10Gi. */
  max?: ContainerResources;
}

const defaults: Required<ContainerLimits> = {
  defaultRequest: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "128Mi" },
  default: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "1Gi" },
  max: { cpu: "4", memory: "8Gi", "ephemeral-storage": "10Gi" },
};

const kinds = ["defaultRequest", "default", "max"] as const;
const resources = ["cpu", "memory", "ephemeral-storage"] as const;

/** The LimitRange's item for containers: the defaults, and over them what was asked for. */
export function containerLimits(asked: ContainerLimits = {}) {
  return {
    type: "Container",
    defaultRequest: { ...defaults.defaultRequest, ...asked.defaultRequest },
    default: { ...defaults.default, ...asked.default },
    max: { ...defaults.max, ...asked.max },
  };
}

/** Checks what was asked for, and that request, limit and maximum still stand in that order with the defaults below them. */
export function limitFaults(path: string, asked: ContainerLimits = {}): Fault[] {
  const faults = [
    ...unknownWords(path, asked, kinds),
    ...kinds.flatMap((kind) => {
      const where = keyPath(path, kind);
      return [
        ...unknownWords(where, asked[kind] ?? {}, resources),
        ...resources.flatMap((resource) => {
          const value = asked[kind]?.[resource];
          const at = keyPath(where, resource);
          if (value === undefined) return [];
          const malformed = quantityFaults(at, value);
          return malformed.length > 0 ? malformed : byteFaults(at, resource, value);
        }),
      ];
    }),
  ];
  return faults.length > 0 ? faults : resources.flatMap((resource) => orderFaults(path, resource, asked));
}

/** The type says what is allowed, but a program may get its limits from a file. */
function unknownWords(path: string, given: object, allowed: readonly string[]): Fault[] {
  return Object.keys(given)
    .filter((word) => !allowed.includes(word))
    .map((word) => {
      const meant = nearest(word, [...allowed]);
      return {
        path,
        value: word,
        problem: "has an unknown key",
        allowed: allowed.join(", "),
        ...(meant === undefined ? {} : { instead: meant }),
      };
    });
}

/** The API server refuses a LimitRange whose default request, default limit and maximum do not rise. */
function orderFaults(path: string, resource: (typeof resources)[number], asked: ContainerLimits): Fault[] {
  const limits = containerLimits(asked);
  const steps = kinds.map((kind) => ({ kind, value: limits[kind][resource] ?? "0" }));
  return steps.slice(1).flatMap(({ kind, value }, index) => {
    const below = steps[index];
    if (below === undefined || parseQuantity(below.value) <= parseQuantity(value)) return [];
    const belowPath = keyPath(keyPath(path, below.kind), resource);
    return [
      {
        path: keyPath(keyPath(path, kind), resource),
        value,
        problem: `is less than ${belowPath}, which is ${below.value}`,
        allowed: `${below.value} or more, or a lower ${below.kind}`,
      },
    ];
  });
}
