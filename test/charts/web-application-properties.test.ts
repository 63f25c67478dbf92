import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WebApplicationProps } from "../../charts/index.ts";
import { parseQuantity } from "../../components/core/quantities.ts";
import { containerOf, type Manifest, podsOf, render, specOf } from "./rendered.ts";

describe("any web application", () => {
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
  // cdk8s cannot render objects without a prototype.
  const labels = fc.dictionary(label, label, { maxKeys: 3, noNullPrototype: true });
  const port = fc.integer({ min: 1, max: 65_535 });
  const peer = fc.oneof(
    fc.record({ namespace: label, pods: labels }, { requiredKeys: [] }),
    fc.record({ cidr: fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "::/0", "fd00::/8") }),
  );
  const props: fc.Arbitrary<WebApplicationProps> = fc.record(
    {
      namespace: label,
      image: fc.constantFrom("web:1", `registry.example.com:5000/web@sha256:${"a".repeat(64)}`),
      port: fc.integer({ min: 1024, max: 65_535 }),
      servicePort: port,
      environment: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/), fc.string()),
      resources: fc
        .tuple(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 0, max: 4000 }))
        .map(([request, more]) => ({
          requests: { cpu: `${request}m`, memory: `${request}Mi` },
          limits: { cpu: `${request + more}m`, memory: `${request + more}Mi` },
        })),
      scaling: fc
        .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }))
        .map(([minimum, more]) => ({ minimum, maximum: minimum + more })),
      clients: fc.array(peer, { maxLength: 3 }),
      destinations: fc.array(fc.record({ to: peer, ports: fc.array(port, { minLength: 1, maxLength: 3 }) }), {
        maxLength: 3,
      }),
      labels,
    },
    { requiredKeys: ["namespace", "image"] },
  );
  const holds = (claim: (objects: Manifest[]) => void) =>
    fc.assert(
      fc.property(label, props, (name, given) => claim(render(given, name))),
      { numRuns: 100 },
    );

  it("has one set of Pods that every object selects", () => {
    holds((objects) => {
      const labels = podsOf(objects).metadata?.labels;
      const selectors = [
        specOf(objects, "Deployment").selector.matchLabels,
        specOf(objects, "Service").selector,
        specOf(objects, "PodDisruptionBudget").selector?.matchLabels,
        specOf(objects, "NetworkPolicy").podSelector?.matchLabels,
        podsOf(objects).spec?.topologySpreadConstraints?.[0]?.labelSelector?.matchLabels,
      ];
      for (const selector of selectors) expect(selector).toEqual(selectors[0]);
      expect(Object.keys(selectors[0] ?? {})).toHaveLength(2);
      expect(labels).toMatchObject(selectors[0] ?? {});
    });
  });

  it("has an autoscaler of its own Deployment, which can count", () => {
    holds((objects) => {
      const { scaleTargetRef, minReplicas, maxReplicas } = specOf(objects, "HorizontalPodAutoscaler");
      const target = objects.find(
        ({ apiVersion, kind, metadata }) =>
          apiVersion === scaleTargetRef.apiVersion &&
          kind === scaleTargetRef.kind &&
          metadata.name === scaleTargetRef.name,
      );
      expect(target?.kind).toBe("Deployment");
      expect(minReplicas).toBeLessThanOrEqual(maxReplicas);
      expect(parseQuantity(containerOf(objects).resources?.requests?.["cpu"] ?? "0")).toBeGreaterThan(0);
    });
  });

  it("lets one Pod be evicted whatever the autoscaler decides", () => {
    holds((objects) => {
      const { maxUnavailable, minAvailable } = specOf(objects, "PodDisruptionBudget");
      expect(minAvailable).toBeUndefined();
      expect(maxUnavailable).toBeGreaterThanOrEqual(1);
    });
  });

  it("sends the Service's requests to a port that the container has and the policy opens", () => {
    holds((objects) => {
      const containerPort = containerOf(objects).ports?.[0]?.containerPort;
      expect(containerPort).toBeGreaterThan(0);
      expect(specOf(objects, "Service").ports?.[0]?.targetPort).toBe(containerPort);
      for (const { ports } of specOf(objects, "NetworkPolicy").ingress ?? []) {
        expect(ports).toEqual([{ protocol: "TCP", port: containerPort }]);
      }
    });
  });

  it("never opens all ports of anything", () => {
    holds((objects) => {
      const { ingress = [], egress = [] } = specOf(objects, "NetworkPolicy");
      for (const rule of [...ingress, ...egress]) expect(rule.ports?.length).toBeGreaterThan(0);
    });
  });
});
