import { credentials, type ServiceError } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, describe, expect, it } from "vitest";
import { IncompleteError, type ResourceType } from "../../../providers/kit/resource.ts";
import { type Serving, startServer } from "../../../providers/kit/server.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const token = "toy:index:Box";
const urn = `urn:pulumi:local::toy::${token}::one`;

/** A type that keeps what it is given, as far as a test does not say otherwise. */
const box: ResourceType = {
  computed: ["address"],
  secret: ["password"],
  check: async (inputs) => ({ inputs, failures: [] }),
  diff: async () => [],
  create: async (inputs) => ({ id: "box-1", outputs: { ...inputs, address: "here", password: "p4ssw0rd" } }),
  read: async () => undefined,
  update: async (_recorded, inputs) => ({ ...inputs, address: "there" }),
  delete: async () => {},
};

let serving: Serving | undefined;

afterEach(async () => {
  await serving?.stop();
  serving = undefined;
});

/** What the server answers to each call. */
interface Responses {
  create: messages.CreateResponse;
  diff: messages.DiffResponse;
  read: messages.ReadResponse;
  check: messages.CheckResponse;
}

type Callback = (error: ServiceError | null, response: unknown) => void;

/** Serves the type and returns how to call the server as the engine does. */
async function engineFor(type: Partial<ResourceType>) {
  serving = await startServer({ name: "toy", version: "1.0.0", resources: { [token]: { ...box, ...type } } });
  const address = `127.0.0.1:${serving.port}`;
  const client = new services.ResourceProviderClient(address, credentials.createInsecure());
  const methods = client as unknown as Record<string, (request: unknown, callback: Callback) => void>;
  return <Name extends keyof Responses>(name: Name, request: unknown): Promise<Responses[Name]> =>
    new Promise<Responses[Name]>((resolve, reject) =>
      methods[name]?.(request, (error, response) =>
        error ? reject(error) : resolve(response as Responses[Name]),
      ),
    ).finally(() => client.close());
}

const struct = (value: object) =>
  structs.Struct.fromJavaScript(value as Record<string, structs.JavaScriptValue>);

function createRequest(inputs: object, preview = false) {
  return new messages.CreateRequest()
    .setUrn(urn)
    .setName("one")
    .setType(token)
    .setProperties(struct(inputs))
    .setPreview(preview);
}

describe("the creation of a resource", () => {
  it("gives inputs and secret outputs back, secrets in their envelopes", async () => {
    const call = await engineFor({});
    const response = await call("create", createRequest({ size: 3, key: secret("s3cret-key") }));
    expect(response.getId()).toBe("box-1");
    expect(response.getProperties()?.toJavaScript()).toEqual({
      size: 3,
      key: secret("s3cret-key"),
      address: "here",
      password: secret("p4ssw0rd"),
    });
  });

  it("hides an output that was made of a secret input", async () => {
    const call = await engineFor({
      create: async (inputs) => ({
        id: "1",
        outputs: { ...inputs, address: `https://${String(inputs["key"])}@here` },
      }),
    });
    const response = await call("create", createRequest({ key: secret("s3cret-key") }));
    expect(response.getProperties()?.toJavaScript()["address"]).toEqual(secret("https://s3cret-key@here"));
  });

  it("is previewed without being done, with computed outputs unknown", async () => {
    const call = await engineFor({
      create: async () => Promise.reject(new Error("must not be called")),
    });
    const response = await call("create", createRequest({ size: 3 }, true));
    expect(response.getId()).toBe("");
    expect(response.getProperties()?.toJavaScript()).toMatchObject({ size: 3, address: unknown });
  });

  it("fails with the message of what was thrown", async () => {
    const call = await engineFor({
      create: async () => Promise.reject(new Error("no room for a box")),
    });
    await expect(call("create", createRequest({}))).rejects.toMatchObject({
      details: "no room for a box",
    });
  });

  it("that ends half-way keeps the id of what is there", async () => {
    const half = new IncompleteError("the lid is missing", { id: "box-7", outputs: { address: "here" } });
    const call = await engineFor({ create: async () => Promise.reject(half) });
    const error = (await call("create", createRequest({})).catch(
      (thrown: unknown) => thrown,
    )) as ServiceError;
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const [detail] = statuses.Status.deserializeBinary(bytes as Buffer).getDetailsList();
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(
      detail?.getValue_asU8() ?? new Uint8Array(),
    );
    expect(failed.getId()).toBe("box-7");
    expect(failed.getReasonsList()).toEqual(["the lid is missing"]);
  });

  it("is refused as a bug when a declared output has no value", async () => {
    const call = await engineFor({ create: async () => ({ id: "1", outputs: {} }) });
    await expect(call("create", createRequest({}))).rejects.toMatchObject({
      details: expect.stringContaining("address"),
    });
  });

  it("sees that the engine cancels", async () => {
    const call = await engineFor({
      create: (_inputs, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("put the box down")));
          setImmediate(() => serving?.cancel());
        }),
    });
    await expect(call("create", createRequest({}))).rejects.toMatchObject({
      details: "put the box down",
    });
  });
});

describe("the comparison of a resource", () => {
  const request = () =>
    new messages.DiffRequest()
      .setUrn(urn)
      .setName("one")
      .setType(token)
      .setId("box-1")
      .setOlds(struct({ size: 3 }))
      .setOldInputs(struct({ size: 3 }))
      .setNews(struct({ size: 4 }));

  it("says that nothing changes", async () => {
    const call = await engineFor({});
    const response = await call("diff", request());
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("says what changes and what takes a new resource", async () => {
    const call = await engineFor({
      diff: async () => [{ path: "size", kind: "update", replaces: true }],
    });
    const response = await call("diff", request());
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(response.getReplacesList()).toEqual(["size"]);
  });
});

describe("the other calls", () => {
  it("answer for a resource that is gone with no id", async () => {
    const call = await engineFor({});
    const request = new messages.ReadRequest().setUrn(urn).setName("one").setType(token).setId("box-1");
    expect((await call("read", request)).getId()).toBe("");
  });

  it("carry what is wrong with inputs, by property", async () => {
    const failures = [{ property: "size", reason: "is too large" }];
    const call = await engineFor({ check: async (inputs) => ({ inputs, failures }) });
    const request = new messages.CheckRequest()
      .setUrn(urn)
      .setName("one")
      .setType(token)
      .setNews(struct({ size: 9 }));
    const [failure] = (await call("check", request)).getFailuresList();
    expect([failure?.getProperty(), failure?.getReason()]).toEqual(["size", "is too large"]);
  });

  it("refuse a type that the provider does not have, naming those it has", async () => {
    const call = await engineFor({});
    const request = createRequest({}).setType("toy:index:Bag");
    await expect(call("create", request)).rejects.toMatchObject({
      details: "toy has no resource type toy:index:Bag; it has toy:index:Box",
    });
  });
});
