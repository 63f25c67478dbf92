// Whether what a release runs on a member is ready, which neither Helm nor the engine looks at once it was.
import type { ApiObject } from "../../components/releases/drift.ts";
import { type ClusterApi, withCluster } from "./cluster-api.ts";
import type { FleetMember } from "./fleet-state.ts";
import { readHelmRecord } from "./helm-record.ts";
import { manifestObjects } from "./live-objects.ts";

/** A workload as the API server has it; of much more only what is read here. */
interface Workload {
  spec?: { replicas?: number };
  status?: {
    conditions?: { type: string; status: string; message?: string }[];
    readyReplicas?: number;
    numberUnavailable?: number;
  };
}

/** How long one cluster may take to answer everything that it is asked. */
const deadlineSeconds = 5;

/** What of each kind says that it is not ready; by the path of the kind in the API. */
const complaints: Record<string, { path: string; complaint: (workload: Workload) => string | undefined }> = {
  Deployment: {
    path: "deployments",
    complaint: ({ status }) => {
      const available = status?.conditions?.find(({ type }) => type === "Available");
      return available?.status === "True" ? undefined : (available?.message ?? "it is not available");
    },
  },
  StatefulSet: {
    path: "statefulsets",
    complaint: ({ spec: { replicas = 1 } = {}, status: { readyReplicas = 0 } = {} }) =>
      readyReplicas < replicas ? `${readyReplicas} of ${replicas} Pods are ready` : undefined,
  },
  DaemonSet: {
    path: "daemonsets",
    complaint: ({ status: { numberUnavailable = 0 } = {} }) =>
      numberUnavailable > 0 ? `it is not available on ${numberUnavailable} nodes` : undefined,
  },
};

/** The workloads of a member that are not ready, and why; a cluster that does not tell is one complaint. */
export async function unreadyWorkloads(kubeconfig: string, member: FleetMember): Promise<string[]> {
  try {
    return await withCluster(kubeconfig, deadlineSeconds, (api) => findUnready(api, member));
  } catch (error) {
    return [(error as Error).message];
  }
}

/** The same with a cluster that is open. */
export async function findUnready(api: ClusterApi, member: FleetMember): Promise<string[]> {
  const objects = member.objects.length > 0 ? member.objects : await helmObjects(api, member);
  const found = await Promise.all(objects.map((object) => complaintOf(api, object, member.namespace)));
  return found.flat();
}

async function helmObjects(api: ClusterApi, member: FleetMember): Promise<ApiObject[]> {
  return manifestObjects((await readHelmRecord(api, member))?.manifest ?? "");
}

async function complaintOf(
  api: ClusterApi,
  { apiVersion, kind, metadata }: ApiObject,
  home: string,
): Promise<string[]> {
  const known = apiVersion === "apps/v1" ? complaints[kind] : undefined;
  if (known === undefined) return [];
  const namespace = encodeURIComponent(metadata.namespace ?? home);
  const path = `/apis/apps/v1/namespaces/${namespace}/${known.path}/${encodeURIComponent(metadata.name)}`;
  const live = (await api.read(path)) as Workload | undefined;
  const complaint = live === undefined ? "it is gone" : known.complaint(live);
  return complaint === undefined ? [] : [`${kind} ${metadata.name}: ${complaint}`];
}
