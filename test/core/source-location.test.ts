import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Locate, writtenArguments } from "../../components/core/source-location.ts";
import { imported } from "./written-values.ts";

/** A component's constructor, as far as places are concerned. */
const written = writtenArguments as (name: string, args: object) => Locate;

const own = "test/core/source-location.test.ts";
const lines = readFileSync(own, "utf8").split("\n");

/** The line of this file that ends in the given comment. */
const at = (mark: string) => ({
  file: own,
  line: lines.findIndex((line) => line.endsWith(`// ${mark}`)) + 1,
});

const shared = {
  size: 1, // shared size
  image: { tag: "v1" }, // shared image
} as const;

describe("the places of a call's arguments", () => {
  it("are the lines of its keys, however deep", () => {
    const place = written("a", {
      values: {
        image: {
          tag: "v1", // tag
        },
        "with-dash": 1, // dash
        hosts: ["a", "b"], // hosts
      },
      overrides: { clouds: { aws: { size: 2 } } }, // clouds
    });
    expect(place(["values", "image", "tag"])).toEqual(at("tag"));
    expect(place(["values", "with-dash"])).toEqual(at("dash"));
    expect(place(["values", "hosts", "0"])).toEqual(at("hosts"));
    expect(place(["overrides", "clouds", "aws", "size"])).toEqual(at("clouds"));
  });

  it("are found in constants, in spreads, in other files and in what functions return", () => {
    const small = { ...shared, size: 0 }; // small
    const place = written("a", {
      values: shared,
      small,
      imported,
      image: imported.image,
      made: ({ name }: { name: string }) => ({
        name, // name
      }),
    });
    expect(place(["values", "image", "tag"])).toEqual(at("shared image"));
    expect(place(["small", "size"])).toEqual(at("small"));
    expect(place(["small", "image"])).toEqual(at("shared image"));
    expect(place(["imported", "size"])).toEqual({ file: "test/core/written-values.ts", line: 3 });
    expect(place(["image", "tag"])).toEqual({ file: "test/core/written-values.ts", line: 4 });
    expect(place(["made", "name"])).toEqual(at("name"));
  });

  it("are those of what is around them where the way cannot be followed", () => {
    const choose = (other: object) => other;
    const args = choose({ a: 1 });
    const place = written("a", { values: choose({ size: 1 }), ...args }); // around
    expect(place(["values", "size"])).toEqual(at("around"));
    expect(place(["a"])).toEqual(at("around"));
    expect(place([])).toEqual(at("around"));
    const whole = written("a", args); // whole
    expect(whole(["a"])).toEqual(at("whole"));
  });

  it("are that of a spread that cannot be followed, which may hold what is written before it", () => {
    const choose = (other: object) => other;
    const place = written("a", {
      size: 1, // hidden size
      ...choose({ size: 2 }), // spread
      image: 1, // after spread
    });
    expect(place(["size"])).toEqual(at("spread"));
    expect(place(["image"])).toEqual(at("after spread"));
  });

  it("are not those of a constant that a parameter hides", () => {
    const make = (shared: object) => written("a", { values: shared }); // parameter
    expect(make({ size: 5 })(["values", "size"])).toEqual(at("parameter"));
  });

  it("are those of a name's one meaning, and of none when it has several", () => {
    const twice = (() => {
      const values = { a: 1 };
      return written("a", { values }); // twice
    })();
    const values = { a: 2 };
    expect(values.a).toBe(2);
    expect(twice(["values", "a"])).toEqual(at("twice"));
  });

  it("are those of the nearest caller that has a file", () => {
    const make = new Function("written", "return written('a', { values: 1 })");
    const place = make(written); // caller
    expect(place(["values"])).toEqual(at("caller"));
  });

  it("are unknown where the source is gone or no source, and nothing throws", async () => {
    const folder = mkdtempSync(join(tmpdir(), "breakwater-source-"));
    const file = join(folder, "program.mjs");
    writeFileSync(file, "export const make = (written) => written('a', { values: 1 });");
    const { make } = (await import(file)) as { make: (from: typeof written) => Locate };
    const [gone, broken] = [make(written), make(written)];
    rmSync(file);
    expect(gone(["values"])).toBeUndefined();
    writeFileSync(file, "export const make = (");
    expect(broken(["values"])).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it("leave warnings as they were", () => {
    const before = process.emitWarning;
    written("a", {})([]);
    expect(process.emitWarning).toBe(before);
  });
});
