// Charts as the real Helm renders and pulls them for HelmObjects; what would be made is recorded, not made.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HelmObjects, type HelmObjectsArgs } from "../../../components/kubernetes/helm-objects.ts";
import { helm } from "../../../components/releases/source.ts";
import { checkSource } from "../../../components/releases/source-check.ts";
import { ensureToolchain } from "../../../tools/toolchain/toolchain.ts";
import { clusterRef } from "../../support/cluster-refs.ts";
import { faultsOf, only, recorded } from "../../support/program.ts";
import type { Recorded } from "../../support/requests.ts";

const before = { directory: process.cwd(), path: process.env["PATH"], home: process.env["HOME"] };
let project: string;

/** A project of its own with two charts, as the working directory, and the real Helm on PATH. */
beforeAll(async () => {
  const { bin } = await ensureToolchain();
  project = mkdtempSync(join(tmpdir(), "breakwater-helm-"));
  cpSync(join(import.meta.dirname, "../../../charts/storefront"), join(project, "charts/storefront"), {
    recursive: true,
  });
  for (const folder of ["templates", "crds"])
    mkdirSync(join(project, "charts/web", folder), { recursive: true });
  for (const [file, text] of Object.entries(web)) writeFileSync(join(project, "charts/web", file), text);
  writeFileSync(join(project, "package.json"), "{}");
  process.chdir(project);
  // Nothing of a person's own Helm may count here.
  process.env["HOME"] = project;
  process.env["PATH"] = [bin, before.path].join(delimiter);
});

afterAll(() => {
  process.env["PATH"] = before.path;
  process.env["HOME"] = before.home;
  process.chdir(before.directory);
  rmSync(project, { recursive: true, force: true });
});

const web = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\nkubeVersion: '>=1.30.0'\n",
  "values.yaml": "colour: blue\nprobe: {path: /, port: 80}\n",
  "crds/shop.yaml": `# Shops
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec: {scope: Cluster, group: example.com, names: {kind: Shop, plural: shops}}
`,
  "templates/objects.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  kubernetes: {{ .Capabilities.KubeVersion.Version | quote }}
  colour: {{ required "which colour?" .Values.colour }}
  probe: {{ .Values.probe | toJson | quote }}
  quiet: "{{ .Release.IsInstall }}"
---
apiVersion: example.com/v1
kind: Shop
metadata: {name: main}
`,
  "templates/hooks.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "1"}
spec: {template: {spec: {restartPolicy: Never}}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: migrator
  annotations: {helm.sh/hook: "pre-upgrade, pre-install"}
---
apiVersion: v1
kind: Pod
metadata: {name: ask, annotations: {helm.sh/hook: test}}
{{- if .Values.farewell }}
---
apiVersion: batch/v1
kind: Job
metadata: {name: farewell, annotations: {helm.sh/hook: pre-delete}}
{{- end }}
`,
};

const objects = (more: Partial<HelmObjectsArgs> = {}) =>
  new HelmObjects("web", {
    cluster: clusterRef("eu-1"),
    namespace: "shop",
    releaseName: "web-runtime",
    chart: "charts/web",
    ...more,
  });

const namesOf = (resources: Recorded[]) =>
  resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ name }) => name);

const job = (resources: Recorded[]) => only(resources, "kubernetes:batch/v1:Job").inputs["metadata"];

describe("HelmObjects of the real Helm", () => {
  it("are the objects of the storefront, but for its test", async () => {
    const { resources } = await recorded(() => void objects({ chart: "charts/storefront" }));
    expect(namesOf(resources).sort()).toEqual(
      ["configmap", "deployment", "networkpolicy", "poddisruptionbudget", "service"].map(
        (kind) => `web-${kind}-web-runtime`,
      ),
    );
  });

  it("stand in the order of definitions, hooks and objects, with the member's values", async () => {
    const values = { colour: "red", probe: { port: null } };
    const { resources } = await recorded(() => void objects({ values, kubeVersion: "1.33.1" }));
    expect(namesOf(resources)).toEqual([
      "web-customresourcedefinition-shops.example.com",
      "web-serviceaccount-migrator",
      "web-job-migrate",
      "web-configmap-web-runtime",
      "web-shop-main",
    ]);
    expect(only(resources, "kubernetes:core/v1:ConfigMap").inputs).toMatchObject({
      metadata: { name: "web-runtime", namespace: "shop" },
      data: { kubernetes: "v1.33.1", colour: "red", probe: '{"path":"/"}', quiet: "true" },
    });
  });

  it("give the Job of a hook another name when a value changes, and the same when none does", async () => {
    const named = async (values: object) =>
      job((await recorded(() => void objects({ values: { ...values } }))).resources);
    expect(await named({})).toEqual(await named({ colour: "blue" }));
    expect(await named({})).not.toEqual(await named({ colour: "red" }));
  });

  it("are refused in Helm's words when the chart refuses its values", async () => {
    expect(await faultsOf(() => objects({ values: { colour: null } }))).toMatchObject([
      { path: 'HelmObjects("web").chart', problem: expect.stringContaining("which colour?") },
    ]);
    expect(await faultsOf(() => objects({ kubeVersion: "1.29.0" }))).toMatchObject([
      { problem: expect.stringContaining("incompatible with Kubernetes v1.29.0") },
    ]);
    const wrong = { chart: "charts/storefront", values: { replicas: "3" } };
    expect(await faultsOf(() => objects(wrong))).toMatchObject([
      { problem: expect.stringMatching(/storefront: .*'\/replicas': got string, want integer/) },
    ]);
  });

  it("are refused with a hook that cannot be kept, by its file", async () => {
    expect(await faultsOf(() => objects({ values: { farewell: true } }))).toMatchObject([
      { path: 'HelmObjects("web").chart/templates/hooks.yaml["Job farewell"]', value: "pre-delete" },
    ]);
  });
});

describe("a chart in a repository", () => {
  let server: ChildProcess;
  let repo: string;

  /** In a process of its own, because Helm is waited for. */
  beforeAll(async () => {
    const site = join(project, "site");
    mkdirSync(site);
    for (const line of [`package charts/web --destination ${site}`, `repo index ${site}`]) {
      const { status, stderr } = spawnSync("helm", line.split(" "), { encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
    const program = `
      const { createReadStream, existsSync } = require("node:fs");
      const server = require("node:http").createServer(({ url }, answer) => {
        const file = ${JSON.stringify(site)} + url;
        if (existsSync(file)) createReadStream(file).pipe(answer);
        else answer.writeHead(404).end();
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    server = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    if (server.stdout === null) throw new Error("the server has no output");
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    repo = `http://127.0.0.1:${port.toString().trim()}`;
  });

  afterAll(() => void server.kill());

  const chart = () => ({ repo, chart: "web", version: "1.2.3" });

  it("is pulled and rendered like one here, and its values are checked", async () => {
    const { resources } = await recorded(() => void objects({ chart: chart() }));
    expect(namesOf(resources)).toContain("web-configmap-web-runtime");
    const { check, faults } = checkSource("source", helm({ ...chart(), objects: true }));
    expect(faults).toEqual([]);
    expect(check({ color: "red" })).toMatchObject([{ keys: ["color"], instead: "colour" }]);
  });

  it("is refused when the repository does not have that version", async () => {
    expect(await faultsOf(() => objects({ chart: { ...chart(), version: "9.9.9" } }))).toMatchObject([
      { problem: expect.stringMatching(/^cannot be pulled: .*9\.9\.9/) },
    ]);
  });

  it("is not asked for again, so that a repository that is gone is no trouble", async () => {
    server.kill();
    await once(server, "exit");
    const { resources } = await recorded(() => void objects({ chart: chart() }));
    expect(namesOf(resources)).toContain("web-configmap-web-runtime");
    expect(await faultsOf(() => objects({ chart: { ...chart(), version: "1.2.4" } }))).toMatchObject([
      { problem: expect.stringMatching(/^cannot be pulled: .*connection refused/) },
    ]);
  });
});
