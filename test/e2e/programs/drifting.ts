// A Helm chart and single objects on two clusters: what the tests let somebody else change behind the engine's back.
import { ApiObject, Chart } from "cdk8s";
import type { StorefrontValues } from "../../../charts/storefront-values.ts";
import {
  ClusterGroup,
  helm,
  LocalCluster,
  MultiClusterRelease,
  manifests,
  TenantNamespace,
} from "../../../components/index.ts";

const nodes = { nodePools: { general: { count: 1 } } };

export function program() {
  const eu = new LocalCluster("eu-1", { role: "runtime", cloud: "aws", region: "eu-west-1", ...nodes });
  const us = new LocalCluster("us-1", { role: "runtime", cloud: "gcp", region: "us-central1", ...nodes });
  const group = new ClusterGroup("shops", { members: { "eu-1": eu.ref, "us-1": us.ref } });
  const namespace = Object.fromEntries(
    Object.entries(group.ref.members).map(([member, cluster]) => {
      const tenant = { cluster, tenant: "shop", environment: "prod", owners: ["shop-owners"] };
      return [member, new TenantNamespace(`shop-${member}`, tenant).ref];
    }),
  );
  new MultiClusterRelease("storefront", {
    group: group.ref,
    source: helm<StorefrontValues>({ path: "charts/storefront" }),
    namespace,
    values: { replicas: 1, greeting: "Hello" },
    overrides: { clusters: { "eu-1": { greeting: "Moin" } } },
  });
  new MultiClusterRelease("notes", {
    group: group.ref,
    source: notes,
    namespace,
    values: { text: "as written" },
  });
  return {};
}

/** A text, a secret, and Pods whose number an autoscaler decides; amounts are spelled as the API would not. */
const notes = manifests<{ text: string }>(({ text }, _cluster, { app, name, namespace }) => {
  const chart = new Chart(app, "notes", { namespace });
  const metadata = { name };
  const api = (id: string, apiVersion: string, rest: { kind: string; [field: string]: unknown }) =>
    new ApiObject(chart, id, { apiVersion, metadata, ...rest });
  api("text", "v1", { kind: "ConfigMap", data: { text, empty: "" } });
  api("key", "v1", { kind: "Secret", stringData: { key: "t0ps3cret" } });
  api("pods", "apps/v1", { kind: "Deployment", spec: deploymentSpec(name) });
  api("scaler", "autoscaling/v2", {
    kind: "HorizontalPodAutoscaler",
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: 2,
      maxReplicas: 3,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    },
  });
  return chart;
});

function deploymentSpec(name: string) {
  const labels = { app: name };
  return {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "notes",
            image: "ghcr.io/stefanprodan/podinfo:6.9.0",
            ports: [{ containerPort: 9898 }],
            env: [{ name: "EMPTY", value: "" }],
            resources: {
              requests: { cpu: "0.05", memory: "64Mi", "ephemeral-storage": "32Mi" },
              limits: { cpu: "1000m", memory: "64Mi", "ephemeral-storage": "64Mi" },
            },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    },
  };
}
