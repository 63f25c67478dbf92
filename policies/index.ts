// The rules that the engine enforces at every preview and update of every environment.
import type { Rule } from "./define.ts";
import { configMapSecrets } from "./rules/config-map-secrets.ts";
import { defaultNamespace } from "./rules/default-namespace.ts";
import { pinnedImages } from "./rules/pinned-images.ts";
import { protectedData } from "./rules/protected-data.ts";
import { providerIdentity } from "./rules/provider-identity.ts";

export const rules: Rule[] = [
  defaultNamespace,
  providerIdentity,
  pinnedImages,
  configMapSecrets,
  protectedData,
];
