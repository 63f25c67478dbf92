import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chartsWithSchema, valueTypes, writeValueTypes } from "../../../tools/charts/value-types.ts";

const ours = join(import.meta.dirname, "../../../charts");
let charts: string;

beforeEach(() => {
  charts = mkdtempSync(join(tmpdir(), "breakwater-types-"));
});

afterEach(() => {
  rmSync(charts, { recursive: true });
});

function chart(name: string, schema: object, values = ""): string {
  const directory = join(charts, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "values.schema.json"), JSON.stringify(schema));
  writeFileSync(join(directory, "values.yaml"), values);
  return directory;
}

describe("the types of our charts' values", () => {
  it.each(chartsWithSchema(ours))("are those of the schema of %s", async (name) => {
    const written = readFileSync(join(ours, `${name}-values.ts`), "utf8");
    expect(written, "`npm run golden` makes it anew").toBe(await valueTypes(join(ours, name)));
  });
});

describe("valueTypes", () => {
  it("asks for what the schema requires and the chart has no default for", async () => {
    const image = {
      required: ["tag", "repository"],
      properties: { tag: {}, repository: { type: "string" } },
    };
    const schema = { required: ["name", "image"], properties: { name: { type: "string" }, image } };
    const text = await valueTypes(chart("two-words", schema, "image: {repository: a, tag: null}"));
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "export interface TwoWordsValues { name: string; image?: { tag: unknown; repository?: string; }; }",
    );
  });

  it("lists the keys of objects whose properties are told, and leaves others open", async () => {
    const properties = {
      labels: { type: "object" },
      more: { additionalProperties: true, properties: { a: {} } },
    };
    const text = await valueTypes(chart("open", { properties }));
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "{ labels?: { [k: string]: unknown; }; more?: { a?: unknown; [k: string]: unknown; }; }",
    );
  });

  it("lists the keys of what stands in lists and under any key, all of which are required as the schema says", async () => {
    const part = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    const properties = {
      list: { type: "array", items: part },
      map: { type: "object", additionalProperties: part },
    };
    const text = await valueTypes(chart("parts", { properties }, "list: [{a: b}]\nmap: {x: {a: b}}"));
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "{ list?: { a: string; }[]; map?: { [k: string]: { a: string; }; }; }",
    );
  });

  it("follows references, also one that leads to itself, and forgets what no type can say", async () => {
    const tree = { properties: { left: { $ref: "#/$defs/tree" }, "a/b": { $ref: "#/$defs/a~1b" } } };
    const text = await valueTypes(
      chart("tree", {
        $defs: { tree: { type: "object", ...tree }, "a/b": { enum: [1, 2], not: { const: 1 } } },
        properties: { tree: { $ref: "#/$defs/tree", anyOf: [{ required: ["left"] }] } },
      }),
    );
    expect(text).toContain("left?: Tree;");
    expect(text).toContain('"a/b"?: 1 | 2;');
    expect(text).not.toContain("&");
  });

  it("writes a file for each chart with a schema, beside the chart", async () => {
    chart("web", { properties: { a: {} } });
    mkdirSync(join(charts, "bare"));
    await writeValueTypes(charts);
    expect(chartsWithSchema(charts)).toEqual(["web"]);
    expect(readFileSync(join(charts, "web-values.ts"), "utf8")).toMatch(
      /^\/\/ Values of the chart web, .* by `npm run golden`\.\n/,
    );
  });
});
