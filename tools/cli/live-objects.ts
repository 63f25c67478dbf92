// Objects on a cluster beside the manifests that made them.
import {
  type CollectionTag,
  type DocumentOptions,
  type ParseOptions,
  parseAllDocuments,
  type ScalarTag,
  type SchemaOptions,
} from "yaml";
import {
  type ApiObject,
  autoscaledObjects,
  type Drift,
  objectDrift,
  objectName,
} from "../../components/releases/drift.ts";
import type { ClusterApi } from "./cluster-api.ts";

/** What became of a set of objects. */
export interface LiveObjects {
  /** How many are there. */
  present: number;
  drift: Drift[];
}

/** A kind as the API server lists it. */
interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** A manifest that says its namespace exactly when its kind has one, and where the object stands in the API. */
interface Located {
  manifest: ApiObject;
  /** Absent when the API server does not know the kind. */
  path?: string;
}

/** Helm reads YAML 1.1, but neither its dates nor its numbers to the base of 60. */
const helmYaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isTime(tag)),
};

/** Compares objects with their manifests; `namespace` is that of manifests which name none. */
export async function readObjects(
  api: ClusterApi,
  manifests: ApiObject[],
  namespace: string,
): Promise<LiveObjects> {
  const groups = new Map<string, Promise<ApiResource[]>>();
  const locate = async (manifest: ApiObject): Promise<Located> => {
    const root = apiRoot(manifest);
    if (!groups.has(root)) groups.set(root, readGroup(api, root));
    return located(manifest, (await groups.get(root)) ?? [], namespace);
  };
  const all = await Promise.all(manifests.map(locate));
  const autoscaled = autoscaledObjects(all.map(({ manifest }) => manifest));
  const found = await Promise.all(
    all.map(async ({ manifest, path }) => {
      const live = path === undefined ? undefined : ((await api.read(path)) as ApiObject | undefined);
      const drift = objectDrift(manifest, live, autoscaled.has(objectName(manifest)));
      return { isThere: live !== undefined, drift };
    }),
  );
  return {
    present: found.filter(({ isThere }) => isThere).length,
    drift: found.flatMap(({ drift }) => drift),
  };
}

/** The objects of a manifest of Helm; those of a `List` one by one. */
export function manifestObjects(text: string): ApiObject[] {
  return parseAllDocuments(text, helmYaml)
    .map((document) => document.toJS() as (ApiObject & { items?: ApiObject[] }) | null)
    .flatMap((object) => {
      if (object === null) return [];
      return object.kind.endsWith("List") && object.items !== undefined ? object.items : [object];
    });
}

function located(manifest: ApiObject, resources: ApiResource[], namespace: string): Located {
  const resource = resources.find(({ kind, name }) => kind === manifest.kind && !name.includes("/"));
  if (resource === undefined) return { manifest };
  const { namespace: given = namespace, ...metadata } = manifest.metadata;
  const name = encodeURIComponent(metadata.name);
  if (!resource.namespaced) {
    return { manifest: { ...manifest, metadata }, path: `${apiRoot(manifest)}/${resource.name}/${name}` };
  }
  const path = `${apiRoot(manifest)}/namespaces/${encodeURIComponent(given)}/${resource.name}/${name}`;
  return { manifest: { ...manifest, metadata: { ...metadata, namespace: given } }, path };
}

async function readGroup(api: ClusterApi, root: string): Promise<ApiResource[]> {
  const list = (await api.read(root)) as { resources: ApiResource[] } | undefined;
  return list?.resources ?? [];
}

function apiRoot({ apiVersion }: ApiObject): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function isTime(tag: ScalarTag | CollectionTag): boolean {
  return tag.tag === "tag:yaml.org,2002:timestamp" || ("format" in tag && tag.format === "TIME");
}
