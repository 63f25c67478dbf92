// Whether a name that was given is that of a group's member.
import type { Fault } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** Refuses a name that none of the group's members has. */
export function memberFaults(path: string, name: string, members: string[]): Fault[] {
  if (members.includes(name)) return [];
  const meant = nearest(name, members);
  return [
    {
      path,
      value: name,
      problem: "is no member of the group",
      allowed: `one of its members: ${members.join(", ")}`,
      ...(meant === undefined ? {} : { instead: JSON.stringify(meant) }),
    },
  ];
}
