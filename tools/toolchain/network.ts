// HTTPS as the toolchain needs it: through a mirror when one is set, no host asked twice that did not answer, no
// silent change to an unprotected address, no endless wait.
import { setTimeout as timer } from "node:timers";
import { Refusal, type Resolution, variable } from "./resolution.ts";

const silenceLimit = 20_000; // milliseconds without a byte
const redirectLimit = 5;

/** Gets a small text. */
export async function fetchText(url: string, resolution: Resolution): Promise<string> {
  const chunks: Uint8Array[] = [];
  await fetchBytes(url, resolution, async (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** Gets a file of any size chunk by chunk; refuses when the answer is not the whole file. */
export async function fetchBytes(
  url: string,
  resolution: Resolution,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const silence = new AbortController();
  const watch = timer(() => silence.abort(new Error(`silent for ${silenceLimit / 1000} s`)), silenceLimit);
  const signal = AbortSignal.any([resolution.signal, silence.signal]);
  try {
    const response = await request(mirrored(url, resolution.environment), resolution, signal);
    for await (const chunk of chunksOf(response)) {
      watch.refresh();
      await take(chunk);
    }
  } finally {
    clearTimeout(watch);
  }
}

/** The address at the mirror: the mirror's own, followed by the official host and path. */
function mirrored(url: string, environment: NodeJS.ProcessEnv): URL {
  const official = new URL(url);
  const given = variable(environment, "BREAKWATER_MIRROR");
  if (given === undefined) return official;
  const mirror = URL.parse(given);
  if (!mirror || !isProtected(mirror)) {
    throw new Error(
      `BREAKWATER_MIRROR is ${JSON.stringify(given)}; allowed is an https address, or an http address of this machine ` +
        "(127.0.0.1, localhost), under which the mirror serves <official host>/<official path>.",
    );
  }
  return new URL(`${mirror.href.replace(/\/$/, "")}/${official.host}${official.pathname}`);
}

/** The checksum comes over the same line as the file, so the line itself must be protected. */
function isProtected(url: URL): boolean {
  const local = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && local);
}

async function request(url: URL, resolution: Resolution, signal: AbortSignal): Promise<Response> {
  let target = url;
  for (let hop = 0; hop <= redirectLimit; hop++) {
    const response = await answer(target, resolution, signal);
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      const next = new URL(location, target);
      if (!isProtected(next))
        throw new Refusal(`${target.href} redirects to ${next.href}, which is not https`);
      target = next;
      continue;
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Refusal(`${target.href} answers ${response.status}`);
  }
  throw new Refusal(`${url.href} redirects more than ${redirectLimit} times`);
}

/** Whoever cannot be reached now is not asked again in this run. */
async function answer(url: URL, { unreachable }: Resolution, signal: AbortSignal): Promise<Response> {
  const known = unreachable.get(url.host);
  if (known !== undefined) throw new Refusal(known);
  try {
    return await fetch(url, { redirect: "manual", signal });
  } catch (error) {
    const reason = `${url.host} cannot be reached (${causeOf(error)})`;
    unreachable.set(url.host, reason);
    throw new Refusal(reason);
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  try {
    if (response.body) yield* response.body;
  } catch (error) {
    throw new Refusal(`${response.url} ended before its end (${causeOf(error)})`);
  }
}

function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message !== "" ? cause.message : String((cause as NodeJS.ErrnoException).code);
}
