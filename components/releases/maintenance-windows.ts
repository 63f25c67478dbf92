// When something may start: windows of time that come again every week.

export const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

type Weekday = (typeof weekdays)[number];

/** A time of every week, in which things may start; what has started may end outside of it. */
export interface MaintenanceWindow {
  /** The days on which it begins; at least one. */
  days: Weekday[];
  /** When it begins on these days, from `00:00` to `23:59`. */
  start: string;
  /** How long it is, in whole minutes from 1 to 1440; it may end on the next day. */
  minutes: number;
  /**
   * The clock that says so, by its distance from UTC, from `-14:00` to `+14:00`; it has no summer time. Defaults to
   * `+00:00`, which is UTC.
   */
  utcOffset?: string;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const week = 7 * day;

/** The first midnight of 1970 with which a week begins: a Sunday. */
const firstSunday = 3 * day;

/**
 * When something may start: `now` where a window is open or there are none, else the beginning of the next one. Both
 * are milliseconds since 1970. The windows must be without faults.
 */
export function nextOpening(windows: MaintenanceWindow[], now: number): number {
  if (windows.length === 0) return now;
  return Math.min(...windows.flatMap((window) => window.days.map((on) => opening(window, on, now))));
}

/** Minutes from midnight to a time of the day such as `22:30`; undefined when it is none. */
export function minutesOfDay(time: string): number | undefined {
  const { hours, minutes } = /^(?<hours>[01]\d|2[0-3]):(?<minutes>[0-5]\d)$/.exec(time)?.groups ?? {};
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Minutes that a clock such as `+05:30` is before UTC; undefined when there is no such clock. */
export function minutesBeforeUtc(offset: string): number | undefined {
  const minutes = /^[+-]/.test(offset) ? minutesOfDay(offset.slice(1)) : undefined;
  if (minutes === undefined || minutes > 14 * 60) return undefined;
  return offset.startsWith("-") ? -minutes : minutes;
}

function opening(
  { start, minutes, utcOffset = "+00:00" }: MaintenanceWindow,
  on: Weekday,
  now: number,
): number {
  const beginning = weekdays.indexOf(on) * day + (minutesOfDay(start) ?? 0) * minute;
  const position = now + (minutesBeforeUtc(utcOffset) ?? 0) * minute - firstSunday;
  const since = (((position - beginning) % week) + week) % week;
  return since < minutes * minute ? now : now + week - since;
}
