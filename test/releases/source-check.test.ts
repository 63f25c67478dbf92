import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chart } from "cdk8s";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgetPrograms } from "../../components/core/program.ts";
import { type HelmArgs, helm, manifests, needsPlainValues } from "../../components/releases/source.ts";
import { checkSource } from "../../components/releases/source-check.ts";

const repository = { repo: "https://charts.example.com", chart: "web", version: "1.2.3" };
let project: string;
let before: string;

/** A project of its own with one chart, as the working directory. */
beforeEach(() => {
  forgetPrograms();
  before = process.cwd();
  project = mkdtempSync(join(tmpdir(), "breakwater-source-"));
  mkdirSync(join(project, "charts/web"), { recursive: true });
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "charts/web/Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 1.0\n");
  writeFileSync(join(project, "charts/web/values.yaml"), "replicas: 1\n");
  process.chdir(project);
});

afterEach(() => {
  process.chdir(before);
  rmSync(project, { recursive: true });
});

const check = (args: HelmArgs) => checkSource("source", helm(args));

describe("what is recorded of a source", () => {
  it.each<[string, HelmArgs, object]>([
    ["a chart here", { path: "charts/web" }, { kind: "helm", chart: "shop", version: "1.0" }],
    ["a chart in a repository", repository, { kind: "helm", chart: "web", version: "1.2.3" }],
    [
      "a chart in a registry",
      { oci: "oci://registry.example.com/charts/api", version: "2.0.0" },
      { kind: "helm", chart: "api", version: "2.0.0" },
    ],
    ["the objects of a chart", { path: "charts/web", objects: true }, { kind: "manifests" }],
  ])("is, for %s, what the cluster will say of it", (_, args, recorded) => {
    expect(check(args)).toMatchObject({ recorded, faults: [] });
  });

  it("is nothing but the kind for objects that a function makes", () => {
    const source = manifests((_values, _cluster, { app }) => new Chart(app, "any"));
    expect(checkSource("source", source)).toMatchObject({ recorded: { kind: "manifests" }, faults: [] });
  });
});

describe("what a source takes", () => {
  it("is told by the files of the chart", () => {
    expect(check({ path: "charts/web" }).check({ replica: 1 })).toMatchObject([
      { keys: ["replica"], instead: "replicas" },
    ]);
    expect(check({ path: "charts/web", allowUnknownValues: true }).check({ replica: 1 })).toEqual([]);
  });

  it("is everything for a chart elsewhere, but for nulls", () => {
    expect(check(repository).check({ any: { thing: 1, key: null } })).toMatchObject([
      { keys: ["any", "key"], problem: "is null, which takes a default away" },
    ]);
  });
});

describe("a source that cannot be used", () => {
  it.each<[string, HelmArgs, string]>([
    ["a chart that is not there", { path: "charts/api" }, "source.path"],
    ["a repository that is none", { ...repository, repo: "stable" }, "source.repo"],
    ["a range of versions", { ...repository, version: "1.x", objects: true }, "source.version"],
    ["a version for nobody", { path: "charts/web", kubeVersion: "1.36.3" }, "source.kubeVersion"],
  ])("is told with its place: %s", (_, args, path) => {
    expect(check(args).faults.map((fault) => fault.path)).toEqual([path]);
  });
});

describe("needsPlainValues", () => {
  it("is true where objects are made before the engine knows anything", () => {
    const made = manifests((_values, _cluster, { app }) => new Chart(app, "any"));
    const sources = [made, helm({ path: "a", objects: true }), helm({ path: "a" }), helm(repository)];
    expect(sources.map((source) => needsPlainValues(source))).toEqual([true, true, false, false]);
  });
});

describe("helm", () => {
  it("tells at compile time of a chart that would be at two places or nowhere", () => {
    const never = () => {
      // @ts-expect-error A directory has no repository.
      helm({ path: "charts/web", ...repository });
      // @ts-expect-error Neither a directory nor a repository.
      helm({ chart: "web", version: "1.2.3" });
      // @ts-expect-error A chart elsewhere needs a version.
      helm({ oci: "oci://registry.example.com/web" });
    };
    expect(never).toBeTypeOf("function");
  });
});
