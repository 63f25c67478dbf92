// Kinds of the Kubernetes API, as rules need to know them.

/** A kind of the API, read from a resource's type. */
export interface Kind {
  /** `core` for the oldest kinds, which have no group in the API. */
  group: string;
  kind: string;
}

/** The kind of `kubernetes:<group>/<version>:<Kind>`, also of a patch to an object; undefined for every other type. */
export function kindOf(type: string): Kind | undefined {
  const { group, kind } =
    /^kubernetes:(?<group>[^/:]+)\/[^/:]+:(?<kind>[^/:]+?)(?:Patch)?$/.exec(type)?.groups ?? {};
  return group === undefined || kind === undefined ? undefined : { group, kind };
}

/**
 * Kinds that live outside of namespaces, by group, for all groups of Kubernetes itself. The group of a custom kind is
 * added as soon as it has a kind that lives outside of namespaces.
 */
const clusterScoped: Record<string, string[]> = {
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  apps: [],
  "authentication.k8s.io": ["SelfSubjectReview", "TokenReview"],
  "authorization.k8s.io": ["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
  autoscaling: [],
  batch: [],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "coordination.k8s.io": [],
  core: ["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
  "discovery.k8s.io": [],
  "events.k8s.io": [],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IngressClass", "IPAddress", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  policy: [],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "DeviceTaintRule", "ResourcePoolStatusRequest", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/** Whether objects of the kind live in namespaces; undefined for kinds of groups that are not listed. */
export function isNamespaced({ group, kind }: Kind): boolean | undefined {
  const kinds = clusterScoped[group];
  return kinds === undefined ? undefined : !kinds.includes(kind);
}

/** Where the Pod of each kind that makes Pods is described. */
const podSpecs: Record<string, string[]> = {
  "apps/DaemonSet": ["spec", "template", "spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
  "core/Pod": ["spec"],
  "core/PodTemplate": ["template", "spec"],
  "core/ReplicationController": ["spec", "template", "spec"],
};

/** The path to the description of the Pod; undefined for kinds that make none. */
export function podSpecPath({ group, kind }: Kind): string[] | undefined {
  return podSpecs[`${group}/${kind}`];
}
