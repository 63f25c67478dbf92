// What somebody else made of the objects of a release: field by field, of those that its manifest sets.
import { isDeepStrictEqual } from "node:util";
import { keyPath } from "../core/errors.ts";
import { isKept, sameQuantity } from "./api-spelling.ts";
import {
  listKind,
  type ManagedFields,
  type Shares,
  sharesOf,
  sharesOfField,
  sharesOfItem,
} from "./managed-fields.ts";

/** An object of the Kubernetes API, as a manifest or the API server tells it. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields?: ManagedFields[];
  };
  [field: string]: unknown;
}

/** One difference between what the manifest says and what the cluster has. */
export interface Drift {
  /** The object, e.g. `Deployment shop-prod/storefront`. */
  object: string;
  /**
   * The field, e.g. `spec.template.spec.containers[name=web].image`; items of a list are told by the keys by which
   * Kubernetes tells them apart. Absent when the whole object is gone.
   */
  field?: string;
  /** What the manifest says; `[secret]` for the data of a Secret. */
  wanted?: unknown;
  /** What the cluster has; absent when it has nothing there. */
  found?: unknown;
  /** Who changed it. Absent when the API server does not know, as for a field that was taken away. */
  owner?: Owner;
  /** True for replicas that an autoscaler of the same release sets: told, but as it should be. */
  autoscaled: boolean;
}

/** Who set a field, in the API server's words. */
interface Owner {
  /** E.g. `kubectl-edit`. */
  manager: string;
  /** `Update` or `Apply`. */
  operation: string;
  /** RFC 3339; when the owner last changed one of its fields. */
  time?: string;
}

/** A place in an object: its path, the keys that lead to it, and the managers' shares of it. */
interface Place {
  path: string;
  keys: string[];
  shares: Shares;
  /** Whether the object's kind is one that a CustomResourceDefinition made. */
  custom: boolean;
}

type Difference = Pick<Drift, "wanted" | "found"> & { place: Place };
type Fields = Record<string, unknown>;

/**
 * Managers under whose name releases are written. A field that is still theirs has the value that they gave it,
 * however the API server spells it, and whatever its admission made of it.
 */
const writers = /^(helm$|pulumi-(kubernetes|resource-kubernetes))/;

/** Fields that the API server or the release's own writer fills in, and which say nothing about drift. */
const unread = new Set(["apiVersion", "kind", "metadata", "status"]);
const secretText = "[secret]";

/** The differences of one object from its manifest; `live` is undefined when the cluster does not have it. */
export function objectDrift(manifest: ApiObject, live: ApiObject | undefined, autoscaled: boolean): Drift[] {
  const object = objectName(manifest);
  if (live === undefined) return [{ object, autoscaled: false }];
  const { labels, annotations } = manifest.metadata;
  const root: Place = {
    path: "",
    keys: [],
    shares: sharesOf(live.metadata.managedFields ?? []),
    custom: isCustom(manifest.apiVersion),
  };
  const set = Object.entries(withEncodedData(manifest)).filter(([field]) => !unread.has(field));
  const wanted = { ...Object.fromEntries(set), metadata: { labels, annotations } };
  return compareMaps(wanted, live, root).map(({ place, wanted, found }) => {
    const owner = ownerOf(place.shares);
    const hidden = manifest.kind === "Secret" && place.keys[0] === "data";
    return {
      object,
      field: place.path,
      wanted: hidden ? secretText : wanted,
      ...(found === undefined ? {} : { found: hidden ? secretText : found }),
      ...(owner === undefined ? {} : { owner }),
      autoscaled: autoscaled && place.path === "spec.replicas",
    };
  });
}

/** The objects, by `objectName`, whose replicas an autoscaler among these manifests sets. */
export function autoscaledObjects(manifests: ApiObject[]): Set<string> {
  const targets = manifests
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
    .map(({ metadata, spec }) => {
      const { kind, name } = (spec as { scaleTargetRef: { kind: string; name: string } }).scaleTargetRef;
      return objectName({ kind, metadata: { ...metadata, name } });
    });
  return new Set(targets);
}

/** What people call an object: `<kind> <namespace>/<name>`. */
export function objectName({ kind, metadata }: Pick<ApiObject, "kind" | "metadata">): string {
  const { namespace, name } = metadata;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function compare(wanted: unknown, found: unknown, place: Place): Difference[] {
  if (wanted === undefined || wanted === null) return [];
  if (found === undefined || found === null) return isKept(wanted, place) ? [{ place, wanted, found }] : [];
  if (Array.isArray(wanted) && Array.isArray(found)) return compareLists(wanted, found, place);
  if (isMap(wanted) && isMap(found)) return compareMaps(wanted, found, place);
  if (isDeepStrictEqual(wanted, found) || sameQuantity(wanted, found, place.keys)) return [];
  return difference(wanted, found, place);
}

/** A difference, unless a release was the last to write there. */
function difference(wanted: unknown, found: unknown, place: Place): Difference[] {
  const written = place.shares.some(({ manager }) => writers.test(manager.manager ?? ""));
  return written ? [] : [{ place, wanted, found }];
}

function compareMaps(wanted: Fields, found: Fields, place: Place): Difference[] {
  return Object.entries(wanted).flatMap(([key, value]) =>
    compare(value, found[key], {
      ...place,
      path: keyPath(place.path, key).replace(/^\./, ""),
      keys: [...place.keys, key],
      shares: sharesOfField(place.shares, key),
    }),
  );
}

/** Items are compared with those that Kubernetes takes for the same; others that the list has are nobody's business. */
function compareLists(wanted: unknown[], found: unknown[], place: Place): Difference[] {
  const kind = listKind(place.shares);
  if (kind === "set") return wanted.flatMap((item) => compareMember(item, found, place));
  if (kind !== "whole") return wanted.flatMap((item) => compareItem(item, found, { place, ...kind }));
  if (wanted.length !== found.length) return difference(wanted, found, place);
  return wanted.flatMap((item, index) =>
    compare(item, found[index], { ...place, path: `${place.path}[${index}]` }),
  );
}

function compareMember(wanted: unknown, found: unknown[], place: Place): Difference[] {
  if (found.some((other) => isDeepStrictEqual(other, wanted))) return [];
  const path = `${place.path}[${JSON.stringify(wanted)}]`;
  return [{ place: { ...place, path, shares: [] }, wanted, found: undefined }];
}

/** A key that the manifest leaves out, such as a port's protocol, may have any value. */
function compareItem(
  wanted: unknown,
  found: unknown[],
  { place, keys }: { place: Place; keys: string[] },
): Difference[] {
  const item = isMap(wanted) ? wanted : {};
  const given = keys.filter((key) => item[key] !== undefined);
  const same = found.filter(isMap).find((other) => given.every((key) => other[key] === item[key]));
  return compare(wanted, same, {
    ...place,
    path: `${place.path}[${given.map((key) => `${key}=${String(item[key])}`).join(",")}]`,
    shares: sharesOfItem(place.shares, same ?? item),
  });
}

/** The last to change the field, when somebody else than a release has it. */
function ownerOf(shares: Shares): Owner | undefined {
  const [last] = shares
    .map(({ manager }) => manager)
    .filter(({ manager = "" }) => !writers.test(manager))
    .sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
  if (last === undefined) return undefined;
  const { manager = "", operation = "", time } = last;
  return { manager, operation, ...(time === undefined ? {} : { time }) };
}

/** The API server keeps the text of a Secret's `stringData` in `data`. */
function withEncodedData(manifest: ApiObject): Fields {
  const { stringData, ...rest } = manifest;
  if (manifest.kind !== "Secret" || !isMap(stringData)) return manifest;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString("base64"),
  ]);
  return { ...rest, data: { ...(rest["data"] as Fields | undefined), ...Object.fromEntries(encoded) } };
}

function isCustom(apiVersion: string): boolean {
  const group = apiVersion.split("/").slice(0, -1).join("");
  return group.includes(".") && !group.endsWith(".k8s.io");
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
