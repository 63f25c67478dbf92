// The storefront chart as the real Helm reads, checks and renders it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1ConfigMap, V1Deployment, V1NetworkPolicy, V1Pod, V1Service } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ensureToolchain } from "../../../tools/toolchain/toolchain.ts";

interface Kinds {
  ConfigMap: V1ConfigMap;
  Deployment: V1Deployment;
  NetworkPolicy: V1NetworkPolicy;
  Pod: V1Pod;
  Service: V1Service;
}

interface Manifest {
  kind: string;
  metadata: { name: string; namespace: string };
}

const chart = join(import.meta.dirname, "../../../charts/storefront");
const selector = { "app.kubernetes.io/name": "storefront", "app.kubernetes.io/instance": "shop" };
let helm: string;
let folder: string;

beforeAll(async () => {
  helm = join((await ensureToolchain()).bin, "helm");
  folder = mkdtempSync(join(tmpdir(), "storefront-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...line: string[]) {
  // Helm looks for its plugins and caches in the user's home; nothing of a person's may count here.
  const env = { PATH: process.env["PATH"], HOME: folder };
  const { status, stdout, stderr, error } = spawnSync(helm, line, { encoding: "utf8", env });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

function template(values: object) {
  const file = join(folder, "values.json");
  writeFileSync(file, JSON.stringify(values));
  return run("template", "shop", chart, "--namespace", "shop-prod", "--values", file);
}

function rendered(values: object = {}): Manifest[] {
  const { status, stdout, stderr } = template(values);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

/** What Helm says when it refuses values. */
function refusal(values: object): string {
  const { status, stdout, stderr } = template(values);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  return stderr;
}

function only<Kind extends keyof Kinds>(objects: Manifest[], kind: Kind): Kinds[Kind] {
  const [found, ...more] = objects.filter((object) => object.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`there is not exactly one ${kind}`);
  return found as Kinds[Kind];
}

const containerOf = (objects: Manifest[]) => only(objects, "Deployment").spec?.template.spec?.containers[0];

describe("the storefront chart", () => {
  it("passes Helm's strict lint", () => {
    const { status, stdout } = run("lint", "--strict", chart);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining("1 chart(s) linted, 0 chart(s) failed"),
    });
  });

  it("is named after its release, in the namespace of the release", () => {
    expect(rendered().map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace])).toEqual([
      ["NetworkPolicy", "shop", "shop-prod"],
      ["PodDisruptionBudget", "shop", "shop-prod"],
      ["ConfigMap", "shop", "shop-prod"],
      ["Service", "shop", "shop-prod"],
      ["Deployment", "shop", "shop-prod"],
      ["Pod", "shop-answer", "shop-prod"],
    ]);
  });

  it("brings its values to where they belong", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const objects = rendered({
      replicas: 3,
      greeting: 'Moin, "World"\n#1',
      image: { repository: "registry.example.com:5000/shop/web", digest },
      resources: { limits: { cpu: 1, memory: "1Gi" } },
    });
    expect(only(objects, "ConfigMap").data).toEqual({ PODINFO_UI_MESSAGE: 'Moin, "World"\n#1' });
    expect(only(objects, "Deployment").spec?.replicas).toBe(3);
    expect(containerOf(objects)).toMatchObject({
      image: `registry.example.com:5000/shop/web@${digest}`,
      envFrom: [{ configMapRef: { name: "shop" } }],
      resources: {
        requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "32Mi" },
        limits: { cpu: 1, memory: "1Gi", "ephemeral-storage": "64Mi" },
      },
    });
  });

  it("rolls its Pods when the greeting changes, and only then", () => {
    const podsOf = (values: object) => only(rendered(values), "Deployment").spec?.template;
    const before = podsOf({ replicas: 2, greeting: "Hello" });
    expect(podsOf({ replicas: 3, greeting: "Hello" })).toEqual(before);
    expect(podsOf({ replicas: 2, greeting: "Moin" })).not.toEqual(before);
  });

  it("has a budget only where a Pod is left when one is taken away", () => {
    const budgets = (replicas: number) =>
      rendered({ replicas }).filter(({ kind }) => kind === "PodDisruptionBudget");
    expect(budgets(1)).toEqual([]);
    expect(budgets(2)).toMatchObject([
      { apiVersion: "policy/v1", spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
    ]);
  });

  it("leads requests through the Service and the policy to the port of the Pods", () => {
    const objects = rendered();
    expect(only(objects, "Deployment").spec?.selector.matchLabels).toEqual(selector);
    expect(only(objects, "Deployment").spec?.template.metadata?.labels).toMatchObject(selector);
    expect(only(objects, "Service").spec).toEqual({
      type: "ClusterIP",
      selector,
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
    });
    expect(only(objects, "NetworkPolicy").spec).toEqual({
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ port: "http", protocol: "TCP" }] }],
    });
    expect(containerOf(objects)?.ports).toEqual([{ name: "http", containerPort: 9898, protocol: "TCP" }]);
    expect(only(objects, "Pod").metadata?.labels).not.toMatchObject(selector);
  });

  it('passes Pod Security "restricted" with all of its Pods, the test too', () => {
    const objects = rendered();
    const specs = [only(objects, "Deployment").spec?.template.spec, only(objects, "Pod").spec];
    for (const spec of specs) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(spec?.containers).toHaveLength(1);
      expect(spec?.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });
});

describe("the chart's schema", () => {
  it.each([
    ["a number of the wrong type", { replicas: "3" }, "at '/replicas': got string, want integer"],
    ["part of a Pod", { replicas: 1.5 }, "at '/replicas': got number, want integer"],
    ["no Pod", { replicas: 0 }, "at '/replicas': minimum: got 0, want 1"],
    ["too many Pods", { replicas: 101 }, "at '/replicas': maximum: got 101, want 100"],
    ["a greeting that is no text", { greeting: 3 }, "at '/greeting': got number, want string"],
    ["a greeting that was removed", { greeting: null }, "missing property 'greeting'"],
    ["an unknown key", { greting: "Moin" }, "additional properties 'greting' not allowed"],
    [
      "an unknown key further down",
      { image: { tags: "1" } },
      "at '/image': additional properties 'tags' not allowed",
    ],
    ["the latest image", { image: { tag: "latest" } }, "at '/image/tag': 'not' failed"],
    ["an image of no version", { image: { tag: "" } }, "at '/image': 'anyOf' failed"],
    [
      "a digest that is none",
      { image: { digest: "sha256:abc" } },
      "at '/image/digest': 'sha256:abc' does not",
    ],
    [
      "a version in the repository",
      { image: { repository: "a/b:1" } },
      "at '/image/repository': 'a/b:1' does",
    ],
    [
      "an amount that is no quantity",
      { resources: { limits: { memory: "64MB" } } },
      "at '/resources/limits/memory': '64MB' does not match pattern",
    ],
  ])("refuses %s", (_, values, reason) => {
    expect(refusal(values)).toContain(reason);
  });
});
