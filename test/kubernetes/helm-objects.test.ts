import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HelmObjects, type HelmObjectsArgs } from "../../components/kubernetes/helm-objects.ts";
import { clusterRef } from "../support/cluster-refs.ts";
import { HelmStandIn } from "../support/helm-program.ts";
import { examine, faultsOf, only, recorded, urnList } from "../support/program.ts";
import type { Recorded } from "../support/requests.ts";

let project: string;
let before: string;
let helm: HelmStandIn;

/** A project of its own with one chart, as the working directory. */
beforeEach(() => {
  before = process.cwd();
  project = mkdtempSync(join(tmpdir(), "breakwater-objects-"));
  mkdirSync(join(project, "charts/web"), { recursive: true });
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "charts/web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  process.chdir(project);
  helm = new HelmStandIn(whole);
});

afterEach(() => {
  helm[Symbol.dispose]();
  process.chdir(before);
  rmSync(project, { recursive: true });
});

const part = (file: string, text: string) => `---\n# Source: web/${file}\n${text}\n`;

/** An object as a template writes it; `more` is YAML in the metadata. */
const object = (kind: string, name: string, more = "") =>
  `apiVersion: ${kind === "Job" ? "batch/v1" : "v1"}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;

const hook = (events: string, weight = 0) =>
  `  annotations: {helm.sh/hook: "${events}", helm.sh/hook-weight: "${weight}"}`;

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec: {scope: Cluster, group: example.com, names: {kind: Shop}}`;

const whole = [
  part("crds/shop.yaml", definition),
  part("templates/objects.yaml", object("ConfigMap", "settings")),
  part("templates/objects.yaml", object("Service", "web")),
  part("templates/objects.yaml", "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: main}"),
  part("templates/hooks.yaml", object("Job", "migrate", hook("pre-install,pre-upgrade", 5))),
  part("templates/hooks.yaml", object("ServiceAccount", "migrator", hook("pre-install,pre-upgrade"))),
  part("templates/hooks.yaml", object("Job", "notify", hook("post-install,post-upgrade"))),
  part("templates/hooks.yaml", object("Pod", "answer", hook("test"))),
].join("");

const objects = (name: string, more: Partial<HelmObjectsArgs> = {}) =>
  new HelmObjects(name, {
    cluster: clusterRef("eu-1"),
    namespace: "shop",
    releaseName: "web",
    chart: "charts/web",
    ...more,
  });

/** What each object waits for, by name. */
const waits = (resources: Recorded[]) =>
  Object.fromEntries(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ name, dependsOn }) => [name, dependsOn.map((one) => one.split("::")[1])]),
  );

/** What an object is made of that is rendered from this text. */
async function rendered(text: string): Promise<Recorded["inputs"]> {
  helm.answers(part("templates/one.yaml", text));
  const { resources } = await recorded(() => void objects("web"));
  const [one] = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return one?.inputs ?? {};
}

describe("HelmObjects", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    const resources = await examine((name) => objects(name));
    await expect(urnList(resources)).toMatchFileSnapshot("golden/helm-objects.txt");
  });

  it("makes definitions, then hooks one by one, then the objects by their kinds, then the other hooks", async () => {
    const { resources } = await recorded(() => void objects("web"));
    expect(waits(resources)).toEqual({
      "web-customresourcedefinition-shops.example.com": [],
      "web-serviceaccount-migrator": ["web-customresourcedefinition-shops.example.com"],
      "web-job-migrate": ["web-serviceaccount-migrator"],
      "web-configmap-settings": ["web-job-migrate"],
      "web-service-web": ["web-configmap-settings"],
      "web-shop-main": ["web-configmap-settings"],
      "web-job-notify": ["web-service-web", "web-shop-main"],
    });
  });

  it("asks helm for the objects of the release, with the values as its input, nulls included", async () => {
    const values = { replicas: 2, probe: null };
    await recorded(() => void objects("web", { values, kubeVersion: "1.34.0" }));
    await recorded(() => void objects("web"));
    const line = (version: string) =>
      `template web ${join(project, "charts/web")} --namespace shop --kube-version ${version} --include-crds --values -`;
    expect(helm.calls().map(({ args, input }) => [args.join(" "), input])).toEqual([
      [line("1.34.0"), JSON.stringify(values)],
      [line("1.36.3"), "{}"],
    ]);
  });

  it("puts what lives in a namespace into that of the release, unless it names another", async () => {
    const { resources } = await recorded(() => void objects("web"));
    const namespace = (type: string) => only(resources, type).inputs["metadata"];
    expect(namespace("kubernetes:core/v1:Service")).toEqual({ name: "web", namespace: "shop" });
    expect(namespace("kubernetes:example.com/v1:Shop")).toEqual({ name: "main" });
    expect(namespace("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")).toEqual({
      name: "shops.example.com",
    });
    const elsewhere = object("ConfigMap", "a", "  namespace: kube-system");
    expect(await rendered(elsewhere)).toMatchObject({ metadata: { namespace: "kube-system" } });
    expect(await rendered(object("ClusterRole", "a"))).toMatchObject({ metadata: { name: "a" } });
  });

  it("leaves definitions, and what says so, on the cluster when they go", async () => {
    const keep = object("Secret", "key", "  annotations: {helm.sh/resource-policy: keep}");
    helm.answers(whole + part("templates/key.yaml", keep));
    const { resources } = await recorded(() => void objects("web"));
    const kept = resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name);
    expect(kept).toEqual(["web-customresourcedefinition-shops.example.com", "web-secret-key"]);
  });

  it("runs a hook's Job under a name of its own, and never changes what an install alone has made", async () => {
    helm.answers(
      whole +
        part("templates/seed.yaml", `${object("Secret", "seed", hook("pre-install"))}\ndata: {a: MQ==}`),
    );
    const { resources } = await recorded(() => void objects("web"));
    expect(only(resources, "kubernetes:batch/v1:Job", "web-job-migrate").inputs["metadata"]).toMatchObject({
      name: expect.stringMatching(/^migrate-[0-9a-f]{8}$/),
    });
    expect(only(resources, "kubernetes:core/v1:Secret")).toMatchObject({
      ignoreChanges: ["data"],
      secrets: ["data"],
    });
  });

  it("is made after the namespace that takes it with it", async () => {
    const { resources } = await recorded(() => {
      const deletedWith = new (class extends pulumi.CustomResource {})(
        "kubernetes:core/v1:Namespace",
        "shop",
      );
      helm.answers(
        whole + part("templates/more.yaml", object("ConfigMap", "far", "  namespace: kube-system")),
      );
      objects("web", { deletedWith, timeoutSeconds: 20 });
    });
    const taken = resources.filter(({ deletedWith }) => deletedWith === "kubernetes:core/v1:Namespace::shop");
    expect(taken.map(({ name }) => name).sort()).toEqual([
      "web-configmap-settings",
      "web-job-migrate",
      "web-job-notify",
      "web-service-web",
      "web-serviceaccount-migrator",
    ]);
    expect(only(resources, "kubernetes:core/v1:Service")).toMatchObject({
      deletedWith: "kubernetes:core/v1:Namespace::shop",
      customTimeouts: { create: "20s", update: "20s" },
    });
    expect(waits(resources)["web-customresourcedefinition-shops.example.com"]).toEqual(["shop"]);
  });
});

describe("what helm renders for HelmObjects", () => {
  it("is read as Helm reads it", async () => {
    const data =
      "data:\n  on: yes\n  octal: 0644\n  day: 2001-12-14\n  time: 22:22\n  text: |\n    # Source: none";
    expect(await rendered(`# A comment\n${object("ConfigMap", "a")}${data}`)).toMatchObject({
      data: { true: true, octal: 420, day: "2001-12-14", time: "22:22", text: "# Source: none\n" },
    });
  });

  it("may be a list, many documents or nothing", async () => {
    const list = `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]`;
    const two = `${object("ConfigMap", "b")}---\n${object("ConfigMap", "c")}`;
    helm.answers(
      part("templates/a.yaml", list) + part("crds/b.yaml", two) + part("templates/d.yaml", "# off"),
    );
    const { resources } = await recorded(() => void objects("web"));
    const maps = resources.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");
    expect(maps.map(({ name }) => name).sort()).toEqual(
      ["a", "b", "c"].map((name) => `web-configmap-${name}`),
    );
  });
});

describe("refused HelmObjects", () => {
  it("tell every fault of the arguments at once, with Helm's own words", async () => {
    helm.refuses(
      "Error: execution error at (web/templates/a.yaml:1:3):\n  no\n\nUse --debug flag to render\n",
    );
    const faults = await faultsOf(() =>
      objects("web", { releaseName: "Web", namespace: "no space", timeoutSeconds: 0 }),
    );
    expect(faults.map(({ path, problem }) => [path, problem])).toEqual([
      ['HelmObjects("web").releaseName', "is not a name"],
      ['HelmObjects("web").namespace', "is not a name"],
      ['HelmObjects("web").timeoutSeconds', "is out of range"],
      ['HelmObjects("web").chart', "cannot be rendered: execution error at (web/templates/a.yaml:1:3): no"],
    ]);
  });

  it("tell of a helm that is not there", async () => {
    rmSync(join(helm.folder, "helm"));
    const path = process.env["PATH"];
    process.env["PATH"] = helm.folder;
    const faults = await faultsOf(() => objects("web")).finally(() => {
      process.env["PATH"] = path;
    });
    expect(faults).toMatchObject([{ problem: "cannot be rendered: there is no helm on PATH" }]);
  });

  it("tell of a chart that is none, once", async () => {
    const faults = await faultsOf(() => {
      objects("one", { chart: "charts/api" });
      objects("two", { chart: "charts/api" });
    });
    expect(faults).toMatchObject([{ path: 'HelmObjects("one").chart', problem: "does not exist" }]);
  });

  it("tell of values that are not known yet", async () => {
    const faults = await faultsOf(() => objects("web", { values: { a: [{ b: pulumi.output(1) }] } }));
    expect(faults).toMatchObject([{ problem: "of a chart that is rendered at preview hold an output" }]);
  });

  it("tell of hooks that cannot be kept, of objects given twice, and of what is no object", async () => {
    helm.answers(part("templates/bye.yaml", object("Job", "bye", hook("pre-delete"))));
    expect(await faultsOf(() => objects("web"))).toMatchObject([
      { path: 'HelmObjects("web").chart/templates/bye.yaml["Job bye"]', value: "pre-delete" },
    ]);
    helm.answers(
      part("templates/two.yaml", object("Job", "a")) + part("templates/two.yaml", object("Job", "a")),
    );
    expect(await faultsOf(() => objects("web"))).toMatchObject([
      { problem: "is the name of another Job of the chart" },
    ]);
    helm.answers(part("templates/text.yaml", "just: text") + part("crds/a.yaml", "a: b: c"));
    expect(await faultsOf(() => objects("web"))).toMatchObject([
      {
        path: 'HelmObjects("web").chart/templates/text.yaml',
        problem: "renders something that is no object",
      },
      { path: 'HelmObjects("web").chart/crds/a.yaml', problem: "renders something that is no object" },
    ]);
  });
});

describe("HelmObjects of a chart elsewhere", () => {
  const chart = { repo: "https://charts.example.com", chart: "web", version: "1.2.3" };

  it("are refused when it cannot be pulled", async () => {
    helm.refuses("Error: chart not found");
    expect(await faultsOf(() => objects("web", { chart }))).toMatchObject([
      { path: 'HelmObjects("web").chart', value: chart, problem: "cannot be pulled: chart not found" },
    ]);
    const [{ args } = { args: [] }, ...more] = helm.calls();
    expect(args.slice(0, 6)).toEqual(["pull", "web", "--repo", chart.repo, "--version", "1.2.3"]);
    expect(more).toEqual([]);
  });

  it("are refused before anything is asked when the version is a range", async () => {
    const faults = await faultsOf(() => objects("web", { chart: { ...chart, version: "^1.2.3" } }));
    expect(faults).toMatchObject([{ path: 'HelmObjects("web").chart.version' }]);
  });
});
