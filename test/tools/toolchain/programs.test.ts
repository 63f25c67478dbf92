import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fleetPrograms, type Program } from "../../../tools/toolchain/programs.ts";

const checkout = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const packages = JSON.parse(read("package.json")).dependencies as { [name: string]: string };
const programs = fleetPrograms({ os: "linux", cpu: "amd64" });

function program(name: string): Program {
  const found = programs.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no program ${name}`);
  return found;
}

describe("the table of programs", () => {
  it("has the engine and the Kubernetes plugin in the versions of their npm packages", () => {
    expect(program("pulumi").version).toBe(packages["@pulumi/pulumi"]);
    expect(program("pulumi-resource-kubernetes").version).toBe(packages["@pulumi/kubernetes"]);
    expect(program("pulumi-resource-kubernetes").folder).toBe(
      `plugins/resource-kubernetes-v${packages["@pulumi/kubernetes"]}`,
    );
  });

  it.each([
    ["pulumi", "pulumi", "github.com/pulumi/pulumi/pkg/v3"],
    ["pulumi", "language-host", "github.com/pulumi/pulumi/sdk/v3"],
    ["etcd", "etcd", "go.etcd.io/etcd/server/v3"],
    ["kube-apiserver", "kubernetes", "k8s.io/kubernetes"],
    ["kwok", "kwok", "sigs.k8s.io/kwok"],
    ["helm", "helm", "helm.sh/helm/v3"],
  ])("%s is built from module %s with %s of the same version", (name, module, dependency) => {
    const required = new RegExp(`^\\s*(?:require )?${dependency} v(\\S+)`, "m").exec(
      read(`tools/toolchain/${module}/go.mod`),
    );
    expect(required?.[1]).toBe(program(name).version);
  });

  it("builds the Kubernetes plugin under its own version", () => {
    expect(read("tools/toolchain/kubernetes-provider/main.go")).toContain(
      `"${program("pulumi-resource-kubernetes").version}"`,
    );
  });

  it.each(["amd64", "arm64"] as const)("names official https addresses for %s", (cpu) => {
    const releases = fleetPrograms({ os: "linux", cpu }).map(({ name, release }) => [
      name,
      release?.url,
      release?.checksums,
    ]);
    const pulumi = cpu === "amd64" ? "x64" : "arm64";
    const kubernetes = "https://dl.k8s.io/release/v1.36.3/bin/linux";
    const provider = "https://github.com/pulumi/pulumi-kubernetes/releases/download/v4.25.0";
    const etcd = "https://github.com/etcd-io/etcd/releases/download/v3.6.10";
    const helm = `https://get.helm.sh/helm-v3.20.2-linux-${cpu}.tar.gz`;
    const server = (name: string) => [
      name,
      `${kubernetes}/${cpu}/${name}`,
      `${kubernetes}/${cpu}/${name}.sha256`,
    ];
    expect(releases).toEqual([
      [
        "pulumi",
        `https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-${pulumi}.tar.gz`,
        "https://get.pulumi.com/releases/sdk/pulumi-3.259.0-checksums.txt",
      ],
      [
        "pulumi-resource-kubernetes",
        `${provider}/pulumi-resource-kubernetes-v4.25.0-linux-${cpu}.tar.gz`,
        `${provider}/pulumi-kubernetes_4.25.0_checksums.txt`,
      ],
      ["etcd", `${etcd}/etcd-v3.6.10-linux-${cpu}.tar.gz`, `${etcd}/SHA256SUMS`],
      server("kube-apiserver"),
      server("kube-controller-manager"),
      server("kube-scheduler"),
      ["kwok", undefined, undefined],
      server("kubectl"),
      ["helm", helm, `${helm}.sha256sum`],
      server("kubeadm"),
    ]);
  });

  it("stamps the Kubernetes version into everything that reports it", () => {
    const { stamps } = program("kube-apiserver").executables[0] ?? {};
    expect(stamps).toMatchObject({
      "k8s.io/component-base/version.gitVersion": "v1.36.3",
      "k8s.io/component-base/version.gitMinor": "36",
      "k8s.io/client-go/pkg/version.gitVersion": "v1.36.3",
      "k8s.io/client-go/pkg/version.gitMajor": "1",
    });
  });
});
