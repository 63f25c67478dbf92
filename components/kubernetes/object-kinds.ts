// Which kinds of objects live in a namespace, as far as Kubernetes itself tells.

interface Kind {
  apiVersion: string;
  kind: string;
}

/** Kinds of Kubernetes that live in no namespace. */
const clusterKinds = [
  ["Namespace", "Node", "PersistentVolume", "CustomResourceDefinition", "APIService"],
  ["ClusterRole", "ClusterRoleBinding", "CertificateSigningRequest", "ClusterTrustBundle"],
  ["StorageClass", "VolumeAttributesClass", "VolumeAttachment", "CSIDriver", "CSINode"],
  [
    "PriorityClass",
    "RuntimeClass",
    "IngressClass",
    "DeviceClass",
    "ResourceSlice",
    "IPAddress",
    "ServiceCIDR",
  ],
  ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
  ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"],
  ["FlowSchema", "PriorityLevelConfiguration"],
].flat();

/** Groups of Kubernetes with a dot whose other kinds live in namespaces; `*.k8s.io` has groups of others too. */
const namespacedGroups = [
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "networking.k8s.io",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "storage.k8s.io",
];

/** The API group of an object; for the oldest kinds, which have none, it is empty. */
export function groupOf({ apiVersion }: Kind): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** Whether objects of the kind are known to live in no namespace. */
export function isClusterKind(object: Kind): boolean {
  const group = groupOf(object);
  return (!group.includes(".") || group.endsWith(".k8s.io")) && clusterKinds.includes(object.kind);
}

/** Whether objects of the kind are known to live in a namespace; of kinds that others bring, nothing is known. */
export function isNamespacedKind(object: Kind): boolean {
  const group = groupOf(object);
  return (!group.includes(".") || namespacedGroups.includes(group)) && !clusterKinds.includes(object.kind);
}
