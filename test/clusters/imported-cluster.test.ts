import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ImportedCluster, type ImportedClusterArgs } from "../../components/clusters/imported-cluster.ts";
import { formatFaults } from "../../components/core/errors.ts";
import { clusterProvider } from "../../components/kubernetes/connection.ts";
import { type KubeconfigParts, selfSigned, startApiServer } from "../support/api-server.ts";
import { examine, faultsOf, only, record, recorded, urnList } from "../support/program.ts";
import { unknownInput } from "../support/requests.ts";

const healthy = () =>
  startApiServer((request, response) => {
    const known = request.url === "/version" && request.headers.authorization === "Bearer hush-hush";
    response.statusCode = known ? 200 : 401;
    response.end(JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.3+k3s1" }));
  });

const args = { role: "runtime", cloud: "aws", region: "eu-west-1" } as const;

const cluster = (kubeconfig: ImportedClusterArgs["kubeconfig"], more: Partial<ImportedClusterArgs> = {}) =>
  new ImportedCluster("eu-1", { ...args, kubeconfig, ...more });

/** The one fault of a cluster with this kubeconfig, as path behind the cluster's own and problem. */
async function faultsWith(kubeconfig: string, more: Partial<ImportedClusterArgs> = {}): Promise<string[]> {
  const faults = await faultsOf(() => cluster(kubeconfig, more));
  expect(formatFaults(faults), "credentials in faults").not.toContain("hush");
  return faults.map(({ path, problem }) => `${path.replace('ImportedCluster("eu-1").', "")} ${problem}`);
}

function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

afterEach(() => vi.restoreAllMocks());

describe("ImportedCluster", () => {
  it("holds what every component must hold, and keeps its URNs", async () => {
    await using server = await healthy();
    const make = (name: string) => new ImportedCluster(name, { ...args, kubeconfig: server.kubeconfig() });
    const resources = await examine(make);
    await expect(urnList(resources)).toMatchFileSnapshot("golden/imported-cluster.txt");
    expect(only(resources, "breakwater:index:ImportedCluster")).toMatchObject({
      outputs: { name: "one", version: "1.36.3" },
      secretOutputs: [],
    });
  });

  it("gives a ref with a secret kubeconfig, the version of the cluster, and nothing that takes it away", async () => {
    await using server = await healthy();
    const { result: ref } = await recorded(() => cluster(server.kubeconfig()).ref);
    expect(ref).toMatchObject({ name: "eu-1", distribution: "imported", role: "runtime", cloud: "aws" });
    expect(ref).not.toHaveProperty("resource");
    expect(await resolved(ref.version)).toBe("1.36.3");
    expect(await pulumi.isSecret(ref.version)).toBe(false);
    expect(await resolved(ref.kubeconfig)).toBe(server.kubeconfig());
    expect(await pulumi.isSecret(ref.kubeconfig)).toBe(true);
  });

  it("takes a kubeconfig that is known later, and waits for none that no preview knows", async () => {
    await using server = await healthy();
    const { result: ref } = await recorded(() => cluster(Promise.resolve(server.kubeconfig())).ref);
    expect(await resolved(ref.version)).toBe("1.36.3");
    const later = pulumi.output(pulumi.unknown as unknown as string);
    const { resources } = await recorded(() => void clusterProvider(cluster(later).ref), { mode: "preview" });
    expect(only(resources, "pulumi:providers:kubernetes").inputs["kubeconfig"]).toBe(unknownInput);
  });

  it("tells its faults with those of the other clusters, and connects to none of them", async () => {
    for (const mode of ["preview", "update"] as const) {
      const { resources, error } = await record(
        () => {
          clusterProvider(cluster("[").ref);
          clusterProvider(new ImportedCluster("-", { ...args, kubeconfig: "" }).ref);
        },
        { mode },
      );
      expect(String(error)).toMatch(
        /2 faults found.*ImportedCluster\("eu-1"\)\.kubeconfig is not YAML.*name is not a name/s,
      );
      expect(resources.filter(({ custom }) => custom)).toEqual([]);
    }
  });
});

describe("the kubeconfig of an ImportedCluster", () => {
  it.each([
    ["current-context: [main\ntoken: hush-hush", /^kubeconfig is not YAML \([A-Z_]+ in line \d\)$/],
    ["a: 1\n  b: hush-hush\n", /^kubeconfig is not YAML \([A-Z_]+ in line \d\)$/],
    ["hush-hush", /^kubeconfig is not a kubeconfig$/],
    ["", /^kubeconfig is not a kubeconfig$/],
    ["- hush-hush", /^kubeconfig is not a kubeconfig$/],
    ["apiVersion: v1\nkind: Config\n", /^kubeconfig\["current-context"\] names no context$/],
  ])("is refused when it is %j", async (text, problem) => {
    expect(await faultsWith(text)).toEqual([expect.stringMatching(problem)]);
  });

  it.each<[string, (parts: KubeconfigParts) => void, string[]]>([
    [
      "no current context",
      ({ config }) => delete config["current-context"],
      ['kubeconfig["current-context"] names no context'],
    ],
    [
      "a current context that is not there",
      ({ config }) => Object.assign(config, { "current-context": "hush" }),
      ['kubeconfig["current-context"] names no context'],
    ],
    [
      "a context without its cluster and user",
      ({ context }) => Object.assign(context, { cluster: "hush", user: undefined }),
      [
        "kubeconfig.contexts[0].context.cluster names no cluster",
        "kubeconfig.contexts[0].context.user names no user",
      ],
    ],
    [
      "a server without https",
      ({ cluster: parts }) => Object.assign(parts, { server: "http://hush@127.0.0.1" }),
      ["kubeconfig.clusters[0].cluster.server is not the address of a cluster"],
    ],
    [
      "no server",
      ({ cluster: parts }) => delete parts["server"],
      ["kubeconfig.clusters[0].cluster.server is not the address of a cluster"],
    ],
    [
      "a program for the credentials",
      ({ user }) => Object.assign(user, { exec: { command: "hush" } }),
      ["kubeconfig.users[0].user.exec runs a program on the machine that runs Breakwater"],
    ],
    [
      "an auth provider",
      ({ user }) => Object.assign(user, { "auth-provider": { name: "gcp" } }),
      ['kubeconfig.users[0].user["auth-provider"] runs a program on the machine that runs Breakwater'],
    ],
    [
      "names of files",
      ({ user, cluster: parts }) => {
        Object.assign(parts, { "certificate-authority": "/hush" });
        Object.assign(user, { tokenFile: "/hush", "client-key": "/hush" });
      },
      [
        'kubeconfig.clusters[0].cluster["certificate-authority"] is the name of a file',
        'kubeconfig.users[0].user["client-key"] is the name of a file',
        "kubeconfig.users[0].user.tokenFile is the name of a file",
      ],
    ],
    [
      "no check of who answers",
      ({ cluster: parts }) => Object.assign(parts, { "insecure-skip-tls-verify": true }),
      ['kubeconfig.clusters[0].cluster["insecure-skip-tls-verify"] gives the credentials to whoever answers'],
    ],
  ])("is refused with %s, without a word to the cluster", async (_, change, problems) => {
    let asked = 0;
    await using server = await startApiServer((_request, response) => {
      asked += 1;
      response.end();
    });
    expect(await faultsWith(server.kubeconfig(change))).toEqual(problems);
    expect(asked).toBe(0);
  });

  it("may run a program when that is allowed", async () => {
    await using server = await healthy();
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" };
    const told = JSON.stringify({ ...credential, status: { token: "hush-hush" } });
    const kubeconfig = server.kubeconfig(({ user }) => {
      delete user["token"];
      const exec = {
        apiVersion: credential.apiVersion,
        command: "echo",
        args: [told],
        interactiveMode: "Never",
      };
      Object.assign(user, { exec });
    });
    const { result: ref } = await recorded(() => cluster(kubeconfig, { allowExec: true }).ref);
    expect(await resolved(ref.version)).toBe("1.36.3");
  });
});

describe("the cluster behind the kubeconfig", () => {
  const silent = (why: string) => [`kubeconfig leads to a cluster that does not tell its version: ${why}`];

  it("is refused when nothing listens", async () => {
    const server = await healthy();
    const kubeconfig = server.kubeconfig();
    await server[Symbol.asyncDispose]();
    expect(await faultsWith(kubeconfig)).toEqual(silent("nothing listens there"));
  });

  it("is refused when another certificate authority signed its certificate", async () => {
    await using server = await healthy();
    const { certificate } = await selfSigned();
    const data = Buffer.from(certificate).toString("base64");
    const kubeconfig = server.kubeconfig(({ cluster: parts }) =>
      Object.assign(parts, { "certificate-authority-data": data }),
    );
    expect(await faultsWith(kubeconfig)).toEqual(
      silent("its certificate is not signed by the kubeconfig's certificate authority"),
    );
  });

  it("is refused when it refuses the credentials", async () => {
    await using server = await healthy();
    const kubeconfig = server.kubeconfig(({ user }) => Object.assign(user, { token: "hush-hush-hush" }));
    expect(await faultsWith(kubeconfig)).toEqual(silent("it refuses the credentials (401)"));
  });

  it.each<[string, Parameters<typeof startApiServer>[0], string]>([
    ["is something else", (_, response) => response.end("hush"), "it is no Kubernetes API (200)"],
    [
      "is broken",
      (_, response) => void response.writeHead(503).end('{"gitVersion": "v1.2.3"}'),
      "it is no Kubernetes API (503)",
    ],
    ["hangs up", (request) => request.socket.destroy(), "it closes the connection"],
  ])("is refused when it %s", async (_, answer, why) => {
    await using server = await startApiServer(answer);
    expect(await faultsWith(server.kubeconfig())).toEqual(silent(why));
  });

  it("is given ten seconds to answer", async () => {
    await using server = await startApiServer(() => {});
    const passing = AbortSignal.timeout(50);
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(passing);
    expect(await faultsWith(server.kubeconfig())).toEqual(silent("no answer within 10 seconds"));
    expect(timeout.mock.calls).toEqual([[10_000]]);
  });
});
