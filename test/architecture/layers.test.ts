import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { beforeAll, describe, expect, it } from "vitest";
import { expectGenerated } from "../support/generated.ts";
import { asides, folderOf, mayImport, packageHomes, picture, rows } from "./layers.ts";

const root = join(import.meta.dirname, "..", "..");
const sources = ["stacks", "components", "charts", "policies", "providers", "tools"];

interface Import {
  from: string;
  to: string;
}

let files: string[];
let imports: Import[];

beforeAll(async () => {
  const { output } = await cruise(sources, {
    baseDir: root,
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".d.ts", ".json"],
    },
  });
  const { modules } = output as ICruiseResult;
  const ours = modules.filter(
    ({ source }) => !source.includes("node_modules") && existsSync(join(root, source)),
  );
  files = ours.map(({ source }) => source);
  imports = ours.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  );
});

describe("the structure", () => {
  it("has a room for every source file", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => folderOf(file) === undefined)).toEqual([]);
  });

  it("lets imports point down only, and nothing import a test", () => {
    const wrong = imports
      .filter(({ to }) => !to.includes("node_modules"))
      .filter(({ to }) => sources.includes(to.split("/")[0] ?? "") || to.startsWith("test/"))
      .filter(
        ({ from, to }) => to.startsWith("test/") || !mayImport(folderOf(from) ?? from, folderOf(to) ?? to),
      );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it("keeps packages in their homes", () => {
    const wrong = Object.entries(packageHomes).flatMap(([name, homes]) =>
      imports
        .filter(({ to }) => to.includes(`node_modules/${name}/`))
        .filter(({ from }) => !homes.some((home) => from.startsWith(home)))
        .map(({ from }) => `${from} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("resolves every import", () => {
    const missing = imports.filter(
      ({ to }) => !existsSync(join(root, to)) && !to.startsWith("node:") && !isBuiltin(to),
    );
    expect(missing.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it("judges imports as the picture says", () => {
    expect(mayImport("stacks", "components/core")).toBe(true);
    expect(mayImport("components/clusters", "components/kubernetes")).toBe(true);
    expect(mayImport("components/kubernetes", "components/clusters")).toBe(false);
    expect(mayImport("components/tenancy", "components/releases")).toBe(false);
    expect(mayImport("components/kubernetes", "charts")).toBe(false);
    expect(mayImport("components/core", "providers/kit")).toBe(false);
    expect(mayImport("providers/kit", "providers/local")).toBe(false);
    expect(
      Object.keys(asides)
        .concat(rows.flatMap(({ folders }) => folders))
        .includes("test"),
    ).toBe(false);
  });

  it("is the picture in the README", () => {
    expectGenerated(
      "README.md",
      "layers",
      picture((folder) => existsSync(join(root, folder))),
    );
  });
});

function isBuiltin(name: string): boolean {
  return process.getBuiltinModule(name) !== undefined;
}
