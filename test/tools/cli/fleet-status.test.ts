import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { assess, type MemberReport } from "../../../tools/cli/fleet-status.ts";
import { startApiServer } from "../../support/api-server.ts";
import type { StateEntry } from "../../support/engine-states.ts";
import {
  fleetOf,
  helmEntries,
  memberRecord,
  objectEntries,
  providerEntry,
  releaseEntry,
  releaseRecord,
} from "../../support/release-states.ts";

const secrets = "/api/v1/namespaces/shop/secrets";

/** What Helm stores of a revision, in the Secret's data. */
function stored(version: number, more: object = {}): { data: { release: string } } {
  const record = {
    version,
    info: { status: "deployed", description: "Install complete" },
    chart: { metadata: { name: "storefront", version: "0.1.0" } },
    config: { replicas: 2 },
    manifest: "",
    ...more,
  };
  const compressed = gzipSync(JSON.stringify(record)).toString("base64");
  return { data: { release: Buffer.from(compressed).toString("base64") } };
}

/** A cluster with these answers by path; everything else is not there. Every question is written down in `asked`. */
function answering(answers: Record<string, unknown>, asked: string[] = []): RequestListener {
  return ({ method, url = "" }, response) => {
    const path = url.split("?")[0] ?? "";
    asked.push(`${method} ${url}`);
    response.statusCode = path in answers ? 200 : 404;
    response.end(JSON.stringify(answers[path] ?? { message: "not found" }));
  };
}

function releaseWith(...versions: [number, object][]): Record<string, unknown> {
  const items = versions.map(([version]) => ({
    metadata: { name: `v${version}`, labels: { version: String(version) } },
  }));
  const each = versions.map(([version, more]) => [`${secrets}/v${version}`, stored(version, more)]);
  return { [secrets]: { items }, ...Object.fromEntries(each) };
}

async function statusOf(entries: StateEntry[]): Promise<MemberReport[]> {
  const fleet = fleetOf(entries);
  const found = await assess(
    fleet,
    fleet.releases.flatMap(({ members }) => members),
  );
  return found.map(({ report }) => report);
}

/** The report of a member `eu-1` with a Helm release, on a cluster with these answers. */
async function helmStatus(answers: Record<string, unknown>, asked: string[] = []): Promise<MemberReport> {
  await using server = await startApiServer(answering(answers, asked));
  const record = releaseRecord([memberRecord("eu-1")]);
  const [report] = await statusOf([
    releaseEntry(record),
    ...helmEntries("eu-1"),
    providerEntry("eu-1", server.kubeconfig()),
  ]);
  return report as MemberReport;
}

describe("a member with a Helm release", () => {
  it("is told by Helm's newest record, of which there are more than nine", async () => {
    const asked: string[] = [];
    const report = await helmStatus(releaseWith([9, { info: { status: "superseded" } }], [10, {}]), asked);
    expect(report).toMatchObject({
      release: "storefront",
      cluster: "eu-1",
      cloud: "aws",
      word: "DEPLOYED",
      asWanted: true,
      helm: { revision: 10, version: "0.1.0" },
      provenance: { replicas: { layer: "values" } },
    });
    expect(asked[0]).toBe(`GET ${secrets}?labelSelector=owner%3Dhelm%2Cname%3Dstorefront-runtime`);
    expect(asked.every((question) => question.startsWith("GET "))).toBe(true);
  });

  it("is NOT INSTALLED without a record; an API server writes an empty list as null", async () => {
    expect(await helmStatus({ [secrets]: { items: null } })).toMatchObject({
      word: "NOT INSTALLED",
      asWanted: false,
    });
  });

  it("takes a record without values for one with an empty map", async () => {
    const report = await helmStatus(releaseWith([1, { config: null }]));
    expect(report.stale).toEqual([{ kind: "values", paths: ["replicas"] }]);
  });

  it("has the drift of its objects, found where the API server says that their kinds are", async () => {
    const manifest = [
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: greeting\ndata:\n  date: 2026-11-25\n  answer: 'yes'",
      "---\n# nothing but a comment",
      "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: extra\n  namespace: ignored",
      "apiVersion: example.com/v1\nkind: Gadget\nmetadata:\n  name: gone",
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: other\n    namespace: elsewhere",
    ].join("\n---\n");
    const resources = [
      { name: "configmaps", kind: "ConfigMap", namespaced: true },
      { name: "namespaces", kind: "Namespace", namespaced: false },
      { name: "namespaces/status", kind: "Namespace", namespaced: false },
    ];
    const live = { metadata: { name: "greeting" }, data: { date: "2026-11-25", answer: "no" } };
    const report = await helmStatus({
      ...releaseWith([1, { manifest }]),
      "/api/v1": { resources },
      "/api/v1/namespaces/shop/configmaps/greeting": live,
      "/api/v1/namespaces/extra": { metadata: { name: "extra" } },
      "/api/v1/namespaces/elsewhere/configmaps/other": { metadata: { name: "other" } },
    });
    expect(report.word).toBe("DEPLOYED");
    expect(report.asWanted).toBe(false);
    expect(report.drift).toEqual([
      {
        object: "ConfigMap shop/greeting",
        field: "data.answer",
        wanted: "yes",
        found: "no",
        autoscaled: false,
      },
      { object: "Gadget gone", autoscaled: false },
    ]);
  });

  it("is not looked at for drift while Helm has something else to do", async () => {
    const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: gone";
    const info = { status: "failed", description: "Upgrade failed: timed out" };
    expect(await helmStatus(releaseWith([2, { info, manifest }]))).toMatchObject({
      word: "FAILED",
      error: "Upgrade failed: timed out",
      drift: [],
    });
  });
});

describe("a member with single objects", () => {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "shop" },
    data: { x: "1" },
  };
  const resources = [{ name: "configmaps", kind: "ConfigMap", namespaced: true }];
  const where = "/api/v1/namespaces/shop/configmaps/a";

  const status = async (
    answers: Record<string, unknown>,
    change: (entries: StateEntry[]) => void = () => {},
  ) => {
    await using server = await startApiServer(answering({ "/api/v1": { resources }, ...answers }));
    const record = releaseRecord([memberRecord("eu-1")], { kind: "manifests" });
    const entries = objectEntries("eu-1", [object]);
    change(entries);
    const [report] = await statusOf([
      releaseEntry(record),
      ...entries,
      providerEntry("eu-1", server.kubeconfig()),
    ]);
    return report as MemberReport;
  };

  it("is compared with the objects of the state", async () => {
    expect(await status({ [where]: object })).toMatchObject({ word: "DEPLOYED", asWanted: true });
    expect(await status({})).toMatchObject({ word: "NOT INSTALLED", drift: [] });
    expect(await status({ [where]: { ...object, data: { x: "2" } } })).toMatchObject({
      word: "STALE",
      stale: [{ kind: "objects", objects: ["ConfigMap shop/a"] }],
      drift: [{ field: "data.x", wanted: "1", found: "2" }],
    });
  });

  it("is FAILED where the engine could not make an object ready", async () => {
    const report = await status({ [where]: object }, ([, entry]) => {
      if (entry !== undefined) entry.initErrors = ["it has no endpoints"];
    });
    expect(report).toMatchObject({ word: "FAILED", error: "it has no endpoints" });
  });
});

describe("members on several clusters", () => {
  it("are told in order, one silent cluster never hiding the others", async () => {
    await using good = await startApiServer(answering(releaseWith([1, {}])));
    await using gone = await startApiServer(() => {});
    const lost = gone.kubeconfig();
    await gone[Symbol.asyncDispose]();
    const record = releaseRecord(["eu-1", "us-1", "us-2"].map((cluster) => memberRecord(cluster)));
    const reports = await statusOf([
      releaseEntry(record),
      ...["eu-1", "us-1", "us-2", "old-1"].flatMap(helmEntries),
      providerEntry("us-1", good.kubeconfig()),
      providerEntry("us-2", good.kubeconfig()),
      providerEntry("eu-1", lost),
    ]);
    expect(reports.map(({ cluster, word }) => [cluster, word])).toEqual([
      ["eu-1", "UNKNOWN"],
      ["us-1", "DEPLOYED"],
      ["us-2", "DEPLOYED"],
      ["old-1", "STALE"],
    ]);
    expect(reports[0]?.error).toContain("ECONNREFUSED");
    expect(reports[3]).toMatchObject({ target: false, stale: [{ kind: "left the group" }] });
  });
});
