// Blocks of the documentation that are made from data: compared by every test run, rewritten by `npm run golden`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/**
 * Expects the block named `block` of a documentation file to hold `text`. A block stands between the comments
 * `<!-- generated: block -->` and `<!-- end -->`; text that is no table is shown as it is.
 */
export function expectGenerated(file: string, block: string, text: string): void {
  const path = join(root, file);
  const content = readFileSync(path, "utf8");
  const [start, end] = [`<!-- generated: ${block} -->\n`, "\n<!-- end -->"];
  const from = content.indexOf(start);
  const to = content.indexOf(end, from);
  expect(from, `${file} has a block "${block}"`).toBeGreaterThanOrEqual(0);
  const shown = text.startsWith("|") ? text : `\`\`\`text\n${text}\n\`\`\``;
  if (process.env["BREAKWATER_GOLDEN"] === "rewrite") {
    writeFileSync(path, content.slice(0, from + start.length) + shown + content.slice(to));
    return;
  }
  expect(content.slice(from + start.length, to)).toBe(shown);
}
