// What the text of a kubeconfig must be. A fault never quotes the text: every part of it may be a credential.
import { parseDocument } from "yaml";
import { type Fault, keyPath } from "../core/errors.ts";

/** A named entry of one of the lists of a kubeconfig; nothing in it is certain. */
interface Entry {
  path: string;
  name: unknown;
  content: Record<string, unknown>;
}

/** Keys that are refused wherever they stand, and why. */
interface Refusal {
  keys: string[];
  problem: string;
  allowed: string;
}

const allowed = "the kubeconfig of a cluster, as text";

const program: Refusal = {
  keys: ["exec", "auth-provider"],
  problem: "runs a program on the machine that runs Breakwater",
  allowed: "a token or a client certificate; the program too, with allowExec: true",
};

// Other machines do not have the file, and the cluster would be sent what is in this machine's.
const file: Refusal = {
  keys: ["certificate-authority", "client-certificate", "client-key", "tokenFile"],
  problem: "is the name of a file",
  allowed: "what is in the file, as from: kubectl config view --raw --flatten --minify",
};

const trust: Refusal = {
  keys: ["insecure-skip-tls-verify"],
  problem: "gives the credentials to whoever answers",
  allowed: "certificate-authority-data",
};

/** Checks the text of a kubeconfig without reaching for its cluster. */
export function kubeconfigFaults(path: string, text: string, allowExec: boolean): Fault[] {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    // The parser's message quotes the text; its code and the line do not.
    const line = error.linePos === undefined ? "" : ` in line ${error.linePos[0].line}`;
    return [{ path, problem: `is not YAML (${error.code}${line})`, allowed }];
  }
  const config: unknown = document.toJS();
  if (!isMap(config)) return [{ path, problem: "is not a kubeconfig", allowed }];

  const clusters = entriesOf(path, config, "cluster");
  const users = entriesOf(path, config, "user");
  const contexts = entriesOf(path, config, "context");
  const current = config["current-context"];
  const refusals = allowExec ? [file, trust] : [program, file, trust];
  return [
    ...(named(contexts, current) === undefined ? [unnamed(keyPath(path, "current-context"), "context")] : []),
    ...contextFaults(named(contexts, current), clusters, users),
    ...[...clusters, ...users].flatMap((entry) => refusedKeys(entry, refusals)),
  ];
}

/** The context in use needs its cluster, at an address, and its user. */
function contextFaults(context: Entry | undefined, clusters: Entry[], users: Entry[]): Fault[] {
  if (context === undefined) return [];
  const cluster = named(clusters, context.content["cluster"]);
  const user = named(users, context.content["user"]);
  return [
    ...(cluster === undefined ? [unnamed(`${context.path}.cluster`, "cluster")] : serverFaults(cluster)),
    ...(user === undefined ? [unnamed(`${context.path}.user`, "user")] : []),
  ];
}

function serverFaults({ path, content }: Entry): Fault[] {
  const server = content["server"];
  if (typeof server === "string" && URL.canParse(server) && server.startsWith("https://")) return [];
  return [
    { path: `${path}.server`, problem: "is not the address of a cluster", allowed: "a URL with https" },
  ];
}

function refusedKeys({ path, content }: Entry, refusals: Refusal[]): Fault[] {
  return refusals.flatMap(({ keys, ...why }) =>
    keys.filter((key) => isGiven(content[key])).map((key) => ({ path: keyPath(path, key), ...why })),
  );
}

function unnamed(path: string, kind: string): Fault {
  return { path, problem: `names no ${kind}`, allowed: `the name of one of the ${kind}s of the kubeconfig` };
}

function named(entries: Entry[], name: unknown): Entry | undefined {
  return typeof name === "string" ? entries.find((entry) => entry.name === name) : undefined;
}

/** The entries of the list `<kind>s`; what is not an entry is left out, so that it is found missing. */
function entriesOf(path: string, config: Record<string, unknown>, kind: string): Entry[] {
  const list = config[`${kind}s`];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) => {
    const content = isMap(entry) ? entry[kind] : undefined;
    if (!isMap(entry) || !isMap(content)) return [];
    return [{ path: `${path}.${kind}s[${index}].${kind}`, name: entry["name"], content }];
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
