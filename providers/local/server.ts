// The provider plugin `breakwater-local`.
import { serveProvider } from "../kit/server.ts";
import { controlPlane } from "./control-plane.ts";

await serveProvider({
  name: "breakwater-local",
  version: "0.1.0",
  resources: { "breakwater-local:index:ControlPlane": controlPlane },
});
