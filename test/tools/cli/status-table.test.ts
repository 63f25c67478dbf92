import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { MemberReport } from "../../../tools/cli/fleet-status.ts";
import { statusTable } from "../../../tools/cli/status-table.ts";

function report(more: Partial<MemberReport>): MemberReport {
  return {
    release: "storefront",
    cluster: "eu-1",
    namespace: "shop",
    releaseName: "storefront-runtime",
    target: true,
    asWanted: true,
    word: "DEPLOYED",
    stale: [],
    drift: [],
    helm: { revision: 1, state: "deployed", chart: "storefront", version: "0.1.0" },
    ...more,
  };
}

const absent = { word: "NOT INSTALLED", helm: undefined } as unknown as Partial<MemberReport>;

const reports = [
  report({}),
  report({ cluster: "us-1", word: "UNKNOWN", error: "it did not answer within 5 s\nmore" }),
  report({
    cluster: "us-2",
    word: "STALE",
    stale: [
      { kind: "version", wanted: "0.2.0", found: "0.1.0" },
      { kind: "values", paths: ["a.b", "hosts"] },
    ],
  }),
  report({ cluster: "us-3", ...absent, target: false }),
  report({
    cluster: "us-4",
    drift: [
      { object: "ConfigMap shop/a", autoscaled: false },
      {
        object: "Deployment shop/a",
        field: "spec.replicas",
        wanted: 2,
        found: 3,
        owner: { manager: "kube-controller-manager", operation: "Update" },
        autoscaled: true,
      },
      {
        object: "Secret shop/a",
        field: "data.key",
        wanted: "[secret]",
        owner: { manager: "kubectl-edit", operation: "Update", time: "2026-11-25T12:47:16Z" },
        autoscaled: false,
      },
    ],
  }),
];

const table = `RELEASE     CLUSTER  STATUS         VERSION  WHY
storefront  eu-1     DEPLOYED       0.1.0
storefront  us-1     UNKNOWN        0.1.0    it did not answer within 5 s
storefront  us-2     STALE          0.1.0    version: wanted 0.2.0, found 0.1.0; values: a.b, hosts
storefront  us-3     NOT INSTALLED  -        not a target
storefront  us-4     DEPLOYED       0.1.0    drift
  ConfigMap shop/a is gone
  Deployment shop/a spec.replicas: wanted 2, found 3, set by kube-controller-manager (Update), owned by the autoscaler
  Secret shop/a data.key: wanted [secret], found nothing, set by kubectl-edit (Update, 2026-11-25T12:47:16Z)`;

describe("the table of the status", () => {
  it("has a line for each member and one for each drifted field", () => {
    expect(statusTable(reports, false)).toBe(table);
  });

  it("is the same text with colours", () => {
    const coloured = statusTable(reports, true);
    expect(stripVTControlCharacters(coloured)).toBe(table);
    expect(coloured).toContain("\u001b[32mDEPLOYED\u001b[39m");
    expect(coloured).toContain("\u001b[33mDEPLOYED\u001b[39m");
  });
});
