// The published surface of the library.
export { ClusterGroup, type ClusterGroupArgs } from "./clusters/cluster-group.ts";
export type {
  FeatureMember,
  GroupFeature,
  HostedFeature,
  HostedFeatureMember,
  MemberFeature,
} from "./clusters/group-features.ts";
export { ImportedCluster, type ImportedClusterArgs } from "./clusters/imported-cluster.ts";
export { LocalCluster, type LocalClusterArgs } from "./clusters/local-cluster.ts";
export { HelmObjects, type HelmObjectsArgs } from "./kubernetes/helm-objects.ts";
export { HelmRelease, type HelmReleaseArgs } from "./kubernetes/helm-release.ts";
export { ManifestSet, type ManifestSetArgs } from "./kubernetes/manifests.ts";
export type { RemoteChart } from "./kubernetes/remote-chart.ts";
export { serviceAddress } from "./kubernetes/service-address.ts";
export type { InstallOptions, MemberRelease } from "./releases/install.ts";
export type { InstalledMember, Member } from "./releases/members.ts";
export { MultiClusterRelease, type MultiClusterReleaseArgs } from "./releases/multi-cluster-release.ts";
export { type HelmArgs, helm, manifests } from "./releases/source.ts";
export { TenantNamespace, type TenantNamespaceArgs } from "./tenancy/tenant-namespace.ts";
