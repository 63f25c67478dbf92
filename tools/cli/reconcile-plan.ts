// What `reconcile` does about each member: a pure function of what was found.
import type { FleetMember, FleetRelease } from "./fleet-state.ts";
import type { Assessment } from "./fleet-status.ts";

/** What is done about one member; the words say in which order. */
export interface Repair {
  member: FleetMember;
  /** Helm takes the release back to its last good revision; the engine sees neither drift nor a failed revision. */
  restore: boolean;
  /** The engine then compares the part with the cluster and with the program, and applies the difference. */
  update: boolean;
  /** For a person. */
  sentence: string;
}

export interface ReconcilePlan {
  repairs: Repair[];
  /** Members that are not as wanted and stay so, and why, each a sentence. */
  untouched: string[];
}

/** Plans for every member that is not as wanted. */
export function planReconcile(assessments: Assessment[]): ReconcilePlan {
  const wrong = assessments.filter(({ report }) => !report.asWanted);
  const isOutOfReach = ({ member, report }: Assessment) =>
    report.word === "UNKNOWN" || (!report.target && member.resources.length === 0);
  return {
    repairs: wrong.filter((one) => !isOutOfReach(one)).map(repair),
    untouched: wrong.filter(isOutOfReach).map(({ member, report }) => {
      const why = report.word === "UNKNOWN" ? `UNKNOWN: ${report.error}` : "installed by somebody else";
      return `${placeOf(member)} stays as it is: ${why}`;
    }),
  };
}

function repair({ member, report }: Assessment): Repair {
  const { word, target, helm } = report;
  const place = placeOf(member);
  if (!target)
    return { member, restore: false, update: true, sentence: `${place}: remove what is left of it` };
  const isBroken = word === "PENDING" || word === "FAILED";
  if (helm !== undefined && isBroken) {
    const sentence = `${place} is ${word}: take it back to its last good revision, then update it`;
    return { member, restore: true, update: true, sentence };
  }
  if (helm !== undefined && word === "DEPLOYED") {
    const sentence = `${place} has drifted: apply revision ${helm.revision} again`;
    return { member, restore: true, update: false, sentence };
  }
  const sentence = `${place} is ${word}: ${word === "NOT INSTALLED" ? "install" : "update"} it`;
  return { member, restore: false, update: true, sentence };
}

/** URNs of the part of a member that the state has. */
export function knownTargets({ resources }: FleetMember): string[] {
  return resources.map(({ urn }) => urn);
}

/**
 * URNs, and patterns of URNs, of all that a member's part may come to have. What was not made yet is known by the start
 * of its name only, so it is left out where that is the start of another member's names too, unless there is nothing
 * else to go by.
 */
export function wantedTargets(release: FleetRelease, member: FleetMember): string[] {
  const part = `${release.name}-${member.cluster}`;
  const below = `${release.urn.slice(0, release.urn.lastIndexOf("::"))}$**`;
  const known = knownTargets(member);
  const isShared = release.members.some(({ cluster }) => cluster.startsWith(`${member.cluster}-`));
  return [
    release.urn,
    ...known,
    ...(isShared && known.length > 0 ? [] : [`${below}::${part}`, `${below}::${part}-*`]),
  ];
}

function placeOf({ release, cluster }: FleetMember): string {
  return `${release} on ${cluster}`;
}
