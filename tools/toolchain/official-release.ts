// The second way to a program: its publisher's release, checked against the publisher's checksum file.
import { createHash } from "node:crypto";
import { chmod, mkdir, open, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import { extract } from "tar";
import { fetchBytes, fetchText } from "./network.ts";
import type { Program, Release } from "./programs.ts";
import { Refusal, type Resolution, type Source } from "./resolution.ts";
import { checkVersion } from "./version-answer.ts";

/** Downloads, verifies and unpacks it; whatever is not the published file is removed at once and refused. */
export async function downloadRelease(program: Program, resolution: Resolution): Promise<Source[]> {
  const { release } = program;
  if (!release) throw new Refusal("its publisher offers no checksums to verify a download with");
  const file = posix.basename(release.url);
  const expected = expectedChecksum(await fetchText(release.checksums, resolution), file, release);
  resolution.announce({ kind: "download", host: new URL(release.url).host });
  const folder = join(resolution.scratch, `release-${program.name}`);
  await mkdir(folder, { recursive: true });
  await downloadFile(release.url, { path: join(folder, file), expected }, resolution);
  const paths = await unpack(program, release, { folder, file });
  const [first = ""] = paths;
  await checkVersion(program, first, resolution);
  return paths.map((path) => ({ path, ours: true }));
}

interface Checksum {
  algorithm: "sha256" | "sha512";
  hex: string;
}

/** Reads `<checksum>` or lines of `<checksum>  <file>`; shorter checksums than SHA-256 prove nothing. */
function expectedChecksum(text: string, file: string, { checksums }: Release): Checksum {
  const lines = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/));
  const line =
    lines.find(([, name]) => name?.replace(/^\*?(\.\/)?/, "") === file) ??
    (lines.length === 1 && lines[0]?.length === 1 ? lines[0] : undefined);
  const hex = line?.[0]?.toLowerCase() ?? "";
  if (/^[0-9a-f]{64}$/.test(hex)) return { algorithm: "sha256", hex };
  if (/^[0-9a-f]{128}$/.test(hex)) return { algorithm: "sha512", hex };
  throw new Refusal(`${checksums} has no SHA-256 or SHA-512 checksum of ${file}`);
}

async function downloadFile(
  url: string,
  { path, expected }: { path: string; expected: Checksum },
  resolution: Resolution,
): Promise<void> {
  const hash = createHash(expected.algorithm);
  const target = await open(path, "w", 0o600);
  try {
    await fetchBytes(url, resolution, async (chunk) => {
      hash.update(chunk);
      await target.writeFile(chunk);
    });
    const actual = hash.digest("hex");
    if (actual !== expected.hex) {
      throw new Refusal(
        `${url} is not the file its publisher vouches for: its ${expected.algorithm} is ${actual} instead of ${expected.hex}`,
      );
    }
  } catch (error) {
    await rm(path);
    throw error;
  } finally {
    await target.close();
  }
}

/** Paths of the executables, in their order; nothing else of the archive is written. */
async function unpack(
  program: Program,
  release: Release,
  { folder, file }: { folder: string; file: string },
): Promise<string[]> {
  const archive = join(folder, file);
  const inside = release.folder;
  const members = program.executables.map(({ name }) =>
    inside === undefined ? file : posix.join(inside, name),
  );
  try {
    if (inside !== undefined) {
      await extract({
        file: archive,
        cwd: folder,
        strict: true,
        filter: (path) => members.includes(posix.normalize(path)),
      });
      await rm(archive);
    }
    for (const member of members) await chmod(join(folder, member), 0o755);
  } catch (error) {
    throw new Refusal(`${release.url} does not hold ${members.join(", ")} (${String(error)})`);
  }
  return members.map((member) => join(folder, member));
}
