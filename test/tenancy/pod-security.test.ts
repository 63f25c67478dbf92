import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { podSecurityLabels, podSecurityVersion } from "../../components/tenancy/pod-security.ts";

describe("podSecurityVersion", () => {
  it.each([
    ["1.36.3", "v1.36"],
    ["1.36.0-rc.1+abc", "v1.36"],
    ["1.9.11", "v1.9"],
    ["10.0.0", "v10.0"],
  ])("is for %s the minor version %s", (version, expected) => {
    expect(podSecurityVersion(version)).toBe(expected);
  });

  it.each(["", "1", "1.36", "v1.36.3", "latest"])("is refused for %j", (version) => {
    expect(() => podSecurityVersion(version)).toThrow("is not a version of Kubernetes");
  });
});

describe("podSecurityLabels", () => {
  it("enforce, audit and warn by the standard restricted at one version", async () => {
    const labels = pulumi.output(podSecurityLabels(pulumi.output("1.36.3")));
    expect(await (labels as unknown as { promise(): Promise<unknown> }).promise()).toEqual({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "v1.36",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": "v1.36",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": "v1.36",
    });
  });
});
