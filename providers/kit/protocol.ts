// The calls of the engine's protocol that a provider of ours answers; others are answered as not implemented.
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Call } from "./calls.ts";
import { diffResponse, topLevel, withUnknowns } from "./differences.ts";
import { InitFailure } from "./failures.ts";
import {
  IncompleteError,
  type Properties,
  type Provider,
  type Resource,
  type ResourceType,
  type Result,
} from "./resource.ts";
import { type Secrets, unknown, unknownPaths, unwrap, wrap } from "./values.ts";

/** A resource type by its token, and the resource that a request is about. */
interface Subject {
  token: string;
  type: ResourceType;
  resource: Resource;
}

type Recorded = ReturnType<typeof recordedOf>;

/** What every request about a resource tells. */
interface Request {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** What the provider answers to each call. */
export function protocol(provider: Provider) {
  /** Finds the resource type before `answer` is asked. */
  const about =
    <R extends Request, Response>(answer: (subject: Subject, request: R) => Promise<Response>) =>
    async (request: R, { signal }: Call): Promise<Response> => {
      const token = request.getType();
      const type = provider.resources[token];
      const tokens = Object.keys(provider.resources).join(", ");
      if (!type) throw new Error(`${provider.name} has no resource type ${token}; it has ${tokens}`);
      return answer(
        { token, type, resource: { urn: request.getUrn(), name: request.getName(), signal } },
        request,
      );
    };
  return {
    ...lifecycle(provider),
    check: about(check),
    diff: about(diff),
    create: about(create),
    read: about(read),
    update: about(update),
    delete: about(remove),
  };
}

/** The calls that are about the provider itself. */
function lifecycle({ name, version }: Provider) {
  const { ProviderHandshakeResponse, GetSchemaResponse, CheckResponse, DiffResponse, ConfigureResponse } =
    messages;
  return {
    handshake: () =>
      new ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true),
    getPluginInfo: () => new plugins.PluginInfo().setVersion(version),
    getSchema: () => new GetSchemaResponse().setSchema(JSON.stringify({ name, version })),
    checkConfig: (request: messages.CheckRequest) => new CheckResponse().setInputs(request.getNews()),
    diffConfig: () => new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE),
    configure: () =>
      new ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true),
    attach: () => new empties.Empty(),
    invoke: (request: messages.InvokeRequest) => {
      throw new Error(`${name} has no function ${request.getTok()}; it has resources only`);
    },
  };
}

async function check({ type, resource }: Subject, request: messages.CheckRequest) {
  const news = unwrap(request.getNews());
  const olds = request.getOlds();
  // The engine sends old inputs without any property for a new resource.
  const old = olds && olds.getFieldsMap().getLength() > 0 ? unwrap(olds).values : undefined;
  const { inputs, failures } = await type.check(news.values, old, resource);
  return new messages.CheckResponse()
    .setInputs(wrap(inputs, news.secrets))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

async function diff({ type, resource }: Subject, request: messages.DiffRequest) {
  const recorded = recordedOf(request.getId(), request.getOldInputs(), request.getOlds());
  const inputs = unwrap(request.getNews()).values;
  const differences = withUnknowns(await type.diff(recorded, inputs, resource), inputs);
  return diffResponse(differences, { old: recorded.inputs, wanted: inputs }).setDeletebeforereplace(
    type.deleteBeforeReplace ?? false,
  );
}

async function create(subject: Subject, request: messages.CreateRequest) {
  const { type, resource } = subject;
  const { values, secrets } = unwrap(request.getProperties());
  if (request.getPreview()) {
    const outputs = { ...unknowns(type.computed), ...values };
    return new messages.CreateResponse().setProperties(wrap(outputs, secrets, declaredSecrets(type)));
  }
  demandKnown(values, subject);
  const { id, properties } = await outcome(
    subject,
    { secrets: [secrets], inputs: request.getProperties() },
    () => type.create(values, resource),
  );
  return new messages.CreateResponse().setId(id).setProperties(properties);
}

async function read(subject: Subject, request: messages.ReadRequest) {
  const [inputs, outputs] = [unwrap(request.getInputs()), unwrap(request.getProperties())];
  const recorded = { id: request.getId(), inputs: inputs.values, outputs: outputs.values };
  const found = await subject.type.read(recorded, subject.resource);
  if (!found) return new messages.ReadResponse();
  const secrets = [inputs.secrets, outputs.secrets];
  const { id, properties } = await outcome(
    subject,
    { secrets, inputs: request.getInputs() },
    async () => found,
  );
  return new messages.ReadResponse()
    .setId(id)
    .setProperties(properties)
    .setInputs(wrap(found.inputs, inputs.secrets, declaredSecrets(subject.type)));
}

async function update(subject: Subject, request: messages.UpdateRequest) {
  const { type, resource } = subject;
  const recorded = recordedOf(request.getId(), request.getOldInputs(), request.getOlds());
  const { values, secrets } = unwrap(request.getNews());
  if (request.getPreview()) {
    const outputs = await expected(subject, recorded, values);
    return new messages.UpdateResponse().setProperties(
      wrap(outputs, secrets, unwrap(request.getOlds()).secrets, declaredSecrets(type)),
    );
  }
  demandKnown(values, subject);
  const { properties } = await outcome(
    subject,
    { secrets: [secrets], inputs: request.getNews() },
    async () => ({
      id: recorded.id,
      outputs: await type.update(recorded, values, resource),
    }),
  );
  return new messages.UpdateResponse().setProperties(properties);
}

async function remove({ type, resource }: Subject, request: messages.DeleteRequest) {
  await type.delete(recordedOf(request.getId(), request.getOldInputs(), request.getProperties()), resource);
  return new empties.Empty();
}

function recordedOf(id: string, inputs: structs.Struct | undefined, outputs: structs.Struct | undefined) {
  return { id, inputs: unwrap(inputs).values, outputs: unwrap(outputs).values };
}

/**
 * Outputs as far as they can be foreseen before an update: what is recorded and wanted. Unknown are computed outputs
 * that are not recorded, that were given as inputs before and no longer are, and whose difference the type announces.
 */
async function expected(
  { type, resource }: Subject,
  recorded: Recorded,
  inputs: Properties,
): Promise<Properties> {
  const differences = await type.diff(recorded, inputs, resource);
  const changing = new Set(differences.map(({ path }) => topLevel(path)));
  const kept = Object.entries(recorded.outputs).filter(
    ([name]) => !(name in recorded.inputs) && !(changing.has(name) && type.computed.includes(name)),
  );
  return { ...unknowns(type.computed), ...Object.fromEntries(kept), ...inputs };
}

/**
 * The outcome of a call that may have left a resource: its outputs in envelopes, or an error that has them along.
 * A computed output that is missing would reach programs as undefined without a word, so it is an error too.
 */
async function outcome(
  { token, type }: Subject,
  { secrets, inputs = new structs.Struct() }: { secrets: Secrets[]; inputs: structs.Struct | undefined },
  call: () => Promise<Result>,
): Promise<{ id: string; properties: structs.Struct }> {
  const failure = (message: string, { id, outputs }: Result) =>
    new InitFailure(message, { id, inputs, properties: wrap(outputs, ...secrets, declaredSecrets(type)) });
  const result = await call().catch((error: unknown) => {
    throw error instanceof IncompleteError ? failure(error.message, error.result) : error;
  });
  const missing = type.computed.filter((name) => result.outputs[name] === undefined);
  if (missing.length > 0) {
    throw failure(`bug of the provider: ${token} has no value for its output ${missing.join(", ")}`, result);
  }
  return { id: result.id, properties: wrap(result.outputs, ...secrets, declaredSecrets(type)) };
}

function unknowns(names: string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, unknown]));
}

function declaredSecrets({ secret = [] }: ResourceType): Secrets {
  return { paths: secret.map((name) => [name]), texts: [] };
}

function demandKnown(inputs: Properties, { resource }: Subject): void {
  const [path] = unknownPaths(inputs);
  if (path !== undefined)
    throw new Error(`the engine wants ${resource.urn} made before its input ${path} is known`);
}
