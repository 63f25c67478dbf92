// The charts: manifests as pure functions of plain values.
export { WebApplication } from "./web-application.ts";
export type { WebApplicationProps } from "./web-application-props.ts";
