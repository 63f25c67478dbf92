import { App, Yaml } from "cdk8s";
import { describe, expect, it } from "vitest";
import { WebApplication, type WebApplicationProps } from "../../charts/index.ts";
import { type Fault, FaultsError } from "../../components/core/errors.ts";
import { containerOf, least, podsOf, render, specOf } from "./rendered.ts";

const full: WebApplicationProps = {
  ...least,
  args: ["--verbose"],
  environment: { GREETING: "Moin" },
  environmentFrom: [{ configMap: "web-settings" }, { secret: "web-database" }],
  port: 9000,
  health: { live: "/live", ready: "/ready", startSeconds: 120 },
  resources: { requests: { cpu: "250m" }, limits: { cpu: "1", memory: "1Gi" } },
  scaling: { minimum: 3, maximum: 12, cpuPercent: 60 },
  writablePaths: ["/tmp", "/var/cache/web"],
  clients: [{ namespace: "gateway", pods: { app: "gateway" } }, { cidr: "203.0.113.0/24" }],
  destinations: [
    { to: { pods: { app: "database" } }, ports: [5432] },
    { to: { cidr: "fd00:10::/64" }, ports: [443, 8443] },
  ],
  labels: { team: "shop" },
};

function faultsOf(props: unknown, name = "web"): Fault[] {
  try {
    render(props as WebApplicationProps, name);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  throw new Error("the props were accepted");
}

/** The one fault of one wrong prop. */
function faultOf(wrong: object): Fault {
  const [fault, ...more] = faultsOf({ ...least, ...wrong });
  expect(more).toEqual([]);
  if (fault === undefined) throw new Error("there is no fault");
  return fault;
}

describe("a web application", () => {
  it("is five objects of its name, in its namespace and with its labels", () => {
    const objects = render();
    const labels = {
      "app.kubernetes.io/name": "web",
      "app.kubernetes.io/instance": "web",
      "app.kubernetes.io/managed-by": "breakwater",
    };
    expect(objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }))).toEqual(
      [
        ["apps/v1", "Deployment"],
        ["v1", "Service"],
        ["autoscaling/v2", "HorizontalPodAutoscaler"],
        ["policy/v1", "PodDisruptionBudget"],
        ["networking.k8s.io/v1", "NetworkPolicy"],
      ].map(([apiVersion, kind]) => ({
        apiVersion,
        kind,
        metadata: { name: "web", namespace: "shop-prod", labels },
      })),
    );
    expect(podsOf(objects).metadata?.labels).toEqual(labels);
  });

  it("renders each of its props", async () => {
    const objects = render(full);
    const longest = objects.filter(({ kind }) => kind === "Deployment" || kind === "NetworkPolicy");
    await expect(Yaml.stringify(...longest)).toMatchFileSnapshot("golden/web-application.yaml");
  });

  it("is reached through a Service inside of the cluster", () => {
    expect(specOf(render({ ...full, servicePort: 8000 }), "Service")).toEqual({
      type: "ClusterIP",
      selector: { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" },
      ports: [{ name: "http", port: 8000, targetPort: 9000 }],
      externalIPs: [],
    });
  });

  it("is the same wherever a program makes it", () => {
    const elsewhere = new WebApplication(new WebApplication(new App(), "outer", least), "web", full);
    expect(elsewhere.toJson()).toEqual(render(full));
  });

  it("leaves its props as they were", () => {
    const before = structuredClone(full);
    render(full);
    expect(full).toEqual(before);
  });
});

describe("its Pods", () => {
  it('pass Pod Security "restricted" and hold no credentials', () => {
    const { spec } = podsOf(render());
    expect(spec).toMatchObject({ automountServiceAccountToken: false, hostNetwork: false });
    expect(spec?.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      fsGroupChangePolicy: "Always",
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(containerOf(render()).securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("state every amount that a quota asks for, the given over the default", () => {
    expect(containerOf(render()).resources).toEqual({
      requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" },
      limits: { cpu: "500m", memory: "128Mi", "ephemeral-storage": "256Mi" },
    });
    const resources = { requests: { memory: "1e6", cpu: undefined }, limits: { cpu: "0.57" } };
    expect(containerOf(render({ ...least, resources })).resources).toEqual({
      requests: { cpu: "100m", memory: "1e6", "ephemeral-storage": "64Mi" },
      limits: { cpu: "0.57", memory: "128Mi", "ephemeral-storage": "256Mi" },
    });
  });

  it("are asked for their health on the port they listen on", () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = containerOf(render(full));
    const at = (path: string) => ({ path, port: 9000, scheme: "HTTP" });
    expect(ports).toEqual([{ name: "http", containerPort: 9000 }]);
    expect(startupProbe).toEqual({
      httpGet: at("/live"),
      failureThreshold: 120,
      periodSeconds: 1,
      timeoutSeconds: 1,
    });
    expect(livenessProbe).toEqual({
      httpGet: at("/live"),
      failureThreshold: 3,
      periodSeconds: 10,
      timeoutSeconds: 3,
    });
    expect(readinessProbe).toEqual({
      httpGet: at("/ready"),
      failureThreshold: 3,
      periodSeconds: 5,
      timeoutSeconds: 3,
    });
  });

  it("are spread over zones, and scheduled all the same where there is one", () => {
    expect(podsOf(render()).spec?.topologySpreadConstraints).toEqual([
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: {
          matchLabels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" },
        },
        matchLabelKeys: ["pod-template-hash"],
      },
    ]);
  });
});

describe("its network policy", () => {
  it("closes both directions but for DNS when nothing is given", () => {
    expect(specOf(render(), "NetworkPolicy")).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" } },
      policyTypes: ["Ingress", "Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: {},
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    });
  });

  it.each([
    ["every Pod of its own namespace", {}, { podSelector: {} }],
    [
      "some Pods of its own namespace",
      { pods: { app: "a" } },
      { podSelector: { matchLabels: { app: "a" } } },
    ],
    [
      "every Pod of another namespace",
      { namespace: "gateway" },
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateway" } },
        podSelector: {},
      },
    ],
    ["an IPv4 network", { cidr: "10.0.0.0/8" }, { ipBlock: { cidr: "10.0.0.0/8" } }],
    ["an IPv6 network", { cidr: "::/0" }, { ipBlock: { cidr: "::/0" } }],
  ])("lets in %s on its port alone", (_, client, peer) => {
    const { ingress } = specOf(render({ ...least, port: 9000, clients: [client] }), "NetworkPolicy");
    expect(ingress).toEqual([{ from: [peer], ports: [{ protocol: "TCP", port: 9000 }] }]);
  });
});

describe("the number of its Pods", () => {
  it("is the autoscaler's alone", () => {
    const objects = render(full);
    expect(specOf(objects, "Deployment")).not.toHaveProperty("replicas");
    expect(specOf(objects, "HorizontalPodAutoscaler")).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 3,
      maxReplicas: 12,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
        },
      ],
    });
  });

  it("may be more than the default maximum without saying the maximum too", () => {
    const scaling = { minimum: 20 };
    expect(specOf(render({ ...least, scaling }), "HorizontalPodAutoscaler")).toMatchObject({
      minReplicas: 20,
      maxReplicas: 20,
    });
  });

  it("of one does not stop the drain of a node", () => {
    const budget = specOf(render({ ...least, scaling: { minimum: 1, maximum: 1 } }), "PodDisruptionBudget");
    expect(budget).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web" } },
    });
  });
});

describe("what is wrong", () => {
  it("is told all at once, each with its path", () => {
    const wrong = {
      image: "nginx",
      port: 80,
      replicas: 3,
      environmentFrom: [{ secret: "Upper" }],
      scaling: { minimum: 3, maximum: 2 },
      resources: { limits: { cpu: "50m" } },
      writablePaths: ["/tmp", "/tmp"],
      clients: [{ cidr: "10.0.0.1/8" }],
      destinations: [{ to: {}, ports: [] }],
      labels: { "app.kubernetes.io/name": "other" },
    };
    expect(faultsOf(wrong, "1web").map(({ path, problem }) => `${path} ${problem}`)).toEqual([
      'WebApplication("1web") begins with a digit',
      'WebApplication("1web").replicas is unknown',
      'WebApplication("1web").namespace is missing',
      'WebApplication("1web").image does not say which version',
      'WebApplication("1web").environmentFrom[0].secret is not valid',
      'WebApplication("1web").port is out of range',
      'WebApplication("1web").resources.limits.cpu is less than the request',
      'WebApplication("1web").scaling.maximum is less than the minimum',
      'WebApplication("1web").writablePaths[1] is there twice',
      'WebApplication("1web").clients[0].cidr has bits set behind its prefix',
      'WebApplication("1web").destinations[0].ports is empty',
      'WebApplication("1web").labels["app.kubernetes.io/name"] is set by the chart',
    ]);
  });

  it.each(["nginx", "nginx:latest", "registry:5000/nginx", "registry.example.com/shop/web:latest"])(
    "is an image that may change by itself: %s",
    (image) => {
      expect(faultOf({ image })).toMatchObject({ value: image, problem: "does not say which version" });
    },
  );

  it.each(["", "nginx:", "NGINX:1", "nginx:1 ", "nginx@sha256:abc", "https://example.com/web:1"])(
    "is an image that nobody can pull: %j",
    (image) => {
      expect(faultOf({ image })).toMatchObject({ value: image, problem: "is not an image" });
    },
  );

  it.each([
    "nginx:1",
    "registry:5000/nginx:1.27",
    `web@sha256:${"a".repeat(64)}`,
    `web:latest@sha256:${"0".repeat(64)}`,
  ])("is not an image of one version: %s", (image) => {
    expect(containerOf(render({ ...least, image })).image).toBe(image);
  });

  it("is told with what to write instead", () => {
    expect(faultOf({ resources: { limits: { memory: "512m" } } })).toEqual({
      path: 'WebApplication("web").resources.limits.memory',
      value: "512m",
      problem: "is too small or too fine",
      allowed: "at least 1, in whole bytes",
      instead: '"512Mi"',
    });
    expect(faultOf({ scalling: {} })).toMatchObject({
      path: 'WebApplication("web").scalling',
      instead: "scaling",
    });
    expect(faultOf({ resources: { requests: { cpu: "100 m" } } })).toMatchObject({
      problem: "is not a quantity",
    });
  });

  it.each([
    [{ port: "8080" }, "port", "a whole number from 1024 to 65535"],
    [{ port: null }, "port", "a whole number from 1024 to 65535"],
    [{ environment: { COUNT: 3 } }, "environment.COUNT", "text"],
    [{ environment: ["A=b"] }, "environment", "a map"],
    [{ clients: { namespace: "a" } }, "clients", "a list"],
    [{ scaling: 3 }, "scaling", "an object of minimum, maximum, cpuPercent"],
  ])("is a value of the wrong type: %j", (wrong, path, allowed) => {
    expect(faultOf(wrong)).toMatchObject({
      path: `WebApplication("web").${path}`,
      problem: "has the wrong type",
      allowed,
    });
  });

  it.each([
    [{ resources: { requests: { cpu: "0" } } }, "resources.requests.cpu"],
    [{ resources: { requests: { cpu: "100u" } } }, "resources.requests.cpu"],
    [{ scaling: { minimum: 0 } }, "scaling.minimum"],
    [{ scaling: { cpuPercent: 101 } }, "scaling.cpuPercent"],
    [{ health: { live: "healthz" } }, "health.live"],
    [{ writablePaths: ["/"] }, "writablePaths[0]"],
    [{ environment: { "1A": "" } }, "environment"],
    [{ destinations: [{ to: {}, ports: [0] }] }, "destinations[0].ports[0]"],
    [{ clients: [{ namespace: "Gateway" }] }, "clients[0].namespace"],
    [{ clients: [{ pods: { "a b": "c" } }] }, "clients[0].pods"],
    [{ environmentFrom: [{}] }, "environmentFrom[0].secret"],
  ])("is a value that a cluster refuses or misunderstands: %j", (wrong, path) => {
    expect(faultOf(wrong).path).toBe(`WebApplication("web").${path}`);
  });
});
