// What every member of every release has, asked of all clusters at once.
import type { Drift } from "../../components/releases/drift.ts";
import type { Provenance } from "../../components/releases/provenance.ts";
import {
  type FoundRelease,
  isAsWanted,
  type MemberStatus,
  memberStatus,
} from "../../components/releases/status.ts";
import type { Values } from "../../components/releases/values.ts";
import { type ClusterApi, withCluster } from "./cluster-api.ts";
import type { FleetMember, FleetState } from "./fleet-state.ts";
import { readHelmRecord } from "./helm-record.ts";
import { manifestObjects, readObjects } from "./live-objects.ts";

/** The status of one release on one member; what `status --json` prints. */
export interface MemberReport extends MemberStatus {
  release: string;
  cluster: string;
  /** Absent for a member that left the group, like `distribution`. */
  cloud?: string;
  distribution?: string;
  namespace: string;
  releaseName: string;
  /** Whether the member is to have the release. */
  target: boolean;
  /** Whether nothing has to be done. */
  asWanted: boolean;
  /** Fields that somebody else changed. Looked for where Helm has nothing else to do. */
  drift: Drift[];
  /** The wanted values and where each comes from; absent for a member that left the group. */
  values?: Values;
  provenance?: Provenance;
}

/** A member of a release and what was found of it. */
export interface Assessment {
  member: FleetMember;
  report: MemberReport;
}

/** How long one cluster may take to answer everything that it is asked. */
const deadlineSeconds = 5;

/** Asks the clusters of these members, all at once and each until its deadline; in the order of the members. */
export async function assess(
  { kubeconfigs }: Pick<FleetState, "kubeconfigs">,
  members: FleetMember[],
): Promise<Assessment[]> {
  const clusters = new Set(members.map(({ cluster }) => cluster));
  const answers = new Map<FleetMember, Live>();
  await Promise.all(
    [...clusters].map(async (cluster) => {
      const here = members.filter((member) => member.cluster === cluster);
      const found = await askCluster(kubeconfigs.get(cluster), here);
      found.forEach((live, index) => {
        answers.set(here[index] as FleetMember, live);
      });
    }),
  );
  return members.map((member) => ({ member, report: report(member, answers.get(member) as Live) }));
}

interface Live {
  found: FoundRelease;
  drift: Drift[];
}

async function askCluster(kubeconfig: string | undefined, members: FleetMember[]): Promise<Live[]> {
  const all = (found: FoundRelease) => members.map((): Live => ({ found, drift: [] }));
  if (kubeconfig === undefined) return all({ kind: "no credentials" });
  try {
    return await withCluster(kubeconfig, deadlineSeconds, (api) =>
      Promise.all(members.map((member) => askMember(api, member))),
    );
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return all({ kind: "unreachable", error: message || (code ?? "no connection") });
  }
}

async function askMember(api: ClusterApi, member: FleetMember): Promise<Live> {
  if (member.objects.length > 0) return askObjects(api, member);
  const record = member.kind === "helm" ? await readHelmRecord(api, member) : await askForNothing(api);
  if (record === undefined) return { found: { kind: "absent" }, drift: [] };
  const { manifest, ...revision } = record;
  const found: FoundRelease = { kind: "helm", ...revision };
  if (record.state !== "deployed") return { found, drift: [] };
  const { drift } = await readObjects(api, manifestObjects(manifest), member.namespace);
  return { found, drift };
}

async function askObjects(api: ClusterApi, { objects, namespace, resources }: FleetMember): Promise<Live> {
  const { present, drift } = await readObjects(api, objects, namespace);
  const failed = resources.flatMap(({ initErrors = [] }) => initErrors);
  return { found: { kind: "objects", present, failed, drift }, drift: present === 0 ? [] : drift };
}

/** Nothing was made yet, so there is nothing to look for; but whether the cluster answers is to be known all the same. */
async function askForNothing(api: ClusterApi): Promise<undefined> {
  await api.read("/version");
}

function report({ record, wanted, ...member }: FleetMember, { found, drift }: Live): MemberReport {
  const status = memberStatus(wanted, found);
  const { release, cluster, namespace, releaseName } = member;
  return {
    release,
    cluster,
    ...(record === undefined ? {} : { cloud: record.cloud, distribution: record.distribution }),
    namespace,
    releaseName,
    target: wanted.standing === "target",
    asWanted: isAsWanted(wanted, status, drift),
    ...status,
    drift,
    ...(record === undefined ? {} : { values: record.values, provenance: record.provenance }),
  };
}
