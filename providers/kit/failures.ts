// What a failed call tells the engine: one message for people and, where a resource exists in spite of it, that resource.
import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import anys from "google-protobuf/google/protobuf/any_pb.js";
import type structs from "google-protobuf/google/protobuf/struct_pb.js";

/** The call failed, and the engine keeps the resource in its state and updates it the next time. */
export class InitFailure extends Error {
  readonly resource: { id: string; properties: structs.Struct; inputs: structs.Struct };

  constructor(message: string, resource: InitFailure["resource"]) {
    super(message);
    this.name = "InitFailure";
    this.resource = resource;
  }
}

/** The answer to a call that threw `error`. The engine prints `details`; only a bug of ours tells its stack, on stderr. */
export function failedStatus(error: unknown): Partial<StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  if (isBug(error)) process.stderr.write(`${error.stack}\n`);
  const metadata = new Metadata();
  // Structured details of a gRPC error go by this header; grpc-js has no call for it.
  if (error instanceof InitFailure) metadata.set("grpc-status-details-bin", detailsOf(error));
  return { code: status.UNKNOWN, details, metadata };
}

function isBug(error: unknown): error is Error {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

function detailsOf({ message, resource }: InitFailure): Buffer {
  const failed = new messages.ErrorResourceInitFailed();
  failed.setId(resource.id).setProperties(resource.properties).setInputs(resource.inputs);
  failed.setReasonsList([message]);
  const detail = new anys.Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new statuses.Status();
  answer.setCode(status.UNKNOWN).setMessage(message).setDetailsList([detail]);
  return Buffer.from(answer.serializeBinary());
}
