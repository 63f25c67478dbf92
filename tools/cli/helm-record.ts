// What Helm writes down of a release: one Secret a revision, in the namespace of the release.
import { gunzipSync } from "node:zlib";
import type { HelmRevision } from "../../components/releases/status.ts";
import type { ClusterApi } from "./cluster-api.ts";

/** Helm's newest record of a release. */
export interface HelmRecord extends HelmRevision {
  /** The objects as YAML documents, hooks left out. */
  manifest: string;
}

/** As Helm stores it; of much more only what is read here. */
interface StoredRecord {
  version: number;
  info: { status: string; description?: string };
  chart: { metadata: { name: string; version: string } };
  config?: Record<string, unknown> | null;
  manifest?: string;
}

const onlyMetadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/** Reads the newest record; undefined when Helm has none of this name. */
export async function readHelmRecord(
  api: ClusterApi,
  { namespace, releaseName }: { namespace: string; releaseName: string },
): Promise<HelmRecord | undefined> {
  const secrets = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const selector = encodeURIComponent(`owner=helm,name=${releaseName}`);
  // Records are large and the newest is the only one that counts.
  const list = (await api.read(`${secrets}?labelSelector=${selector}`, onlyMetadata)) as {
    items: { metadata: { name: string; labels: { version: string } } }[] | null;
  };
  const [newest] = (list.items ?? []).sort(
    (a, b) => Number(b.metadata.labels.version) - Number(a.metadata.labels.version),
  );
  if (newest === undefined) return undefined;
  const secret = await api.read(`${secrets}/${newest.metadata.name}`);
  return secret === undefined
    ? undefined
    : decodeHelmRecord((secret as { data: { release: string } }).data.release);
}

/** The record in the data of its Secret: JSON, compressed, in base64, and that once more by the API. */
function decodeHelmRecord(data: string): HelmRecord {
  const compressed = Buffer.from(Buffer.from(data, "base64").toString("utf8"), "base64");
  const { version, info, chart, config, manifest } = JSON.parse(
    gunzipSync(compressed).toString("utf8"),
  ) as StoredRecord;
  return {
    revision: version,
    state: info.status,
    description: info.description ?? "",
    chart: chart.metadata.name,
    version: chart.metadata.version,
    values: config ?? {},
    manifest: manifest ?? "",
  };
}
