import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type MaintenanceWindow,
  minutesBeforeUtc,
  minutesOfDay,
  nextOpening,
  weekdays,
} from "../../components/releases/maintenance-windows.ts";

const at = (text: string) => Date.parse(text);
const night: MaintenanceWindow = { days: ["tuesday", "thursday"], start: "22:00", minutes: 240 };

describe("nextOpening", () => {
  // 2026-11-24 is a Tuesday.
  it.each<[string, MaintenanceWindow[], string, string]>([
    ["at any time without windows", [], "2026-11-24T12:34:56Z", "2026-11-24T12:34:56Z"],
    ["later on the same day", [night], "2026-11-24T12:00:00Z", "2026-11-24T22:00:00Z"],
    ["now, at the first moment", [night], "2026-11-24T22:00:00Z", "2026-11-24T22:00:00Z"],
    ["now, in the middle", [night], "2026-11-24T23:59:59Z", "2026-11-24T23:59:59Z"],
    ["now, past midnight", [night], "2026-11-25T01:59:59Z", "2026-11-25T01:59:59Z"],
    ["not at the end", [night], "2026-11-25T02:00:00Z", "2026-11-26T22:00:00Z"],
    ["in the next week", [night], "2026-11-27T02:00:00Z", "2026-12-01T22:00:00Z"],
    [
      "by a clock before UTC",
      [{ ...night, utcOffset: "+05:30" }],
      "2026-11-24T12:00:00Z",
      "2026-11-24T16:30:00Z",
    ],
    [
      "by a clock behind UTC, where it is still the day before",
      [{ ...night, utcOffset: "-08:00" }],
      "2026-11-25T05:00:00Z",
      "2026-11-25T06:00:00Z",
    ],
    [
      "in the window that comes first",
      [night, { days: ["wednesday"], start: "09:00", minutes: 60 }],
      "2026-11-25T03:00:00Z",
      "2026-11-25T09:00:00Z",
    ],
    [
      "past the end of the week",
      [{ days: ["saturday"], start: "23:00", minutes: 120 }],
      "2026-11-29T00:30:00Z",
      "2026-11-29T00:30:00Z",
    ],
    [
      "before 1970 as well",
      [{ days: ["wednesday"], start: "00:00", minutes: 1440 }],
      "1969-12-31T12:00:00Z",
      "1969-12-31T12:00:00Z",
    ],
  ])("is %s", (...[, windows, now, expected]) => {
    expect(new Date(nextOpening(windows, at(now))).toISOString()).toBe(new Date(expected).toISOString());
  });

  it("is always at a time when the window is open by the calendar, and at most a week away", () => {
    const window = fc.record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      start: fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => clock(hour, minute)),
      minutes: fc.integer({ min: 1, max: 1440 }),
      utcOffset: fc.constantFrom("+00:00", "-14:00", "+14:00", "+05:45", "-03:30"),
    });
    const time = fc.integer({ min: at("2020-01-01"), max: at("2040-01-01") });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), time, (windows, now) => {
        const opening = nextOpening(windows, now);
        expect(opening - now).toBeGreaterThanOrEqual(0);
        expect(opening - now).toBeLessThan(7 * 24 * 3600 * 1000);
        expect(windows.some((one) => isOpen(one, opening))).toBe(true);
        // Nothing opens before it.
        if (opening > now) expect(windows.some((one) => isOpen(one, opening - 1))).toBe(false);
        expect(windows.some((one) => isOpen(one, now))).toBe(opening === now);
      }),
    );
  });
});

describe("minutesOfDay", () => {
  it.each([
    ["00:00", 0],
    ["09:05", 545],
    ["23:59", 1439],
    ["24:00", undefined],
    ["9:00", undefined],
    ["12:60", undefined],
    ["12:00 ", undefined],
    ["", undefined],
  ])("of %j is %j", (time, expected) => {
    expect(minutesOfDay(time)).toBe(expected);
  });
});

describe("minutesBeforeUtc", () => {
  it.each([
    ["+00:00", 0],
    ["+05:30", 330],
    ["-08:00", -480],
    ["+14:00", 840],
    ["+14:01", undefined],
    ["05:30", undefined],
    ["UTC", undefined],
    ["Europe/Berlin", undefined],
  ])("of %j is %j", (offset, expected) => {
    expect(minutesBeforeUtc(offset)).toBe(expected);
  });
});

const clock = (hour: number, minute: number) =>
  `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;

/** By the calendar: whether the window began at its start of this day or of the day before. */
function isOpen({ days, start, minutes, utcOffset = "+00:00" }: MaintenanceWindow, now: number): boolean {
  return [0, 1].some((daysAgo) => {
    const local = new Date(now + (minutesBeforeUtc(utcOffset) ?? 0) * 60_000 - daysAgo * 24 * 3600 * 1000);
    const date = local.toISOString().slice(0, 10);
    const begins = Date.parse(`${date}T${start}:00.000${utcOffset}`);
    const on = weekdays[local.getUTCDay()];
    return on !== undefined && days.includes(on) && now >= begins && now < begins + minutes * 60_000;
  });
}
