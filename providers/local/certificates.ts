// The keys and certificates of one cluster, made in-process. Every cluster has authorities of its own, so that
// credentials of one are worth nothing on another.
import "reflect-metadata"; // @peculiar/x509 needs it to be loaded first
import { generateKeyPairSync, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, as PEM. */
export interface Credentials {
  certificate: string;
  key: string;
}

/** Whom a certificate speaks for: for a person, the user and the groups that RBAC sees. */
interface Subject {
  user: string;
  groups?: string[];
  /** Names and addresses under which it serves. */
  hosts?: string[];
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/** How long what a cluster uses is good for; it is renewed whenever the cluster starts with less than `renewal` left. */
const lifetimes = { authority: 3650 * day, certificate: 365 * day, renewal: 30 * day };

/** Makes the authority called `name` in the folder unless it is there. */
export async function ensureAuthority(folder: string, name: string): Promise<Credentials> {
  const found = readCredentials(folder, name);
  if (found) return found;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    ...validity(lifetimes.authority),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const credentials = {
    certificate: `${certificate.toString("pem")}\n`,
    key: await exportKey(keys.privateKey),
  };
  writeCredentials(folder, name, credentials);
  return credentials;
}

/** Makes a certificate in the folder unless one is there that is good for a while and for the same hosts. */
export async function ensureCertificate(
  folder: string,
  name: string,
  { authority, subject }: { authority: Credentials; subject: Subject },
): Promise<Credentials> {
  const found = readCredentials(folder, name);
  if (found && isGood(found, subject)) return found;
  const credentials = await issueCertificate(authority, subject);
  writeCredentials(folder, name, credentials);
  return credentials;
}

/** Issues a certificate for a server with `hosts`, or else for a client. It is good for `days`, one year by default. */
export async function issueCertificate(
  authority: Credentials,
  { user, groups = [], hosts = [] }: Subject,
  days = lifetimes.certificate / day,
): Promise<Credentials> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const issuer = new x509.X509Certificate(authority.certificate);
  const usages = [
    x509.ExtendedKeyUsage.clientAuth,
    ...(hosts.length > 0 ? [x509.ExtendedKeyUsage.serverAuth] : []),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    // As attributes of a stated type: plain text would be read for quotes and hexadecimal.
    subject: new x509.Name([
      { CN: [{ utf8String: user }] },
      ...groups.map((group) => ({ O: [{ utf8String: group }] })),
    ]),
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    ...validity(days * day),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts.map(generalName))] : []),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** Makes the key pair with which the cluster signs the tokens of service accounts, unless it is there. */
export function ensureSigningKey(folder: string): void {
  if (existsSync(join(folder, "service-account.key"))) return;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFile(folder, "service-account.pub", publicKey.export({ type: "spki", format: "pem" }).toString());
  writeFile(folder, "service-account.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

/** Reads what `ensureAuthority` or `ensureCertificate` wrote. */
export function readCredentials(folder: string, name: string): Credentials | undefined {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  if (!existsSync(certificate) || !existsSync(key)) return undefined;
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}

function isGood({ certificate }: Credentials, { hosts = [] }: Subject): boolean {
  const parsed = new X509Certificate(certificate);
  const left = new Date(parsed.validTo).getTime() - Date.now();
  const covers = (host: string) =>
    (isAddress(host) ? parsed.checkIP(host) : parsed.checkHost(host)) !== undefined;
  return left > lifetimes.renewal && hosts.every(covers);
}

/** The key is written last: where it is, the certificate is too. */
function writeCredentials(folder: string, name: string, { certificate, key }: Credentials): void {
  writeFile(folder, `${name}.crt`, certificate);
  writeFile(folder, `${name}.key`, key);
}

function writeFile(folder: string, file: string, content: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, file), content, { mode: 0o600 });
}

/** A few minutes back, for clocks that differ. */
function validity(milliseconds: number) {
  return { notBefore: new Date(Date.now() - 5 * 60 * 1000), notAfter: new Date(Date.now() + milliseconds) };
}

function generalName(host: string): x509.JsonGeneralName {
  return { type: isAddress(host) ? "ip" : "dns", value: host };
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), algorithm, false, ["sign"]);
}
