// Lets the mocks take resource hooks as the engine does, and call them as after a last update that a test makes up.
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { CallbackServer } from "@pulumi/pulumi/runtime/callbacks.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { readStruct } from "./requests.ts";

type Inputs = Record<string, unknown>;

const hooks = new Map<string, pulumi.ResourceHook>();
let last: Record<string, Inputs | undefined> = {};

/**
 * Makes up the last update for all programs until it is said again: the inputs of components by their names, undefined
 * for one that was not there. Hooks of components that are not named are not called, as if nothing had changed.
 */
export function lastUpdateWas(inputs: Record<string, Inputs | undefined>): void {
  last = inputs;
}

CallbackServer.prototype.registerResourceHook = async (hook: pulumi.ResourceHook) => {
  hooks.set(hook.name, hook);
};

const register = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = async function (request: RegisterResourceRequest, callback) {
  try {
    await callHooks(request);
  } catch (error) {
    return callback(error, undefined);
  }
  return register.call(this, request, callback);
};

async function callHooks(request: RegisterResourceRequest): Promise<void> {
  const name = request.getName();
  const bound = request.getHooks();
  const { plain: newInputs } = readStruct(request.getObject());
  if (bound === undefined || !Object.hasOwn(last, name)) return;
  const oldInputs = last[name];
  if (isDeepStrictEqual(oldInputs, newInputs)) return;
  const names = oldInputs === undefined ? bound.getBeforeCreateList() : bound.getBeforeUpdateList();
  for (const hook of names.map((one) => hooks.get(one))) {
    if (hook === undefined || (pulumi.runtime.isDryRun() && hook.opts?.onDryRun !== true)) continue;
    const resource = { urn: "", id: "", name, type: request.getType(), newInputs };
    await hook.callback(oldInputs === undefined ? resource : { ...resource, oldInputs });
  }
}
