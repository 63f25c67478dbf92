// The programs of the toolchain as data: which version, where it is published, and how it is built from Go modules.

/** What the programs run on; official releases are named by it. */
export interface Platform {
  os: "linux";
  /** Processor in Go's words. */
  cpu: "amd64" | "arm64";
}

/** One step of the toolchain: what comes from one source, or not at all. */
export interface Program {
  /** The word for it, and the file name of its first executable. */
  name: string;
  /** Exact version, without a leading `v`. */
  version: string;
  /** Folder inside of the toolchain: `bin`, or `plugins/<name>` as in the engine's home. */
  folder: string;
  /** Files that work only together, so they never come from two sources. */
  executables: Executable[];
  /** Arguments to which the first executable answers with its version. Default: none, the folder's name tells it. */
  question?: string[];
  /** The publisher's release. Default: none is published with checksums, so it is never downloaded. */
  release?: Release;
  /** Seconds that a build takes on 2 cores without any cache; only for what the user is told to expect. */
  buildSeconds: number;
}

/** One file that the toolchain provides, and how it is built. */
export interface Executable {
  /** File name. */
  name: string;
  /** Folder of its Go module, beside this file. */
  module: string;
  /** Import path of the main package; `.` is the module itself. */
  package: string;
  /** String variables that the linker sets, by their full name. Default: none. */
  stamps?: Record<string, string>;
  /** Files that its source embeds and a dependency of it holds; copied beside the source. Default: none. */
  embeds?: { module: string; files: string[] };
}

/** A file on the publisher's site, with its checksum. */
export interface Release {
  /** Address of a `.tar.gz`, or of the program itself when `folder` is not given. */
  url: string;
  /** Address of the publisher's SHA-256 or SHA-512 file: a bare checksum, or lines of `<checksum>  <file name>`. */
  checksums: string;
  /** Folder of the executables inside of the archive. */
  folder?: string;
}

/** All programs, first what every command needs. */
export function fleetPrograms(platform: Platform): Program[] {
  return [
    pulumi(platform),
    kubernetesProvider(platform),
    etcd(platform),
    kubernetes(platform, { name: "kube-apiserver", question: ["--version"], buildSeconds: 185 }),
    kubernetes(platform, { name: "kube-controller-manager", question: ["--version"], buildSeconds: 47 }),
    kubernetes(platform, { name: "kube-scheduler", question: ["--version"], buildSeconds: 4 }),
    kwok(),
    kubernetes(platform, { name: "kubectl", question: ["version", "--client"], buildSeconds: 18 }),
    helm(platform),
    kubernetes(platform, { name: "kubeadm", question: ["version", "-o", "short"], buildSeconds: 30 }),
  ];
}

/** The engine finds its language host beside its own executable, so the two are one program here. */
function pulumi({ os, cpu }: Platform): Program {
  const version = "3.259.0";
  const stamps = { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` };
  const releases = "https://get.pulumi.com/releases/sdk";
  return {
    name: "pulumi",
    version,
    folder: "bin",
    executables: [
      { name: "pulumi", module: "pulumi", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", stamps },
      { name: "pulumi-language-nodejs", module: "language-host", package: ".", stamps },
    ],
    question: ["version"],
    release: {
      url: `${releases}/pulumi-v${version}-${os}-${cpu === "amd64" ? "x64" : cpu}.tar.gz`,
      checksums: `${releases}/pulumi-${version}-checksums.txt`,
      folder: "pulumi",
    },
    buildSeconds: 233,
  };
}

/** The plugin's version must be the one of the npm package `@pulumi/kubernetes`. */
function kubernetesProvider({ os, cpu }: Platform): Program {
  const version = "4.25.0";
  const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  const releases = `https://github.com/pulumi/pulumi-kubernetes/releases/download/v${version}`;
  return {
    name: "pulumi-resource-kubernetes",
    version,
    folder: `plugins/resource-kubernetes-v${version}`,
    executables: [
      {
        name: "pulumi-resource-kubernetes",
        module: "kubernetes-provider",
        package: ".",
        stamps: { [`${module}/pkg/version.Version`]: version },
        embeds: {
          module,
          files: [
            "cmd/pulumi-resource-kubernetes/schema.json",
            "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
          ],
        },
      },
    ],
    release: {
      url: `${releases}/pulumi-resource-kubernetes-v${version}-${os}-${cpu}.tar.gz`,
      checksums: `${releases}/pulumi-kubernetes_${version}_checksums.txt`,
      folder: ".",
    },
    buildSeconds: 368,
  };
}

function etcd({ os, cpu }: Platform): Program {
  const version = "3.6.10";
  const releases = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
  return {
    name: "etcd",
    version,
    folder: "bin",
    executables: [{ name: "etcd", module: "etcd", package: "go.etcd.io/etcd/server/v3" }],
    question: ["--version"],
    release: {
      url: `${releases}/etcd-v${version}-${os}-${cpu}.tar.gz`,
      checksums: `${releases}/SHA256SUMS`,
      folder: `etcd-v${version}-${os}-${cpu}`,
    },
    buildSeconds: 22,
  };
}

/** A server without a version in it is refused by Helm charts and by the Kubernetes provider, hence the stamps. */
function kubernetes(
  { os, cpu }: Platform,
  { name, question, buildSeconds }: Pick<Program, "name" | "buildSeconds"> & { question: string[] },
): Program {
  const version = "1.36.3";
  const [major = "", minor = ""] = version.split(".");
  const values = {
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: "0".repeat(40), // a module carries no commit
    gitTreeState: "clean",
    buildDate: "2026-01-01T00:00:00Z", // fixed, so that equal sources give equal programs
  };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const stamps = packages.flatMap((path) =>
    Object.entries(values).map(([variable, value]) => [`${path}.${variable}`, value]),
  );
  const url = `https://dl.k8s.io/release/v${version}/bin/${os}/${cpu}/${name}`;
  return {
    name,
    version,
    folder: "bin",
    executables: [
      {
        name,
        module: "kubernetes",
        package: `k8s.io/kubernetes/cmd/${name}`,
        stamps: Object.fromEntries(stamps),
      },
    ],
    question,
    release: { url, checksums: `${url}.sha256` },
    buildSeconds,
  };
}

/** Its releases come without checksums. */
function kwok(): Program {
  return {
    name: "kwok",
    version: "0.8.0",
    folder: "bin",
    executables: [{ name: "kwok", module: "kwok", package: "sigs.k8s.io/kwok/cmd/kwok" }],
    question: ["--version"],
    buildSeconds: 64,
  };
}

function helm({ os, cpu }: Platform): Program {
  const version = "3.20.2";
  const url = `https://get.helm.sh/helm-v${version}-${os}-${cpu}.tar.gz`;
  return {
    name: "helm",
    version,
    folder: "bin",
    executables: [
      {
        name: "helm",
        module: "helm",
        package: "helm.sh/helm/v3/cmd/helm",
        stamps: { "helm.sh/helm/v3/internal/version.version": `v${version}` },
      },
    ],
    question: ["version", "--short"],
    release: { url, checksums: `${url}.sha256sum`, folder: `${os}-${cpu}` },
    buildSeconds: 45,
  };
}
