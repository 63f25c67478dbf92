// What a rollout and its driver say to each other, and all that a rollout has to remember.
import type { RolloutDefinition } from "./rollout-definition.ts";

/**
 * What the rollout does. Going on: `updating`; `failing` and `aborting`, when nothing starts any more and what runs
 * ends; `rolling back`. At its end, for good: `succeeded`, `failed`, `rolled back`, `aborted`.
 */
export type RolloutStatus =
  | "updating"
  | "failing"
  | "aborting"
  | "rolling back"
  | "succeeded"
  | "failed"
  | "rolled back"
  | "aborted";

/**
 * How far a member is. `unchanged`: it had the wanted version and is left alone. `not reached`: it was not touched.
 * `rolled back`: it is on its last good version again, or has none again. `rollback failed`: its state is not known.
 * At the end of a rollout no member is `updating` or `rolling back`.
 */
export type MemberProgress =
  | "unchanged"
  | "not reached"
  | "updating"
  | "updated"
  | "failed"
  | "rolling back"
  | "rolled back"
  | "rollback failed";

export interface RolloutMember {
  progress: MemberProgress;
  /** Why it failed; kept when it is rolled back. */
  reason?: string;
}

/** All that a rollout is: plain data that survives JSON, so that a driver can go on from a file. */
export interface RolloutState {
  definition: RolloutDefinition;
  status: RolloutStatus;
  /** Why the status is what it is; empty while all goes well. */
  reason: string;
  /** Whether somebody has paused it: what runs goes on, nothing starts. */
  paused: boolean;
  /** The wave that it is in, counted from 1; 0 before the first. Waves with nothing to do are passed over. */
  wave: number;
  /** Whether somebody has approved this wave. */
  approved: boolean;
  /** When this wave has been watched for long enough, in milliseconds since 1970; absent until all of it is updated. */
  soakUntil?: number;
  /** By the name of the member. */
  members: Record<string, RolloutMember>;
}

/**
 * What has happened. `updated` answers `update`; `rolled back` answers `rollback` and `uninstall`; `failed` answers
 * each of them, and tells of an updated member that it is not healthy any more. An event that answers nothing, such
 * as a second answer or the approval of another wave, changes nothing.
 */
export type RolloutEvent =
  | { kind: "updated" | "rolled back"; member: string }
  | { kind: "failed"; member: string; reason: string }
  | { kind: "approve"; wave: number }
  | { kind: "pause" | "resume" | "abort" };

/** What is to be done with a member; done when the member is healthy, or has nothing of the release any more. */
export type MemberCommand =
  | { kind: "update" | "rollback"; member: string; version: string }
  | { kind: "uninstall"; member: string };

/** What more members wait for; to be asked again at that time, in milliseconds since 1970, or after that event. */
export type WaitCommand =
  | { kind: "wait"; for: "soak" | "window"; until: number }
  | { kind: "wait"; for: "approval"; wave: number }
  | { kind: "wait"; for: "resume" };

export type RolloutCommand = MemberCommand | WaitCommand;

export interface RolloutStep {
  state: RolloutState;
  /** What is new to be done. Without a wait, the outcomes of what runs are all there is to wait for. */
  commands: RolloutCommand[];
}
