// What cdk8s-plus has no words for in a Deployment, patched into it: the only place with JSON patches. They are applied to
// the fields of its class `KubeDeployment`, which drops what Kubernetes 1.27 did not have and wraps quantities.
import { ApiObject, JsonPatch } from "cdk8s";
import { type Deployment, k8s } from "cdk8s-plus-27";

interface PodSettings {
  /** Labels that the Deployment selects its Pods by. */
  selector: Record<string, string>;
  /** Quantities as they were given: those of cdk8s-plus are whole Mi only. */
  resources: { requests: Record<string, string>; limits: Record<string, string> };
}

const template = "/spec/template";
const container = `${template}/spec/containers/0`;

/** Completes the Pods of a Deployment of one container. */
export function hardenPods(deployment: Deployment, { selector, resources }: PodSettings): void {
  ApiObject.of(deployment).addJsonPatch(
    // What Pod Security "restricted" asks for beside what cdk8s-plus can say.
    JsonPatch.add(`${template}/spec/securityContext/seccompProfile`, { type: "RuntimeDefault" }),
    JsonPatch.add(`${container}/securityContext/capabilities`, { drop: ["ALL"] }),
    JsonPatch.add(`${container}/resources`, {
      requests: quantities(resources.requests),
      limits: quantities(resources.limits),
    }),
    // Variables for every Service of the namespace: they grow with it, and nobody asked for them.
    JsonPatch.add(`${template}/spec/enableServiceLinks`, false),
    JsonPatch.add(`${template}/spec/topologySpreadConstraints`, [
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        // A preference: a cluster of one zone, or one that has lost a zone, still takes every Pod.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector },
        // Within one revision, so that Pods on their way out do not count.
        matchLabelKeys: ["pod-template-hash"],
      },
    ]),
    // It names the path of constructs: moving the chart in a program would roll the Pods.
    JsonPatch.remove(`${template}/metadata/labels/cdk8s.io~1metadata.addr`),
  );
}

function quantities(amounts: Record<string, string>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([resource, amount]) => [resource, k8s.Quantity.fromString(amount)]),
  );
}
