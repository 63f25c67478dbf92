import { describe, expect, it } from "vitest";
import { mayBeSame, planRollout, unknownVersion } from "../../../tools/cli/rollout-plan.ts";

const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const releaseType = "breakwater:index:MultiClusterRelease";

function urn(type: string, name: string): string {
  return `urn:pulumi:local::breakwater::${type}::${name}`;
}

const shop = urn(releaseType, "shop");
const partOf = (member: string) => urn(`${releaseType}$breakwater:index:HelmRelease`, `shop-${member}`);
const helmOf = (member: string) => urn("kubernetes:helm.sh/v3:Release", `shop-${member}-release`);

interface Step {
  op: string;
  urn: string;
  newState?: object;
  oldState?: object;
  detailedDiff?: object;
}

/** What the engine previews of one member's part. */
function part(member: string, op: string, { values = {}, needs = [] as string[] } = {}): Step[] {
  return [
    { op: "same", urn: partOf(member), newState: { type: "breakwater:index:HelmRelease", parent: shop } },
    {
      op,
      urn: helmOf(member),
      newState: {
        type: "kubernetes:helm.sh/v3:Release",
        parent: partOf(member),
        provider: `${urn("pulumi:providers:kubernetes", member)}::id`,
        dependencies: needs,
        inputs: { values },
      },
      ...(op === "update" ? { detailedDiff: { "values.greeting": {} } } : {}),
    },
  ];
}

function plan(steps: Step[], members = ["eu-1", "us-1"], release = "shop") {
  const record = {
    release: "shop",
    source: { kind: "helm", chart: "shop", version: "1.0.0" },
    waves: members.map((member) => [member]),
    members: Object.fromEntries(
      members.map((cluster) => [
        cluster,
        { cluster, namespace: "shop-prod", releaseName: "shop-runtime", target: true },
      ]),
    ),
  };
  const own = { op: "same", urn: shop, newState: { type: releaseType } };
  const log = { resOutputsEvent: { metadata: { urn: shop, new: { outputs: { record } } } } };
  return planRollout(release, JSON.stringify({ steps: [own, ...steps] }), `${JSON.stringify(log)}\n`);
}

describe("the plan of a rollout", () => {
  it("names what changes on each member, wave by wave", () => {
    const { waves, members } = plan([...part("eu-1", "update"), ...part("us-1", "same")]);
    expect(waves).toEqual([["eu-1"], ["us-1"]]);
    expect(members["eu-1"]?.changes).toEqual(["update shop-eu-1-release: values.greeting"]);
    expect(members["us-1"]?.changes).toEqual([]);
  });

  it("counts what belongs to no member and leaves it alone", () => {
    const other = { op: "update", urn: urn("kubernetes:core/v1:ConfigMap", "other"), newState: {} };
    const { otherChanges, members } = plan([...part("eu-1", "update"), ...part("us-1", "update"), other]);
    expect(otherChanges).toBe(1);
    expect(members["eu-1"]?.targets).toEqual([shop, partOf("eu-1"), helmOf("eu-1")]);
  });

  it("makes first what the members stand on and is not there yet", () => {
    const namespace = urn("kubernetes:core/v1:Namespace", "shop-prod");
    const tenant = urn("breakwater:index:TenantNamespace", "shop-prod");
    const quota = urn("kubernetes:core/v1:ResourceQuota", "shop-prod");
    const steps = [
      { op: "create", urn: tenant, newState: { type: "breakwater:index:TenantNamespace" } },
      { op: "create", urn: namespace, newState: { type: "kubernetes:core/v1:Namespace", parent: tenant } },
      { op: "same", urn: quota, newState: { type: "kubernetes:core/v1:ResourceQuota", parent: tenant } },
      ...part("eu-1", "create"),
      ...part("us-1", "create", { needs: [namespace, quota, helmOf("eu-1")] }),
    ];
    const { members, needed, otherChanges } = plan(steps);
    expect(members["us-1"]?.targets).toEqual([shop, partOf("us-1"), helmOf("us-1"), namespace, tenant]);
    expect([needed, otherChanges]).toEqual([["create shop-prod", "create shop-prod"], 0]);
  });

  it("names what is to go away", () => {
    const gone = {
      op: "delete",
      urn: urn("kubernetes:core/v1:Service", "old"),
      oldState: { parent: partOf("eu-1") },
    };
    const { members } = plan([...part("eu-1", "same"), gone, ...part("us-1", "same")]);
    expect(members["eu-1"]).toMatchObject({
      changes: ["delete old"],
      targets: [shop, partOf("eu-1"), helmOf("eu-1"), gone.urn],
    });
  });

  it("leaves out the targets whose part is in another environment", () => {
    const { waves, members } = plan(part("us-1", "update"));
    expect([waves, Object.keys(members)]).toEqual([[["us-1"]], ["us-1"]]);
  });

  it("refuses a release that the program does not have, and names the nearest", () => {
    const misspelt = () =>
      plan([...part("eu-1", "same"), ...part("us-1", "same")], ["eu-1", "us-1"], "shopp");
    expect(misspelt).toThrow('"shopp" is no release of the program: there are shop; write shop');
  });
});

describe("the version of a member", () => {
  const version = (op: string, values: object) => {
    return plan(part("eu-1", op, { values }), ["eu-1"]).members["eu-1"]?.version ?? "";
  };

  it("is the same however much of it is applied already", () => {
    expect(version("same", { greeting: "Hello" })).toBe(version("update", { greeting: "Hello" }));
  });

  it("is another one for other inputs", () => {
    expect(version("update", { greeting: "Hello" })).not.toBe(version("update", { greeting: "Moin" }));
    expect(mayBeSame(version("update", { greeting: "Hello" }), version("update", { greeting: "Moin" }))).toBe(
      false,
    );
  });

  it("may be any one as long as a value is not known", () => {
    const unknown = version("update", { address: unknownValue });
    expect(unknown).toBe(unknownVersion);
    expect(mayBeSame(unknown, version("update", { address: "10.0.0.1" }))).toBe(true);
  });
});
