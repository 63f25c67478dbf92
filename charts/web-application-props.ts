// What a WebApplication is told: its props and their defaults.
import { managedLabels } from "../components/core/labels.ts";
import type { Destination, Peer } from "./network-peers.ts";

/** Amounts of one Pod, as Kubernetes quantities. */
interface Amounts {
  /** Cores, not finer than 1m. */
  cpu?: string;
  /** Bytes. */
  memory?: string;
  /** Bytes on the node's disk: logs, and what is written to `writablePaths`. */
  "ephemeral-storage"?: string;
}

/** An existing ConfigMap or Secret of the namespace, each key of which becomes a variable. */
type EnvironmentSource = { configMap: string } | { secret: string };

export interface WebApplicationProps {
  /** Namespace of every object; a DNS label. */
  namespace: string;
  /** Image of the one container, with a version other than `latest` or with a digest. It must run as any user. */
  image: string;
  /** What the container runs in place of the image's entry point. Defaults to that. */
  command?: string[];
  /** Arguments of the command. Defaults to those of the image. */
  args?: string[];
  /** Variables in plain text: nothing secret. Defaults to none. Names consist of letters, digits, "_", "-" and ".". */
  environment?: Record<string, string>;
  /**
   * Where more variables come from: secrets, and what is known only while a program is applied. Later ones win over earlier
   * ones, `environment` over all. Defaults to none. Pods do not start before it exists and are not rolled when it changes.
   */
  environmentFrom?: EnvironmentSource[];
  /** TCP port the container listens on, 1024 to 65535: without capabilities it may not be let near a lower one. Defaults to 8080. */
  port?: number;
  /** Port of the Service, 1 to 65535. Defaults to 80. */
  servicePort?: number;
  /** Paths that answer with a status from 200 to 399 over HTTP on `port`, each beginning with "/". */
  health?: {
    /** Whether the process works; it is started anew when it does not for 30 s. Defaults to `/healthz`. */
    live?: string;
    /** Whether requests can be taken; none come while it cannot. Defaults to `/readyz`. */
    ready?: string;
    /** How long the start may take until `live` answers, 1 to 600 s; after that it is tried anew. Defaults to 60. */
    startSeconds?: number;
  };
  /**
   * What is set aside for a Pod and what it may use at most; a request is never above its limit. Requests default to cpu 100m,
   * memory 128Mi, ephemeral-storage 64Mi, limits to 500m, 128Mi, 256Mi. The request of cpu is what `scaling` measures by.
   */
  resources?: { requests?: Amounts; limits?: Amounts };
  /** How many Pods there are; the autoscaler alone decides. */
  scaling?: {
    /** The fewest, 1 to 1000. Defaults to 2: one may be taken away without a gap. With 1, a drain of its node is a gap. */
    minimum?: number;
    /** The most, from the minimum to 1000. Defaults to 10, or the minimum if that is more. */
    maximum?: number;
    /** Use of cpu that is aimed at, 1 to 100 percent of the request. Defaults to 70. */
    cpuPercent?: number;
  };
  /** Absolute paths that the container can write to; empty at each start, lost at its end. Defaults to `/tmp`. */
  writablePaths?: string[];
  /** Who may connect to `port`. Defaults to nobody. Kubelets always may, for the probes. */
  clients?: Peer[];
  /** Where the application may connect to beside DNS. Defaults to nowhere. */
  destinations?: Destination[];
  /** Labels of every object and Pod beside `app.kubernetes.io/{name,instance,managed-by}`. Defaults to none. */
  labels?: Record<string, string>;
}

const defaultResources = {
  requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "500m", memory: "128Mi", "ephemeral-storage": "256Mi" },
};

/** The props with every default filled in. */
export function withDefaults(props: WebApplicationProps) {
  return {
    ...props,
    environment: props.environment ?? {},
    environmentFrom: props.environmentFrom ?? [],
    port: props.port ?? 8080,
    servicePort: props.servicePort ?? 80,
    health: { live: "/healthz", ready: "/readyz", startSeconds: 60, ...given(props.health) },
    resources: resourcesWithDefaults(props.resources),
    scaling: scalingWithDefaults(props.scaling),
    writablePaths: props.writablePaths ?? ["/tmp"],
    clients: props.clients ?? [],
    destinations: props.destinations ?? [],
    labels: props.labels ?? {},
  };
}

export function resourcesWithDefaults({ requests, limits }: WebApplicationProps["resources"] = {}) {
  return {
    requests: { ...defaultResources.requests, ...given(requests) },
    limits: { ...defaultResources.limits, ...given(limits) },
  };
}

export function scalingWithDefaults({
  minimum = 2,
  maximum,
  cpuPercent = 70,
}: WebApplicationProps["scaling"] = {}) {
  return { minimum, maximum: maximum ?? Math.max(minimum, 10), cpuPercent };
}

/** What is there: an optional key may also be given as `undefined`, which must not hide a default. */
function given<T extends object>(part: T | undefined): { [Key in keyof T]: NonNullable<T[Key]> } {
  const entries = Object.entries(part ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: NonNullable<T[Key]> };
}

/** The labels that the Service, the NetworkPolicy and the others find the Pods by; they never change. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}

/** The labels that every object has whatever its props are. */
export function ownLabels(name: string): Record<string, string> {
  return managedLabels(selectorLabels(name));
}
