// `explain`: for every value of a release, which layer set it, where, and what it hid.
import type { HiddenValue, Origin } from "../../components/releases/provenance.ts";
import type { MemberRecord } from "../../components/releases/record.ts";
import { leafPath } from "../../components/releases/value-paths.ts";
import { checkedChoice } from "./choice.ts";
import { alignColumns } from "./columns.ts";
import { openEngine } from "./engine.ts";
import { readFleet } from "./status.ts";
import { valueText } from "./status-table.ts";

interface ExplainOptions {
  environment: string;
  cluster?: string;
}

/**
 * Prints the values of a release on every member or on one, as the last update set them; with a path only the values
 * there and below. What a chart has by default is below all layers and not told. Secrets are `[secret]`.
 */
export async function explain(
  release: string,
  path: string | undefined,
  { environment, cluster }: ExplainOptions,
): Promise<void> {
  const [found] = readFleet(await openEngine(environment), release).releases;
  if (found?.record === undefined) throw new Error(`no update of ${release} has come to its end yet`);
  const { members } = found.record;
  const names = Object.keys(members);
  const chosen = cluster === undefined ? names : [checkedChoice(`member of ${release}`, cluster, names)];
  const texts = chosen.map(
    (name) => `${release} on ${name}\n${explanation(members[name] as MemberRecord, path)}`,
  );
  console.log(texts.join("\n\n"));
}

/** One member's values, a line each, and below it a line for each value that it hid. */
export function explanation({ values, provenance }: MemberRecord, path?: string): string {
  const leaves = leavesOf(values, [], (leaf) => Object.hasOwn(provenance, leaf));
  const asked = leaves.filter(([leaf]) => path === undefined || isWithin(leaf, path));
  if (path !== undefined && asked.length === 0) {
    checkedChoice(
      "value of the release",
      path,
      leaves.map(([leaf]) => leaf),
    );
  }
  const rows = asked.flatMap(([leaf, value]) => {
    const { hid = [], ...origin } = provenance[leaf] ?? { layer: "" };
    const hidden = hid.map((one) => ["", `hides ${hiddenText(one)}`, one.layer, placeOf(one)]);
    return [[leaf, valueText(value), origin.layer, placeOf(origin)], ...hidden];
  });
  const lines = rows.length === 0 ? ["no values"] : alignColumns(rows);
  return lines.map((line) => `  ${line}`).join("\n");
}

/** Every value with its path. Lists, and what the provenance knows as one value, are not taken apart. */
function leavesOf(value: unknown, keys: string[], isLeaf: (path: string) => boolean): [string, unknown][] {
  const path = leafPath(keys);
  const entries = isMap(value) ? Object.entries(value) : [];
  if (isLeaf(path) || entries.length === 0) return keys.length === 0 ? [] : [[path, value]];
  return entries.flatMap(([key, item]) => leavesOf(item, [...keys, key], isLeaf));
}

/** Whether a value is the one asked for, below it, or the list or map that it is a part of. */
function isWithin(leaf: string, path: string): boolean {
  const isBelow = (one: string, other: string) => one.startsWith(`${other}.`) || one.startsWith(`${other}[`);
  return leaf === path || isBelow(leaf, path) || isBelow(path, leaf);
}

/** A function of the member that a higher layer hides is not called, so its value is not known. */
function hiddenText({ value }: HiddenValue): string {
  return value === undefined ? "a function" : valueText(value);
}

function placeOf({ file, line }: Origin): string {
  if (file === undefined) return "";
  return line === undefined ? file : `${file}:${line}`;
}

/** A plain map; a secret is none. */
function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
