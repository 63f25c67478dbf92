// How a rollout changes members: real updates by the engine, and Helm for the way back.
import type { MemberCommand, RolloutEvent } from "../../components/releases/rollout-state.ts";
import { type Engine, runEngine } from "./engine.ts";
import { readResources } from "./engine-state.ts";
import { withEventLog } from "./event-log.ts";
import { type FleetMember, type FleetState, fleetState } from "./fleet-state.ts";
import { assess } from "./fleet-status.ts";
import { rollBack, uninstall } from "./helm.ts";
import type { RolloutWork } from "./rollout-driver.ts";
import { unreadyWorkloads } from "./rollout-health.ts";
import { mayBeSame, type PlannedMember, type RolloutPlan } from "./rollout-plan.ts";
import { readPlan } from "./rollout-preview.ts";
import { type MemberSummary, summarise } from "./run-summary.ts";

/** What was shown is not shown again. */
const quietly = ["--yes", "--skip-preview", "--suppress-outputs"];

/** The work of a rollout whose plan was shown; it `isFresh` when the first update follows at once. */
export function rolloutWork(engine: Engine, shown: RolloutPlan, isFresh: boolean): RolloutWork {
  let plan = isFresh ? shown : undefined;
  return {
    update: async (commands) => {
      // Nothing is applied that was not shown: the program may have been changed since.
      const current = plan ?? (await readPlan(engine, shown.release));
      plan = undefined;
      return update(engine, current, commands);
    },
    restore: (commands) => restore(engine, shown, commands),
    watch: (members, decides) => watch(engine, shown, { members, decides }),
  };
}

/** Throws when a member's part is to be another one than it was when the rollout began. */
export function checkVersion({ members }: RolloutPlan, member: string, version: string): PlannedMember {
  const planned = members[member];
  if (planned !== undefined && mayBeSame(planned.version, version)) return planned;
  throw new Error(
    `the program wants something else of ${member} than when this rollout began: ` +
      "undo the change, or give the rollout up with --abort and begin another one",
  );
}

async function update(
  engine: Engine,
  plan: RolloutPlan,
  commands: { member: string; version: string }[],
): Promise<RolloutEvent[]> {
  const urns = commands.flatMap(({ member, version }) => checkVersion(plan, member, version).targets);
  // The preview has shown the guardrails the whole program. Of what is not a target they would see only a part.
  const unguarded = { ...engine, environment: { ...engine.environment, PULUMI_OPTION_POLICY_PACK: "" } };
  const summaries = await withEventLog(unguarded, async (logging, readLog) => {
    const options = [...quietly, "--continue-on-error", ...logging, ...targetOptions(urns)];
    await runEngine(unguarded, ["up", ...options]);
    return summarise(readLog());
  });
  const outcomes = commands.map(({ member }) =>
    summaries.find(
      ({ release, cluster }) => release === plan.release && cluster === plan.members[member]?.cluster,
    ),
  );
  // That is nothing about the members: the rollout can go on from here.
  if (outcomes.every((outcome) => outcome === undefined))
    throw new Error("the engine did not come to any member");
  return commands.map(({ member }, index) => outcomeEvent(member, outcomes[index]));
}

function outcomeEvent(member: string, summary?: MemberSummary): RolloutEvent {
  if (summary === undefined) return { kind: "failed", member, reason: "the engine did not come to it" };
  const { outcome, reason = outcome } = summary;
  const failed = outcome === "failed" || outcome === "not reached";
  return failed ? { kind: "failed", member, reason } : { kind: "updated", member };
}

async function restore(
  engine: Engine,
  plan: RolloutPlan,
  commands: MemberCommand[],
): Promise<RolloutEvent[]> {
  const fleet = fleetState(readResources(engine));
  const events = await Promise.all(
    commands.map(async (command): Promise<RolloutEvent> => {
      const { member } = command;
      const { cluster, namespace, releaseName } = plan.members[member] as PlannedMember;
      const target = { namespace, releaseName, kubeconfig: fleet.kubeconfigs.get(cluster) ?? "" };
      try {
        if (command.kind === "uninstall") await uninstall(engine.environment, target);
        else await rollBack(engine.environment, target, revisionIn(command.version));
        return { kind: "rolled back", member };
      } catch (error) {
        return { kind: "failed", member, reason: (error as Error).message };
      }
    }),
  );
  // The next preview compares with the state, so that has to say what is there now.
  const urns = commands
    .flatMap(({ member }) => fleetMembers(fleet, plan, member))
    .flatMap(({ resources }) => resources.map(({ urn }) => urn));
  if (urns.length > 0) await runEngine(engine, ["refresh", ...quietly, ...targetOptions(urns)]);
  return events;
}

async function watch(
  engine: Engine,
  plan: RolloutPlan,
  { members, decides }: { members: string[]; decides: boolean },
): Promise<RolloutEvent[]> {
  const fleet = fleetState(readResources(engine));
  const events = members.map(async (member): Promise<RolloutEvent[]> => {
    const here = fleetMembers(fleet, plan, member);
    const problems = await Promise.all(here.map((one) => problemsOf(one, fleet, decides)));
    const reason = problems.flat().join(", ");
    return reason === "" ? [] : [{ kind: "failed", member, reason }];
  });
  return (await Promise.all(events)).flat();
}

/** What may pass, such as a cluster that does not answer for once or a Pod that moves, counts at the last look only. */
async function problemsOf(member: FleetMember, fleet: FleetState, decides: boolean): Promise<string[]> {
  const [assessment] = await assess(fleet, [member]);
  const { word = "UNKNOWN", error } = assessment?.report ?? {};
  if (word === "UNKNOWN" && !decides) return [];
  if (word !== "DEPLOYED") return [error === undefined ? word : `${word}: ${error}`];
  return decides ? unreadyWorkloads(fleet.kubeconfigs.get(member.cluster) ?? "", member) : [];
}

function fleetMembers(
  { releases }: FleetState,
  { release, members }: RolloutPlan,
  member: string,
): FleetMember[] {
  return releases
    .filter(({ name }) => name === release)
    .flatMap((one) => one.members.filter(({ cluster }) => cluster === members[member]?.cluster));
}

/** The version of a release of Helm that was good. */
export function revisionVersion(revision: number): string {
  return `revision ${revision}`;
}

function revisionIn(version: string): number {
  return Number(/\d+$/.exec(version)?.[0]);
}

function targetOptions(urns: string[]): string[] {
  return [...new Set(urns)].flatMap((urn) => ["--target", urn]);
}
