import { describe, expect, it } from "vitest";
import { exportedSecret } from "../../support/engine-states.ts";
import {
  fleetOf,
  helmEntries,
  memberRecord,
  objectEntries,
  providerEntry,
  releaseEntry,
  releaseRecord,
} from "../../support/release-states.ts";

describe("the releases of a state", () => {
  it("have what each member is to have, secrets in clear only there", () => {
    const values = { replicas: 2, password: exportedSecret("t0ps3cret") };
    const record = releaseRecord([memberRecord("eu-1", { values })]);
    const { releases } = fleetOf([releaseEntry(record), ...helmEntries("eu-1")]);
    const [member] = releases[0]?.members ?? [];
    expect(member?.wanted).toEqual({
      standing: "target",
      chart: "storefront",
      version: "0.1.0",
      values: { replicas: 2, password: "t0ps3cret" },
    });
    expect(JSON.stringify(member?.record)).toContain('"password":"[secret]"');
    expect(member?.resources).toHaveLength(2);
    expect(member?.objects).toEqual([]);
  });

  it("have members of which nothing was made yet, and ones that are no targets", () => {
    const record = releaseRecord([memberRecord("eu-1"), memberRecord("us-1", { target: false })]);
    const { releases } = fleetOf([releaseEntry(record)]);
    expect(
      releases[0]?.members.map(({ cluster, wanted, resources }) => [cluster, wanted.standing, resources]),
    ).toEqual([
      ["eu-1", "target", []],
      ["us-1", "not a target", []],
    ]);
  });

  it("have members that left the group, as long as the state has something of theirs", () => {
    const record = releaseRecord([memberRecord("eu-1")]);
    const { releases } = fleetOf([releaseEntry(record), ...helmEntries("eu-1"), ...helmEntries("us-1")]);
    expect(releases[0]?.members[1]).toMatchObject({
      cluster: "us-1",
      namespace: "shop",
      releaseName: "storefront-runtime",
      wanted: { standing: "left the group" },
    });
    expect(releases[0]?.members[1]?.record).toBeUndefined();
  });

  it("have the objects that the engine made one by one", () => {
    const record = releaseRecord([memberRecord("eu-1")], { kind: "manifests" });
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } };
    const entries = objectEntries("eu-1", [{ ...object, stringData: exportedSecret({ key: "t0ps3cret" }) }]);
    const [release] = fleetOf([releaseEntry(record), ...entries]).releases;
    expect(release?.members[0]?.objects).toEqual([{ ...object, stringData: { key: "t0ps3cret" } }]);
    expect(release?.members[0]?.wanted.chart).toBeUndefined();
  });

  it("do not have what is only read for them", () => {
    const record = releaseRecord([memberRecord("eu-1")], { kind: "manifests" });
    const [set, object] = objectEntries("eu-1", [{ apiVersion: "v1", kind: "Service" }]);
    const entries = [set, object].flatMap((entry) => entry ?? []);
    const objectsOf = (external: boolean) =>
      fleetOf([releaseEntry(record), ...entries.map((entry) => ({ ...entry, external }))]).releases[0]
        ?.members[0]?.objects;
    expect(objectsOf(true)).toEqual([]);
    expect(objectsOf(false)).toHaveLength(1);
  });

  it("are there without a record when their first update has not ended", () => {
    const [release] = fleetOf([releaseEntry(undefined), ...helmEntries("eu-1")]).releases;
    expect(release).toMatchObject({ name: "storefront", members: [] });
    expect(release?.record).toBeUndefined();
  });
});

describe("the kubeconfigs of a state", () => {
  it("are those of its Kubernetes providers, by cluster", () => {
    const { kubeconfigs } = fleetOf([
      providerEntry("eu-1", "apiVersion: v1"),
      providerEntry("us-1", "other"),
    ]);
    expect(Object.fromEntries(kubeconfigs)).toEqual({ "eu-1": "apiVersion: v1", "us-1": "other" });
  });
});
