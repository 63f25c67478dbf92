import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ensureAuthority,
  ensureCertificate,
  ensureSigningKey,
  issueCertificate,
} from "../../../providers/local/certificates.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breakwater-pki-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("the certificates of a cluster", () => {
  it("are issued by its authority, for the hosts that they serve", async () => {
    const authority = await ensureAuthority(folder, "ca");
    const subject = { user: "kube-apiserver", hosts: ["localhost", "127.0.0.1", "10.96.0.1"] };
    const { certificate } = await ensureCertificate(folder, "server", { authority, subject });
    const parsed = new X509Certificate(certificate);
    expect(parsed.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(parsed.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:10.96.0.1");
    expect(parsed.ca).toBe(false);
  });

  it("are kept as long as they fit, and made anew for another host", async () => {
    const authority = await ensureAuthority(folder, "ca");
    const make = (hosts: string[]) =>
      ensureCertificate(folder, "server", { authority, subject: { user: "x", hosts } });
    const first = await make(["127.0.0.1"]);
    expect(await make(["127.0.0.1"])).toEqual(first);
    expect((await make(["127.0.0.1", "10.0.0.1"])).certificate).not.toBe(first.certificate);
    expect(await ensureAuthority(folder, "ca")).toEqual(authority);
  });

  it("leave no key that others can read", async () => {
    const authority = await ensureAuthority(folder, "ca");
    await ensureCertificate(folder, "user", { authority, subject: { user: "user" } });
    ensureSigningKey(folder);
    const modes = readdirSync(folder).map((file) => (statSync(join(folder, file)).mode & 0o777).toString(8));
    expect(new Set(modes)).toEqual(new Set(["600"]));
  });

  it.each(["ada", "system:serviceaccount:shop:web", '"quoted"', "#0403ab", "O=system:masters", "é, +;"])(
    "say the very name of a person, also %j",
    async (user) => {
      const authority = await ensureAuthority(folder, "ca");
      const { certificate } = await issueCertificate(authority, { user, groups: ["developers"] });
      const { subject } = new X509Certificate(certificate).toLegacyObject();
      expect(subject).toMatchObject({ CN: user, O: "developers" });
    },
  );
});
