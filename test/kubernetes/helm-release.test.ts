import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HelmRelease, type HelmReleaseArgs } from "../../components/kubernetes/helm-release.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { examine, faultsOf, only, recorded, urnList } from "../support/program.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";
let project: string;
let chart: string;
let before: string;

/** A project of its own with one chart, as the working directory. */
beforeEach(() => {
  before = process.cwd();
  project = mkdtempSync(join(tmpdir(), "breakwater-chart-"));
  chart = join(project, "charts/web");
  mkdirSync(join(chart, "templates"), { recursive: true });
  mkdirSync(join(project, "stacks"));
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  writeFileSync(join(chart, "templates/service.yaml"), "kind: Service\n");
  process.chdir(join(project, "stacks"));
});

afterEach(() => {
  process.chdir(before);
  rmSync(project, { recursive: true });
});

const release = (name: string, more: Partial<HelmReleaseArgs> = {}) =>
  new HelmRelease(name, {
    cluster: clusterRef("eu-1"),
    namespace: "shop",
    releaseName: "web",
    chart: "charts/web",
    ...more,
  });

/** The chart's path in the inputs of a release. */
async function chartPath(source = "charts/web"): Promise<string> {
  const { resources } = await recorded(() => void release("web", { chart: source }));
  return String(only(resources, releaseType).inputs["chart"]);
}

describe("HelmRelease", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => release(name), {
      outputs: () => ({ status: { status: "deployed" } }),
    });
    await expect(urnList(resources)).toMatchFileSnapshot("golden/helm-release.txt");
    expect(only(resources, "breakwater:index:HelmRelease").outputs).toEqual({ status: "deployed" });
  });

  it("installs on its cluster so that a failure is rolled back", async () => {
    const values = { replicas: 2, door: pulumi.secret("1234") };
    const { resources } = await recorded(() => void release("web", { values }));
    expect(only(resources, releaseType)).toMatchObject({
      name: "web-release",
      provider: "pulumi:providers:kubernetes::eu-1",
      inputs: {
        name: "web",
        namespace: "shop",
        atomic: true,
        timeout: 300,
        values: { replicas: 2, door: "1234" },
      },
      secrets: ["values.door"],
    });
  });

  it("is made after the namespace that takes it with it", async () => {
    const { resources } = await recorded(() => {
      const deletedWith = new (class extends pulumi.CustomResource {})(
        "kubernetes:core/v1:Namespace",
        "shop",
      );
      release("web", { deletedWith, timeoutSeconds: 30 });
    });
    expect(only(resources, releaseType)).toMatchObject({
      deletedWith: "kubernetes:core/v1:Namespace::shop",
      dependsOn: ["kubernetes:core/v1:Namespace::shop"],
      inputs: { timeout: 30 },
    });
  });

  it("tells every fault at once and makes no release", async () => {
    rmSync(join(chart, "Chart.yaml"));
    const faults = await faultsOf(() => {
      release("web", { releaseName: "Web", namespace: "no space", timeoutSeconds: 1.5 });
      release("other", { namespace: Promise.resolve("-") });
    });
    expect(faults.map(({ path, problem }) => [path, problem])).toEqual([
      ['HelmRelease("web").releaseName', "is not a name"],
      ['HelmRelease("web").namespace', "is not a name"],
      ['HelmRelease("web").timeoutSeconds', "is out of range"],
      ['HelmRelease("web").chart', "has no Chart.yaml"],
    ]);
  });

  it("checks a namespace that is known later", async () => {
    const faults = await faultsOf(() => void release("web", { namespace: pulumi.output("no space") }));
    expect(faults).toMatchObject([{ path: 'HelmRelease("web").namespace', value: "no space" }]);
  });
});

describe("the chart of a HelmRelease", () => {
  it("is copied whole, under a path that tells nothing of the machine", async () => {
    const path = await chartPath();
    expect(path).toMatch(/^\.\.\/node_modules\/\.cache\/breakwater\/charts\/web-[0-9a-f]{12}$/);
    expect(readFileSync(join(path, "templates/service.yaml"), "utf8")).toBe("kind: Service\n");
    expect(existsSync(join(path, "Chart.yaml"))).toBe(true);
  });

  it("keeps its path as long as it stays the same, wherever it lies and whatever its modes", async () => {
    const path = await chartPath();
    chmodSync(join(chart, "Chart.yaml"), 0o600);
    cpSync(chart, join(project, "elsewhere/web"), { recursive: true });
    expect(await chartPath()).toBe(path);
    expect(await chartPath(join(project, "elsewhere/web"))).toBe(path);
  });

  it.each([
    ["a template changes", () => writeFileSync(join(chart, "templates/service.yaml"), "kind: Servlet\n")],
    ["a file comes", () => writeFileSync(join(chart, "templates/empty.yaml"), "")],
    ["a file goes", () => rmSync(join(chart, "templates/service.yaml"))],
    ["a file moves", () => cpSync(join(chart, "templates"), join(chart, "moved"), { recursive: true })],
  ])("changes its path when %s", async (_, change) => {
    const path = await chartPath();
    change();
    expect(await chartPath()).not.toBe(path);
  });

  it("is read anew by each program, and once by one with many releases", async () => {
    const { resources } = await recorded(() => {
      release("one");
      rmSync(chart, { recursive: true });
      release("two");
    });
    expect(resources.filter(({ type }) => type === releaseType)).toHaveLength(2);
    const faults = await faultsOf(() => release("one"));
    expect(faults).toMatchObject([
      { path: 'HelmRelease("one").chart', value: "charts/web", problem: "does not exist" },
    ]);
  });

  it.each([
    [
      "name: web\n",
      ['HelmRelease("web").chart/Chart.yaml.apiVersion', 'HelmRelease("web").chart/Chart.yaml.version'],
    ],
    ["name: [web\n", ['HelmRelease("web").chart/Chart.yaml']],
  ])("is refused with a Chart.yaml of %j", async (text, paths) => {
    writeFileSync(join(chart, "Chart.yaml"), text);
    expect((await faultsOf(() => release("web"))).map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    ["charts/api", "does not exist"],
    ["charts/web/Chart.yaml", "has no Chart.yaml"],
    [".", "has no Chart.yaml"],
  ])("is refused when it is %s", async (source, problem) => {
    expect(await faultsOf(() => release("web", { chart: source }))).toMatchObject([
      { value: source, problem },
    ]);
  });

  it("is refused with a values.yaml that is not YAML", async () => {
    writeFileSync(join(chart, "values.yaml"), "a: [");
    expect(await faultsOf(() => release("web"))).toMatchObject([
      { path: 'HelmRelease("web").chart/values.yaml', problem: expect.stringContaining("is not YAML") },
    ]);
  });

  it("is refused when it has symbolic links, which would lead elsewhere in the copy", async () => {
    symlinkSync("../values.yaml", join(chart, "values.yaml"));
    expect(await faultsOf(() => release("web"))).toMatchObject([
      { value: "values.yaml", problem: "is not a plain file" },
    ]);
  });

  it("leaves nothing but the finished copy", async () => {
    const { resources } = await recorded(() => void release("web"));
    const copies = join("../node_modules/.cache/breakwater/charts");
    const path = String(only(resources, releaseType).inputs["chart"]);
    expect(readdirSync(copies).map((name) => join(copies, name))).toEqual([path]);
  });
});

describe("a null in the values of a HelmRelease", () => {
  const values = {
    image: { tag: "1.1", pullPolicy: null },
    probe: null,
    database: { storage: null },
    unheard: { of: null },
  };

  beforeEach(() => {
    mkdirSync(join(chart, "charts/database"), { recursive: true });
    writeFileSync(
      join(chart, "values.yaml"),
      'image:\n  pullPolicy: Always # always\n  tag: "1.0"\nprobe:\n  path: /\nmode: 0644\nask: "yes"\n',
    );
    writeFileSync(join(chart, "charts/database/values.yaml"), "storage: 1Gi\nuser: web\n");
  });

  it("takes the default out of the chart's copy, and leaves all others as they are written", async () => {
    const { resources } = await recorded(() => void release("web", { values }));
    const { inputs } = only(resources, releaseType);
    const copy = String(inputs["chart"]);
    expect(inputs["values"]).toEqual({ image: { tag: "1.1" }, database: {}, unheard: {} });
    expect(readFileSync(join(copy, "values.yaml"), "utf8")).toBe(
      'image:\n  tag: "1.0"\nmode: 0644\nask: "yes"\n',
    );
    expect(readFileSync(join(copy, "charts/database/values.yaml"), "utf8")).toBe("user: web\n");
  });

  it("leaves the chart to other releases of the program as it is", async () => {
    const { resources } = await recorded(() => {
      release("one", { values });
      release("two", { values: { unheard: null } });
    });
    const [one, two] = ["one-release", "two-release"].map((name) => {
      const { inputs } = only(resources, releaseType, name);
      return readFileSync(join(String(inputs["chart"]), "values.yaml"), "utf8");
    });
    expect(one).not.toContain("probe");
    expect(two).toBe(readFileSync(join(chart, "values.yaml"), "utf8"));
  });
});

describe("a HelmRelease of a chart elsewhere", () => {
  it("names a chart of a repository, its version and the repository", async () => {
    const remote = { repo: "https://charts.example.com", chart: "web", version: "1.2.3" };
    const { resources } = await recorded(() => void release("web", { chart: remote, values: { a: 1 } }));
    expect(only(resources, releaseType).inputs).toMatchObject({
      chart: "web",
      version: "1.2.3",
      repositoryOpts: { repo: "https://charts.example.com" },
      values: { a: 1 },
    });
  });

  it("names a chart of a registry and its version", async () => {
    const remote = { oci: "oci://registry.example.com/web", version: "1.2.3" };
    const { resources } = await recorded(() => void release("web", { chart: remote }));
    const { inputs } = only(resources, releaseType);
    expect(inputs).toMatchObject({ chart: "oci://registry.example.com/web", version: "1.2.3" });
    expect(inputs).not.toHaveProperty("repositoryOpts");
  });

  it("is refused with a range of versions, and with a null, which would be lost", async () => {
    const chart = { oci: "oci://registry.example.com/web", version: "1.x" };
    const values = { image: { "pull policy": null } };
    expect(await faultsOf(() => release("web", { chart, values }))).toMatchObject([
      { path: 'HelmRelease("web").chart.version', value: "1.x" },
      {
        path: 'HelmRelease("web").values.image["pull policy"]',
        problem: "is null, which takes a default away",
      },
    ]);
  });
});

describe("how a HelmRelease is installed", () => {
  it("can be without waiting, and then without rolling back", async () => {
    const { resources } = await recorded(() => void release("web", { wait: false, atomic: false }));
    expect(only(resources, releaseType).inputs).toMatchObject({ atomic: false, skipAwait: true });
    expect(await faultsOf(() => release("web", { wait: false }))).toMatchObject([
      { path: 'HelmRelease("web").wait', problem: "is against `atomic`", instead: "atomic: false" },
    ]);
  });

  it("can be by taking over what is there, by the name that the engine has for it", async () => {
    const imports = async (more: Partial<HelmReleaseArgs>) => {
      const ids: Record<string, string | undefined> = {};
      await recorded(() => void release("web", more), {
        outputs: ({ name, id }) => {
          ids[name] = id;
          return {};
        },
      });
      return ids["web-release"];
    };
    expect(await imports({ adopt: true })).toBe("shop/web");
    expect(await imports({})).toBeFalsy();
  });

  it("cannot take over in a namespace that is known only later", async () => {
    const make = () => release("web", { adopt: true, namespace: pulumi.output("shop") });
    expect(await faultsOf(make)).toMatchObject([
      { path: 'HelmRelease("web").namespace', problem: "is known only later" },
    ]);
  });
});
