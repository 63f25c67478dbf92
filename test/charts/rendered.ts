// A WebApplication as a cluster would get it, and the parts of it that tests ask about.
import type {
  V1Container,
  V1Deployment,
  V1NetworkPolicy,
  V1ObjectMeta,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1Service,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";
import { App } from "cdk8s";
import { WebApplication, type WebApplicationProps } from "../../charts/index.ts";

interface Kinds {
  Deployment: V1Deployment;
  Service: V1Service;
  HorizontalPodAutoscaler: V2HorizontalPodAutoscaler;
  PodDisruptionBudget: V1PodDisruptionBudget;
  NetworkPolicy: V1NetworkPolicy;
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: V1ObjectMeta;
}

/** No prop but those that have no default. */
export const least: WebApplicationProps = {
  namespace: "shop-prod",
  image: "registry.example.com/shop/web:1.4.2",
};

export function render(props: WebApplicationProps = least, name = "web"): Manifest[] {
  return new WebApplication(new App(), name, props).toJson() as Manifest[];
}

/** The spec of the one object of a kind. */
export function specOf<Kind extends keyof Kinds>(objects: Manifest[], kind: Kind) {
  const [found, ...more] = objects.filter((object) => object.kind === kind);
  const { spec } = (found ?? {}) as Kinds[Kind];
  if (spec === undefined || more.length > 0) throw new Error(`there is not exactly one ${kind}`);
  return spec as NonNullable<Kinds[Kind]["spec"]>;
}

/** The template of the Pods. */
export function podsOf(objects: Manifest[]): V1PodTemplateSpec {
  return specOf(objects, "Deployment").template;
}

/** The one container of the Pods. */
export function containerOf(objects: Manifest[]): V1Container {
  const [container, ...more] = podsOf(objects).spec?.containers ?? [];
  if (container === undefined || more.length > 0) throw new Error("there is not exactly one container");
  return container;
}
