// The example of one CockroachDB over three clouds, as far as a machine without containers can tell: every member has
// what it needs to know of the others.
import { existsSync } from "node:fs";
import type {
  KubernetesObject,
  V1Container,
  V1EndpointSlice,
  V1Job,
  V1PersistentVolumeClaim,
  V1Service,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FreshCheckout } from "../support/checkout.ts";

interface Kinds {
  EndpointSlice: V1EndpointSlice;
  Job: V1Job;
  PersistentVolumeClaim: V1PersistentVolumeClaim;
  Service: V1Service;
  StatefulSet: V1StatefulSet;
}

const environment = "examples.cockroachdb";
const clusters = ["eu-1", "us-1", "asia-1"];
const kinds = "endpointslices,jobs,persistentvolumeclaims,services,statefulsets";
/** What was found in the database's namespace on each cluster after the last update. */
const found = new Map<string, KubernetesObject[]>();
let checkout: FreshCheckout;

beforeAll(() => {
  checkout = new FreshCheckout();
});

afterAll(() => checkout.remove(environment));

function up(options = "") {
  const outcome = checkout.succeed(`npm run up -- ${environment} --yes ${options}`);
  for (const cluster of clusters) {
    const credentials = `<(npx breakwater kubeconfig ${cluster} --environment ${environment})`;
    const { stdout } = checkout.succeed(
      `eval "$(npx breakwater env ${environment})" && kubectl --kubeconfig ${credentials} ` +
        `get ${kinds} --namespace data-prod --sort-by metadata.name --output json`,
    );
    found.set(cluster, (JSON.parse(stdout) as { items: KubernetesObject[] }).items);
  }
  return outcome;
}

/** The objects of a kind on one cluster, by name. */
function objects<Kind extends keyof Kinds>(cluster: string, kind: Kind): Kinds[Kind][] {
  return (found.get(cluster) ?? []).filter((object) => object.kind === kind) as Kinds[Kind][];
}

/** The addresses of a cluster's load balancers. */
function addresses(cluster: string): string[] {
  return objects(cluster, "Service")
    .filter(({ spec }) => spec?.type === "LoadBalancer")
    .flatMap(({ status }) => status?.loadBalancer?.ingress?.[0]?.ip ?? []);
}

/** The container of the database's nodes on a cluster. */
function containerOn(cluster: string): V1Container | undefined {
  return objects(cluster, "StatefulSet")[0]?.spec?.template.spec?.containers[0];
}

/** The lists of nodes to join: those on other clusters, and those beside it. */
function joined(cluster: string): string[][] | undefined {
  return containerOn(cluster)
    ?.args?.filter((arg) => arg.startsWith("--join="))
    .map((arg) => arg.slice("--join=".length).split(",").sort());
}

function expectJoined(nodes: number): void {
  expect(new Set(clusters.flatMap(addresses)).size).toBe(clusters.length * nodes);
  for (const cluster of clusters) {
    const others = clusters.filter((other) => other !== cluster).flatMap(addresses);
    expect(joined(cluster), cluster).toEqual([others.sort(), addresses(cluster).sort()]);
    const ready = objects(cluster, "StatefulSet").map(({ status }) => status?.readyReplicas);
    expect(ready, cluster).toEqual([nodes]);
  }
}

describe("one CockroachDB over three clouds", () => {
  it("comes up with one command", () => {
    expect(up().text).toMatch(/Resources:\n\s+\+ \d+ created/);
  });

  it("joins on each cluster exactly the nodes of the other two, at the addresses of their load balancers", () => {
    expectJoined(2);
  });

  it.each(clusters)(
    "gives each node on %s the address of a load balancer that leads to it alone",
    (cluster) => {
      const given = containerOn(cluster)?.env?.find(({ name }) => name === "ADDRESSES")?.value;
      expect(given).toBe(addresses(cluster).join(" "));
      const balancers = objects(cluster, "EndpointSlice").map(({ metadata, endpoints }) => [
        metadata?.labels?.["kubernetes.io/service-name"],
        endpoints?.map(({ targetRef }) => targetRef?.name),
      ]);
      for (const node of [0, 1]) {
        const leads = [`cockroachdb-network-database-${node}`, [`cockroachdb-database-${node}`]];
        expect(balancers).toContainEqual(leads);
      }
    },
  );

  it.each([
    ["eu-1", "gp3", "cloud=aws,region=eu-west-1"],
    ["us-1", "premium-rwo", "cloud=gcp,region=us-central1"],
    ["asia-1", "managed-csi-premium", "cloud=azure,region=southeastasia"],
  ])("has on %s volumes of the class %s, and the locality %s", (cluster, storageClass, locality) => {
    const volumes = objects(cluster, "PersistentVolumeClaim");
    expect(volumes.map(({ spec, status }) => [spec?.storageClassName, status?.phase])).toEqual([
      [storageClass, "Bound"],
      [storageClass, "Bound"],
    ]);
    expect(containerOn(cluster)?.args).toContain(`--locality=${locality}`);
  });

  it("is made on one cluster only", () => {
    const jobs = clusters.map((cluster) => objects(cluster, "Job").map(({ status }) => status?.succeeded));
    expect(jobs).toEqual([[1], [], []]);
  });

  it("has nothing to do the second time", () => {
    expect(up("-- --expect-no-changes").text).toMatch(/\d+ unchanged/);
  });

  it("lets the nodes of all clusters know when there are more of them", () => {
    checkout.edit("stacks/examples/cockroachdb.ts", "const nodes = 2;", "const nodes = 3;");
    up();
    expectJoined(3);
  });

  it("leaves no process and no file when it is taken down", () => {
    checkout.succeed(`npm run down -- ${environment} --yes`);
    expect(checkout.fleet()).toEqual([]);
    expect(checkout.engines()).toEqual([]);
    expect(existsSync(checkout.state)).toBe(false);
  });
});
