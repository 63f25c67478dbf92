// Who may talk to the Pods of a tenant's namespace, and to whom they may talk.

/**
 * The boundary as the spec of one NetworkPolicy. It selects every Pod for both directions, so what it does not list is
 * denied: allowed are the Pods of the same namespace, and DNS. One object instead of one per rule: the boundary is
 * there as a whole or not at all.
 */
export function networkBoundary() {
  const sameNamespace = { podSelector: {} };
  // By the label that the API server itself writes: every other label of a namespace can be set elsewhere too.
  const kubeSystem = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } };
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [sameNamespace] }],
    egress: [
      { to: [sameNamespace] },
      {
        to: [kubeSystem],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  };
}
