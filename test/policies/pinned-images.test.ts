import { describe, expect, it } from "vitest";
import { pinnedImages } from "../../policies/rules/pinned-images.ts";
import { faultsOf } from "./faults.ts";

const digest = `sha256:${"0f".repeat(32)}`;

const judge = (type: string, props: Record<string, unknown>) => faultsOf(pinnedImages, { type, props });
const pod = (image?: unknown) =>
  judge("kubernetes:core/v1:Pod", { spec: { containers: [{ name: "web", image }] } });

describe("the rule about images", () => {
  it.each([
    "nginx:1.29.3",
    "registry.k8s.io/pause:3.10",
    "localhost:5000/team/web:v2.0.1-alpine",
    "ghcr.io/team/web:3f2a9bc",
    "web:20261121",
    `nginx@${digest}`,
    `nginx:latest@${digest}`,
  ])("lets %s pass", (image) => {
    expect(pod(image)).toEqual([]);
  });

  it.each([
    ["nginx", "has no tag, which means `latest`", "nginx"],
    ["localhost:5000/web", "has no tag, which means `latest`", "localhost:5000/web"],
    ["nginx:latest", "has the tag `latest`, which moves", "nginx"],
    ["nginx:Stable-alpine", "has the tag `Stable-alpine`, which moves", "nginx"],
    ["a/web:main", "has the tag `main`, which moves", "a/web"],
    ["postgres:16", "has the tag `16`, which moves with every release of that major version", "postgres"],
    ["web:v2-slim", "has the tag `v2-slim`, which moves with every release of that major version", "web"],
    ["nginx@sha256:abc", "has a digest that is none", "nginx"],
  ])("refuses %s: it %s", (image, problem, name) => {
    expect(pod(image)).toEqual([
      {
        path: "spec.containers[0].image",
        value: image,
        problem,
        allowed: "an image with a digest, or with the full version as its tag",
        instead: `${name}:<version> or ${name}@sha256:<digest>`,
      },
    ]);
  });

  it.each([
    ["core/v1:Pod", "spec"],
    ["core/v1:PodTemplate", "template.spec"],
    ["core/v1:ReplicationController", "spec.template.spec"],
    ["apps/v1:Deployment", "spec.template.spec"],
    ["apps/v1:DeploymentPatch", "spec.template.spec"],
    ["apps/v1:ReplicaSet", "spec.template.spec"],
    ["apps/v1:StatefulSet", "spec.template.spec"],
    ["apps/v1:DaemonSet", "spec.template.spec"],
    ["batch/v1:Job", "spec.template.spec"],
    ["batch/v1:CronJob", "spec.jobTemplate.spec.template.spec"],
  ])("finds every image of a %s", (kind, path) => {
    const description = {
      containers: [{ image: "a:1.0.0" }, { image: "a" }],
      initContainers: [{ image: "b" }],
      ephemeralContainers: [{ image: "c" }],
      volumes: [{ emptyDir: {} }, { image: { reference: "d" } }],
    };
    const props = path.split(".").reduceRight((inner: object, key) => ({ [key]: inner }), description);
    expect(judge(`kubernetes:${kind}`, props as Record<string, unknown>).map((fault) => fault.path)).toEqual([
      `${path}.initContainers[0].image`,
      `${path}.containers[1].image`,
      `${path}.ephemeralContainers[0].image`,
      `${path}.volumes[1].image.reference`,
    ]);
  });

  it("leaves what is missing to the API server", () => {
    expect(judge("kubernetes:apps/v1:Deployment", {})).toEqual([]);
    expect(judge("kubernetes:apps/v1:Deployment", { spec: { template: { spec: null } } })).toEqual([]);
    expect(pod(undefined)).toEqual([]);
  });

  it("has nothing to say about other kinds", () => {
    expect(judge("kubernetes:example.com/v1:Pod", { spec: { containers: [{ image: "a" }] } })).toEqual([]);
  });
});
