// The charts of a CockroachDB as the real Helm reads, checks and renders them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  V1Container,
  V1Job,
  V1NetworkPolicy,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1Service,
  V1StatefulSet,
  V1StorageClass,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ensureToolchain } from "../../../tools/toolchain/toolchain.ts";

interface Kinds {
  Job: V1Job;
  NetworkPolicy: V1NetworkPolicy;
  PodDisruptionBudget: V1PodDisruptionBudget;
  Service: V1Service;
  StatefulSet: V1StatefulSet;
  StorageClass: V1StorageClass;
}

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
}

type Chart = "cockroachdb" | "cockroachdb-network";

const charts = join(import.meta.dirname, "../../../charts");
const selector = { "app.kubernetes.io/name": "cockroachdb", "app.kubernetes.io/instance": "orders" };
const member = {
  addresses: ["10.0.0.1", "10.0.0.2"],
  join: ["10.1.0.1", "lb.example.com"],
  locality: "cloud=aws,region=eu-west-1",
};
let helm: string;
let folder: string;

beforeAll(async () => {
  helm = join((await ensureToolchain()).bin, "helm");
  folder = mkdtempSync(join(tmpdir(), "cockroachdb-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(line: string[], values: object) {
  const file = join(folder, "values.json");
  writeFileSync(file, JSON.stringify(values));
  // Helm looks for its plugins and caches in the user's home; nothing of a person's may count here.
  const env = { PATH: process.env["PATH"], HOME: folder };
  const { status, stdout, stderr, error } = spawnSync(helm, [...line, "--values", file], {
    encoding: "utf8",
    env,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

function template(chart: Chart, values: object) {
  return run(["template", "orders", join(charts, chart), "--namespace", "data-prod"], values);
}

function rendered(values: object = {}, chart: Chart = "cockroachdb"): Manifest[] {
  const { status, stdout, stderr } = template(
    chart,
    chart === "cockroachdb" ? { ...member, ...values } : values,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

function only<Kind extends keyof Kinds>(objects: Manifest[], kind: Kind): Kinds[Kind] {
  const [found, ...more] = objects.filter((object) => object.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`there is not exactly one ${kind}`);
  return found as Kinds[Kind];
}

function podOf(workload: V1StatefulSet | V1Job): { spec: V1PodSpec; container: V1Container } {
  const spec = workload.spec?.template.spec;
  const [container, ...more] = spec?.containers ?? [];
  if (spec === undefined || spec === null || container === undefined || more.length > 0) {
    throw new Error("the Pod has not exactly one container");
  }
  return { spec, container };
}

/** What the container of the nodes runs in the end, as its shell puts it together for one of them. */
function commandOf(objects: Manifest[], node: number): string {
  const { container } = podOf(only(objects, "StatefulSet"));
  const [shell = "", options = "", script = "", ...rest] = [
    ...(container.command ?? []),
    ...(container.args ?? []),
  ];
  const env = {
    ADDRESSES: container.env?.find(({ name }) => name === "ADDRESSES")?.value,
    NODE: String(node),
  };
  const printed = script.replace("exec ", "echo ");
  return spawnSync(shell, [options, printed, ...rest], { encoding: "utf8", env }).stdout.trim();
}

describe("the cockroachdb chart", () => {
  it("passes Helm's strict lint, as does the chart of its network", () => {
    expect(run(["lint", "--strict", join(charts, "cockroachdb")], member).status).toBe(0);
    expect(run(["lint", "--strict", join(charts, "cockroachdb-network")], {}).status).toBe(0);
  });

  it("is named after its release, in the namespace of the release", () => {
    const job = expect.stringMatching(/^orders-init-[0-9a-f]{8}$/);
    const storage = { className: "gp3", provisioner: "ebs.csi.aws.com" };
    const objects = rendered({ initialise: true, storage });
    expect(objects.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace])).toEqual([
      ["NetworkPolicy", "orders", "data-prod"],
      ["PodDisruptionBudget", "orders", "data-prod"],
      ["StorageClass", "gp3", undefined],
      ["Service", "orders", "data-prod"],
      ["Service", "orders-nodes", "data-prod"],
      ["StatefulSet", "orders", "data-prod"],
      ["Job", job, "data-prod"],
    ]);
  });

  it("starts each node under its own address, to join the nodes on the other clusters and those beside it", () => {
    const objects = rendered();
    expect(only(objects, "StatefulSet").spec?.replicas).toBe(2);
    expect([0, 1].map((node) => commandOf(objects, node))).toEqual(
      member.addresses.map(
        (address) =>
          `/cockroach/cockroach start --advertise-addr=${address} --join=10.1.0.1,lb.example.com --join=10.0.0.1,10.0.0.2 ` +
          "--locality=cloud=aws,region=eu-west-1 --certs-dir=/cockroach/certificates --store=/cockroach/data " +
          "--cache=.25 --max-sql-memory=.25 --logtostderr=INFO",
      ),
    );
  });

  it("never runs without certificates", () => {
    const certificates = { nodeSecret: "node-certificates", clientSecret: "root-certificates" };
    const objects = rendered({ initialise: true, certificates });
    const volumes = (workload: V1StatefulSet | V1Job) => podOf(workload).spec.volumes;
    const volume = (secretName: string) => [
      { name: "certificates", secret: { secretName, defaultMode: 0o400 } },
    ];
    expect(volumes(only(objects, "StatefulSet"))).toEqual(volume("node-certificates"));
    expect(volumes(only(objects, "Job"))).toEqual(volume("root-certificates"));
    expect(JSON.stringify(objects)).not.toContain("insecure");
  });

  it("keeps its volumes, of the class that it is told", () => {
    const claims = (storage: object) => only(rendered({ storage }), "StatefulSet").spec?.volumeClaimTemplates;
    const resources = { requests: { storage: "20Gi" } };
    expect(claims({ className: "gp3" })).toMatchObject([
      { spec: { accessModes: ["ReadWriteOnce"], storageClassName: "gp3", resources } },
    ]);
    expect(claims({})?.[0]?.spec).not.toHaveProperty("storageClassName");
    expect(only(rendered(), "StatefulSet").spec?.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
  });

  it("makes the class only for a cluster that does not have it", () => {
    const classes = (storage: object) => rendered({ storage }).filter(({ kind }) => kind === "StorageClass");
    expect(classes({ className: "gp3" })).toEqual([]);
    expect(classes({ className: "gp3", provisioner: "ebs.csi.aws.com" })).toMatchObject([
      { provisioner: "ebs.csi.aws.com", reclaimPolicy: "Retain", volumeBindingMode: "WaitForFirstConsumer" },
    ]);
  });

  it("is made where it is told to be, anew with every Pod that would have to be changed", () => {
    const jobs = (values: object) => rendered(values).filter(({ kind }) => kind === "Job");
    const named = (values: object) =>
      jobs({ initialise: true, ...values }).map(({ metadata }) => metadata.name);
    expect(jobs({})).toEqual([]);
    expect(named({ join: [] })).toEqual(named({}));
    expect(named({ image: { tag: "v25.2.2" } })).not.toEqual(named({}));
    expect(only(rendered({ initialise: true }), "Job").spec?.template.metadata?.labels).not.toMatchObject(
      selector,
    );
  });

  it("has a budget only where a node is left when one is taken away", () => {
    const budgets = (addresses: string[]) =>
      rendered({ addresses }).filter(({ kind }) => kind === "PodDisruptionBudget");
    expect(budgets(["10.0.0.1"])).toEqual([]);
    expect(budgets(["10.0.0.1", "10.0.0.2"])).toMatchObject([
      { spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
    ]);
  });

  it("opens the way between nodes of all clusters, and the console to its own namespace only", () => {
    const { spec } = only(rendered(), "NetworkPolicy");
    const nodes = { ports: [{ port: 26257, protocol: "TCP" }] };
    expect(spec?.ingress).toEqual([
      nodes,
      { from: [{ podSelector: {} }], ports: [{ port: 8080, protocol: "TCP" }] },
    ]);
    expect(spec?.egress?.[0]).toEqual(nodes);
  });

  it('passes Pod Security "restricted" with all of its Pods', () => {
    const objects = rendered({ initialise: true });
    for (const workload of [only(objects, "StatefulSet"), only(objects, "Job")]) {
      const { spec, container } = podOf(workload);
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });
});

describe("the cockroachdb-network chart", () => {
  it("has a load balancer for each node, which leads to it before it is ready", () => {
    const nodes = only(rendered(), "StatefulSet").spec?.template.metadata?.labels;
    const services = rendered({ nodes: 3 }, "cockroachdb-network") as (Manifest & V1Service)[];
    expect(services.map(({ metadata }) => metadata.name)).toEqual(["orders-0", "orders-1", "orders-2"]);
    for (const [index, { spec }] of services.entries()) {
      const { "apps.kubernetes.io/pod-index": number, ...labels } = spec?.selector ?? {};
      expect([number, spec?.type, spec?.publishNotReadyAddresses]).toEqual([
        `${index}`,
        "LoadBalancer",
        true,
      ]);
      expect(nodes).toMatchObject(labels);
    }
  });

  it("tells clouds what load balancers to make", () => {
    const annotations = { "networking.gke.io/load-balancer-type": "Internal" };
    const [service] = rendered({ nodes: 1, annotations }, "cockroachdb-network") as (Manifest & V1Service)[];
    expect(service?.metadata).toMatchObject({ annotations });
  });
});

describe("the schemas of the charts", () => {
  it.each([
    ["no addresses", { addresses: undefined }, "missing property 'addresses'"],
    ["an empty list of addresses", { addresses: [] }, "at '/addresses': minItems: got 0, want 1"],
    [
      "an address twice",
      { addresses: ["10.0.0.1", "10.0.0.1"] },
      "at '/addresses': items at 0 and 1 are equal",
    ],
    ["an address with a port", { join: ["10.0.0.1:26257"] }, "at '/join/0': '10.0.0.1:26257' does not match"],
    ["addresses in one text", { join: "10.0.0.1,10.0.0.2" }, "at '/join': got string, want array"],
    ["a locality without tiers", { locality: "eu-west-1" }, "at '/locality': 'eu-west-1' does not match"],
    [
      "no certificates",
      { certificates: { nodeSecret: "" } },
      "at '/certificates/nodeSecret': '' does not match",
    ],
    ["a mode without certificates", { insecure: true }, "additional properties 'insecure' not allowed"],
    [
      "a provisioner for no class",
      { storage: { provisioner: "ebs.csi.aws.com" } },
      "at '/storage/className': minLength: got 0, want 1",
    ],
    ["the latest image", { image: { tag: "latest-v25.2" } }, "at '/image/tag': 'not' failed"],
  ])("refuse %s", (_, values, reason) => {
    const { status, stdout, stderr } = template("cockroachdb", { ...member, ...values });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(reason);
  });

  it.each([
    ["no node", { nodes: 0 }, "at '/nodes': minimum: got 0, want 1"],
    ["too many nodes", { nodes: 10 }, "at '/nodes': maximum: got 10, want 9"],
  ])("refuse a network of %s", (_, values, reason) => {
    expect(template("cockroachdb-network", values).stderr).toContain(reason);
  });
});
