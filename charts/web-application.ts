// A web application on one cluster: stateless Pods behind a Service, scaled by their use of cpu.
import { Chart, Duration } from "cdk8s";
import * as plus from "cdk8s-plus-27";
import type { Construct } from "constructs";
import { toPeer } from "./network-peers.ts";
import { hardenPods } from "./pod-hardening.ts";
import { checkWebApplication } from "./web-application-check.ts";
import {
  ownLabels,
  selectorLabels,
  type WebApplicationProps,
  withDefaults,
} from "./web-application-props.ts";

type Settings = ReturnType<typeof withDefaults>;

/** Nobody in particular: no user of the node has this number. */
const user = 65_532;

/**
 * Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget and NetworkPolicy, all of the chart's name: a DNS label
 * that begins with a letter. The Pods pass Pod Security "restricted" and state all that a ResourceQuota may ask of them.
 */
export class WebApplication extends Chart {
  constructor(scope: Construct, name: string, props: WebApplicationProps) {
    checkWebApplication(name, props);
    const settings = withDefaults(props);
    const labels = { ...settings.labels, ...ownLabels(name) };
    super(scope, name, { namespace: settings.namespace, labels });
    const metadata = { name };
    const pods = plus.Pods.select(this, "pods", { labels: selectorLabels(name) });

    const deployment = new plus.Deployment(this, "deployment", {
      metadata,
      podMetadata: { labels },
      select: false,
      containers: [containerProps(this, settings)],
      securityContext: { ensureNonRoot: true, user, group: user, fsGroup: user },
      // A new Pod is ready before an old one goes.
      strategy: plus.DeploymentStrategy.rollingUpdate({
        maxSurge: plus.PercentOrAbsolute.percent(25),
        maxUnavailable: plus.PercentOrAbsolute.absolute(0),
      }),
    });
    deployment.select(plus.LabelSelector.of({ labels: selectorLabels(name) }));
    hardenPods(deployment, { selector: selectorLabels(name), resources: settings.resources });

    new plus.Service(this, "service", {
      metadata,
      selector: pods,
      ports: [{ name: "http", port: settings.servicePort, targetPort: settings.port }],
    });

    const { minimum, maximum, cpuPercent } = settings.scaling;
    new plus.HorizontalPodAutoscaler(this, "autoscaler", {
      metadata,
      target: deployment,
      minReplicas: minimum,
      maxReplicas: maximum,
      metrics: [plus.Metric.resourceCpu(plus.MetricTarget.averageUtilization(cpuPercent))],
    });

    new plus.k8s.KubePodDisruptionBudget(this, "budget", {
      metadata,
      spec: {
        // Never a number of Pods that must stay: with as many Pods as that, no node could be drained.
        maxUnavailable: plus.k8s.IntOrString.fromNumber(1),
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: selectorLabels(name) },
      },
    });

    addNetworkPolicy(this, pods, settings);
  }
}

function containerProps(chart: WebApplication, settings: Settings): plus.ContainerProps {
  const { image, command, args, environment, port, health, writablePaths } = settings;
  const probe = (path: string, failureThreshold: number, seconds: number) =>
    plus.Probe.fromHttpGet(path, {
      port,
      failureThreshold,
      periodSeconds: Duration.seconds(seconds),
      timeoutSeconds: Duration.seconds(Math.min(seconds, 3)),
    });
  return {
    name: chart.node.id,
    image,
    command,
    args,
    imagePullPolicy: plus.ImagePullPolicy.IF_NOT_PRESENT,
    ports: [{ name: "http", number: port }],
    envVariables: Object.fromEntries(
      Object.entries(environment).map(([variable, value]) => [variable, plus.EnvValue.fromValue(value)]),
    ),
    envFrom: environmentFrom(chart, settings),
    startup: probe(health.live, health.startSeconds, 1),
    liveness: probe(health.live, 3, 10),
    readiness: probe(health.ready, 3, 5),
    securityContext: {
      ensureNonRoot: true,
      user,
      group: user,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    },
    volumeMounts: writablePaths.map((path, index) => {
      const volume = `writable-${index}`;
      return { path, volume: plus.Volume.fromEmptyDir(chart, volume, volume) };
    }),
  };
}

function environmentFrom(chart: WebApplication, settings: Settings): plus.EnvFrom[] {
  return settings.environmentFrom.map((source, index) => {
    const id = `environment-${index}`;
    return "configMap" in source
      ? plus.Env.fromConfigMap(plus.ConfigMap.fromConfigMapName(chart, id, source.configMap))
      : plus.Env.fromSecret(plus.Secret.fromSecretName(chart, id, source.secret));
  });
}

/** Both directions are closed but for what is listed. */
function addNetworkPolicy(chart: WebApplication, pods: plus.Pods, settings: Settings): void {
  const { clients, destinations, port } = settings;
  const tcp = (number: number) => plus.NetworkPolicyPort.tcp(number);
  const dns = toPeer(chart, "dns", { namespace: "kube-system" });
  new plus.NetworkPolicy(chart, "network-policy", {
    metadata: { name: chart.node.id, namespace: chart.namespace },
    selector: pods,
    ingress: {
      default: plus.NetworkPolicyTrafficDefault.DENY,
      rules: clients.map((client, index) => ({
        peer: toPeer(chart, `client-${index}`, client),
        ports: [tcp(port)],
      })),
    },
    egress: {
      rules: [
        { peer: dns, ports: [plus.NetworkPolicyPort.udp(53), tcp(53)] },
        ...destinations.map(({ to, ports }, index) => ({
          peer: toPeer(chart, `destination-${index}`, to),
          ports: ports.map(tcp),
        })),
      ],
    },
  });
}
