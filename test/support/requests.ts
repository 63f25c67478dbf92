// Reads the engine's protocol messages into plain data.
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource as the engine was asked for it. References to other resources are `<type>::<name>`. */
export interface Recorded {
  type: string;
  name: string;
  /** False for a component. */
  custom: boolean;
  /** Types from the topmost component down, as in a URN: `a$b$c`. */
  qualifiedType: string;
  parent?: string;
  provider?: string;
  deletedWith?: string;
  dependsOn: string[];
  protect: boolean;
  retainOnDelete: boolean;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  /** By operation, such as `{ create: "300s" }`. */
  customTimeouts: Record<string, string>;
  /** Inputs as plain data; in the place of what is not known stands `unknownInput`. */
  inputs: Record<string, unknown>;
  /** Paths of the inputs that are secret, such as `data` or `values.password`. */
  secrets: string[];
  /** What a component registered at its end; absent when it registered nothing. */
  outputs?: Record<string, unknown>;
  /** Paths of the registered outputs that are secret. */
  secretOutputs: string[];
}

/** What stands in `inputs` for a value that is not known in a preview. */
export const unknownInput = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The request of one resource; `byUrn` has the resources that came before it. */
export function readRequest(request: RegisterResourceRequest, byUrn: Map<string, Recorded>): Recorded {
  const type = request.getType();
  const name = request.getName();
  const parent = byUrn.get(request.getParent());
  const { plain, secrets } = readStruct(request.getObject());
  // A provider is told as its URN and its id.
  const provider = referenceTo(byUrn, request.getProvider().replace(/::[^:]*$/, ""));
  const deletedWith = referenceTo(byUrn, request.getDeletedwith());
  return {
    type,
    name,
    custom: request.getCustom(),
    qualifiedType: parent === undefined ? type : `${parent.qualifiedType}$${type}`,
    ...(parent === undefined ? {} : { parent: reference(parent) }),
    ...(provider === undefined ? {} : { provider }),
    ...(deletedWith === undefined ? {} : { deletedWith }),
    dependsOn: request
      .getDependenciesList()
      .map((urn) => referenceTo(byUrn, urn) ?? urn)
      .sort(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    ignoreChanges: request.getIgnorechangesList(),
    customTimeouts: given(request.getCustomtimeouts()?.toObject() ?? {}),
    inputs: plain,
    secrets,
    secretOutputs: [],
  };
}

/** A protocol struct as plain data, and the paths of what is secret in it. */
export function readStruct(struct: Struct | undefined): {
  plain: Record<string, unknown>;
  secrets: string[];
} {
  const secrets: string[] = [];
  const plain = unwrap(struct?.toJavaScript() ?? {}, "", secrets) as Record<string, unknown>;
  return { plain, secrets: secrets.sort() };
}

/** What `Recorded` calls a resource in its references. */
export function reference({ type, name }: { type: string; name: string }): string {
  return `${type}::${name}`;
}

function referenceTo(byUrn: Map<string, Recorded>, urn: string): string | undefined {
  const one = byUrn.get(urn);
  return one === undefined ? undefined : reference(one);
}

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, `${path}[${index}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (map[signature] === secretSignature) {
    secrets.push(path);
    return unwrap(map["value"], path, secrets);
  }
  const entries = Object.entries(map);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, unwrap(item, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}

function given(timeouts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, duration]) => duration !== ""));
}
