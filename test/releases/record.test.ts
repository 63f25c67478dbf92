import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { planRelease } from "../../components/releases/plan.ts";
import { releaseRecord } from "../../components/releases/record.ts";
import { groupRef } from "../support/cluster-refs.ts";

describe("releaseRecord", () => {
  it("comes with a word for what fails to come, and with everything else", async () => {
    const failed = () => Promise.reject(new Error("the member failed"));
    const { members, waves } = planRelease("web", {
      group: groupRef("runtime", "eu-1"),
      kind: "helm",
      needsPlainValues: false,
      namespace: "shop",
      values: { hosts: ["a", failed], address: failed, size: pulumi.output(2) },
      overrides: { clouds: { aws: { size: 3 } } },
      onJoin: "install",
      place: () => undefined,
    });
    const record = releaseRecord(
      { group: "runtime", release: "web", source: { kind: "manifests" } },
      { members, waves },
    );
    const come = Promise.withResolvers<unknown>();
    pulumi.output(record).apply(come.resolve);
    expect(await come.promise).toMatchObject({
      members: {
        "eu-1": {
          values: { hosts: ["a", "did not come"], address: "did not come", size: 3 },
          provenance: { size: { layer: "overrides.clouds.aws", hid: [{ layer: "values", value: 2 }] } },
        },
      },
    });
  });
});
