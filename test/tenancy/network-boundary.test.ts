import { describe, expect, it } from "vitest";
import { networkBoundary } from "../../components/tenancy/network-boundary.ts";

interface Peer {
  podSelector?: object;
  namespaceSelector?: { matchLabels: Record<string, string> };
}

/** Whether a peer in the own or in another namespace is meant; a peer without a namespace selector is in the own. */
function selects(peer: Peer, namespace: string): boolean {
  if (peer.namespaceSelector === undefined) return namespace === "own";
  return peer.namespaceSelector.matchLabels["kubernetes.io/metadata.name"] === namespace;
}

function reaches(namespace: string, protocol: string, port: number): boolean {
  return networkBoundary().egress.some(
    (rule) =>
      rule.to.some((peer) => selects(peer, namespace)) &&
      (!("ports" in rule) ||
        (rule.ports ?? []).some((one) => one.protocol === protocol && one.port === port)),
  );
}

describe("networkBoundary", () => {
  it("denies by selecting every Pod for both directions", () => {
    expect(networkBoundary()).toMatchObject({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("lets in the Pods of the same namespace and nobody else", () => {
    expect(networkBoundary().ingress).toEqual([{ from: [{ podSelector: {} }] }]);
  });

  it.each<[string, string, number, boolean]>([
    ["own", "TCP", 8080, true],
    ["kube-system", "UDP", 53, true],
    ["kube-system", "TCP", 53, true],
    ["kube-system", "TCP", 443, false],
    ["other", "TCP", 8080, false],
    ["other", "UDP", 53, false],
  ])("lets Pods reach %s by %s on port %i: %j", (...[namespace, protocol, port, allowed]) => {
    expect(reaches(namespace, protocol, port)).toBe(allowed);
  });

  it("has no rule without peers, which would allow everything", () => {
    const { ingress, egress } = networkBoundary();
    expect(
      [...ingress.map(({ from }) => from), ...egress.map(({ to }) => to)].every((peers) => peers.length > 0),
    ).toBe(true);
  });
});
