import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ApiObject,
  autoscaledObjects,
  type Drift,
  objectDrift,
} from "../../components/releases/drift.ts";
import type { ManagedFields } from "../../components/releases/managed-fields.ts";

const helm = "pulumi-resource-kubernetes";

/** An entry of managedFields, with `fieldsV1` as the API server writes it. */
function manager(
  name: string,
  fieldsV1: ManagedFields["fieldsV1"] = {},
  more: ManagedFields = {},
): ManagedFields {
  return { manager: name, operation: "Update", time: "2026-11-25T12:47:16Z", fieldsV1, ...more };
}

function deployment(spec: unknown, managedFields?: ManagedFields[]): ApiObject {
  const metadata = {
    name: "web",
    namespace: "shop",
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
}

function config(data: Record<string, string> | undefined, managedFields: ManagedFields[] = []): ApiObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "web", namespace: "shop", managedFields },
    data,
  };
}

function driftOf(
  wanted: ApiObject,
  live: ApiObject | undefined,
): Pick<Drift, "field" | "wanted" | "found">[] {
  return objectDrift(wanted, live, false).map(({ field, ...drift }) => ({
    field,
    wanted: drift.wanted,
    found: drift.found,
  }));
}

describe("drift of an object", () => {
  it("is that it is gone", () => {
    expect(objectDrift(config({}), undefined, false)).toEqual([
      { object: "ConfigMap shop/web", autoscaled: false },
    ]);
  });

  it("is a field with another value, and who has it since when", () => {
    const live = config({ text: "bye", more: "x" }, [
      manager(helm, { "f:data": {} }),
      manager("kubectl-edit", { "f:data": { "f:text": {} } }),
    ]);
    expect(objectDrift(config({ text: "hello" }), live, false)).toEqual([
      {
        object: "ConfigMap shop/web",
        field: "data.text",
        wanted: "hello",
        found: "bye",
        owner: { manager: "kubectl-edit", operation: "Update", time: "2026-11-25T12:47:16Z" },
        autoscaled: false,
      },
    ]);
  });

  it("is a field that was taken away, of which the API server keeps no owner", () => {
    const live = config({ other: "x" }, [manager(helm, { "f:data": { "f:other": {} } })]);
    expect(driftOf(config({ "a-b": "c", other: "x" }), live)).toEqual([
      { field: 'data["a-b"]', wanted: "c", found: undefined },
    ]);
  });

  it("is a field that was taken away also when nothing else is left beside it", () => {
    expect(driftOf(config({ text: "hello" }), config(undefined, [manager(helm, { "f:data": {} })]))).toEqual([
      { field: "data", wanted: { text: "hello" }, found: undefined },
    ]);
  });

  it("is no field that the manifest does not set: those of the API server, of controllers, of anybody", () => {
    const live = { ...deployment({ replicas: 2, paused: true }), status: { replicas: 7 } };
    live.metadata.labels = { added: "by hand" };
    expect(driftOf(deployment({ replicas: 2 }), live)).toEqual([]);
  });

  it("is a label or an annotation of the manifest", () => {
    const wanted = config({});
    wanted.metadata.labels = { app: "web" };
    wanted.metadata.annotations = { note: "a" };
    const live = config({});
    live.metadata.annotations = { note: "b", other: "c" };
    expect(driftOf(wanted, live).map(({ field }) => field)).toEqual([
      "metadata.labels",
      "metadata.annotations.note",
    ]);
  });
});

describe("another spelling of the same value", () => {
  const wanted = { limits: { cpu: "1000m", memory: "1Gi" } };
  const stored = { limits: { cpu: "1", memory: "1Gi" } };

  it("is no drift while the release is the owner", () => {
    const live = deployment({ at: 1 }, [manager(helm, { "f:spec": { "f:at": {} } })]);
    expect(driftOf(deployment({ at: "1" }), live)).toEqual([]);
  });

  it("is no drift of a quantity, also after somebody changed it there and back", () => {
    const live = deployment(stored, [manager("kubectl", { "f:spec": { "f:limits": { "f:cpu": {} } } })]);
    expect(driftOf(deployment(wanted), live)).toEqual([]);
  });

  it("is drift where no quantity stands", () => {
    const live = config({ amount: "1" }, [manager("kubectl", { "f:data": { "f:amount": {} } })]);
    expect(driftOf(config({ amount: "1000m" }), live)).toHaveLength(1);
  });

  it.each([[null], [""], [0], [false], [{}], [[]], [{ a: { b: null } }]])(
    "is that %j is not stored",
    (value) => {
      expect(driftOf(deployment({ paused: value }), deployment({}))).toEqual([]);
    },
  );

  it("is not that a field is gone in which nothing means something", () => {
    const spec = {
      automountServiceAccountToken: false,
      volumes: { emptyDir: {} },
      nodeSelector: { gpu: "" },
    };
    expect(
      driftOf(deployment(spec), deployment({ volumes: {}, nodeSelector: {} })).map(({ field }) => field),
    ).toEqual(["spec.automountServiceAccountToken", "spec.volumes.emptyDir", "spec.nodeSelector.gpu"]);
  });

  it("is not that a custom resource has lost what is empty: it keeps everything", () => {
    const custom = (spec: unknown) => ({ ...deployment(spec), apiVersion: "example.com/v1", kind: "Gadget" });
    expect(driftOf(custom({ paused: false }), custom({}))).toHaveLength(1);
  });
});

describe("lists", () => {
  const ports = (...items: object[]) => deployment({ ports: items });
  const keyed = { "f:spec": { "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { "f:name": {} } } } };

  it("are compared by the keys that the API server tells their items apart by", () => {
    const live = deployment(
      {
        ports: [
          { containerPort: 9, protocol: "TCP" },
          { containerPort: 80, protocol: "TCP", name: "web" },
        ],
      },
      [manager("kubectl-edit", keyed)],
    );
    expect(driftOf(ports({ containerPort: 80, name: "web" }), live)).toEqual([]);
    expect(driftOf(ports({ containerPort: 80, name: "other" }), live)).toEqual([
      { field: "spec.ports[containerPort=80].name", wanted: "other", found: "web" },
    ]);
    expect(objectDrift(ports({ containerPort: 80, name: "other" }), live, false)[0]?.owner?.manager).toBe(
      "kubectl-edit",
    );
  });

  it("tell an item that was taken away", () => {
    const live = deployment({ ports: [{ containerPort: 80, protocol: "TCP" }] }, [manager(helm, keyed)]);
    expect(driftOf(ports({ containerPort: 80 }, { containerPort: 81 }), live)).toEqual([
      { field: "spec.ports[containerPort=81]", wanted: { containerPort: 81 }, found: undefined },
    ]);
  });

  it("that are sets may have more members, in any order", () => {
    const set = [manager(helm, { "f:spec": { "f:finalizers": { 'v:"a"': {}, 'v:"b"': {} } } })];
    const live = deployment({ finalizers: ["b", "a"] }, set);
    expect(driftOf(deployment({ finalizers: ["a"] }), live)).toEqual([]);
    expect(driftOf(deployment({ finalizers: ["c"] }), live)).toEqual([
      { field: 'spec.finalizers["c"]', wanted: "c", found: undefined },
    ]);
  });

  it("that have one owner are compared as they stand", () => {
    const own = (name: string) => [manager(name, { "f:spec": { "f:args": {} } })];
    const live = (name: string) => deployment({ args: ["-v", "2"] }, own(name));
    expect(driftOf(deployment({ args: ["-v", "1"] }), live("kubectl-edit"))).toEqual([
      { field: "spec.args[1]", wanted: "1", found: "2" },
    ]);
    expect(driftOf(deployment({ args: ["-v"] }), live("kubectl-edit"))).toEqual([
      { field: "spec.args", wanted: ["-v"], found: ["-v", "2"] },
    ]);
    expect(driftOf(deployment({ args: ["-v"] }), live(helm))).toEqual([]);
  });
});

describe("an autoscaler of the same release", () => {
  const manifests = [
    deployment({ replicas: 2 }),
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "scaler", namespace: "shop" },
      spec: { scaleTargetRef: { kind: "Deployment", name: "web" } },
    },
  ];

  it("owns the replicas of what it scales, and nothing else", () => {
    expect([...autoscaledObjects(manifests)]).toEqual(["Deployment shop/web"]);
    const scale = manager(
      "kube-controller-manager",
      { "f:spec": { "f:replicas": {} } },
      { subresource: "scale" },
    );
    const edit = manager("kubectl-edit", { "f:spec": { "f:paused": {} } });
    const live = deployment({ replicas: 5, paused: true }, [scale, edit]);
    const wanted = deployment({ replicas: 2, paused: false });
    const told = (autoscaled: boolean) =>
      objectDrift(wanted, live, autoscaled).map((drift) => [drift.field, drift.autoscaled]);
    expect(told(true)).toEqual([
      ["spec.replicas", true],
      ["spec.paused", false],
    ]);
    expect(told(false)).toEqual([
      ["spec.replicas", false],
      ["spec.paused", false],
    ]);
  });
});

describe("a Secret", () => {
  const secret = (more: object): ApiObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "key" },
    ...more,
  });

  it("has its texts in data, and nobody reads them in a report", () => {
    const wanted = secret({ stringData: { password: "t0ps3cret" } });
    const stored = (text: string) => secret({ data: { password: Buffer.from(text).toString("base64") } });
    expect(driftOf(wanted, stored("t0ps3cret"))).toEqual([]);
    const drift = objectDrift(wanted, stored("other"), false);
    expect(drift).toEqual([
      {
        object: "Secret key",
        field: "data.password",
        wanted: "[secret]",
        found: "[secret]",
        autoscaled: false,
      },
    ]);
  });
});

describe("any object", () => {
  const leaf = fc.oneof(fc.string({ minLength: 1 }), fc.integer({ min: 1 }), fc.constant(true));
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(
      key,
      fc.oneof({ depthSize: "small" }, leaf, fc.array(leaf, { minLength: 1 }), tie("tree")),
    ),
  }));

  it("has not drifted from itself, whatever others have added", () => {
    fc.assert(
      fc.property(tree, tree, (spec, more) => {
        const live = deployment({ ...(more as object), ...(spec as object) });
        expect(driftOf(deployment(spec), live)).toEqual([]);
      }),
    );
  });

  it("tells exactly the field that somebody changed", () => {
    fc.assert(
      fc.property(fc.dictionary(key, leaf, { minKeys: 1 }), fc.nat(), (spec, index) => {
        const keys = Object.keys(spec);
        const changed = keys[index % keys.length] as string;
        const live = deployment({ ...spec, [changed]: "changed by somebody" }, [
          manager("kubectl-edit", { "f:spec": { [`f:${changed}`]: {} } }),
        ]);
        fc.pre(spec[changed] !== "changed by somebody");
        expect(driftOf(deployment(spec), live)).toEqual([
          { field: `spec.${changed}`, wanted: spec[changed], found: "changed by somebody" },
        ]);
      }),
    );
  });
});
