import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Program } from "../../../tools/toolchain/programs.ts";
import { ensureToolchain, type Toolchain } from "../../../tools/toolchain/toolchain.ts";
import { archive, checksum, closedPort, Mirror } from "./mirror.ts";
import { script, Workshop } from "./workshop.ts";

const file = "https://releases.test/v1.0.0/etcd-v1.0.0.tar.gz";
const sums = "https://releases.test/v1.0.0/SHA256SUMS";

/** A machine without Go, a mirror, and one program whose release lies in folder `etcd-v1.0.0` of an archive. */
async function setUp(): Promise<{
  workshop: Workshop;
  mirror: Mirror;
  etcd: Program;
  run: () => Promise<Toolchain>;
}> {
  const workshop = new Workshop();
  const mirror = await Mirror.start();
  workshop.environment["BREAKWATER_MIRROR"] = mirror.url;
  const etcd = workshop.program("etcd", "1.0.0", { url: file, checksums: sums, folder: "etcd-v1.0.0" });
  return { workshop, mirror, etcd, run: () => ensureToolchain(workshop.options([etcd])) };
}

const goodArchive = () =>
  archive({
    "etcd-v1.0.0/README": "read me",
    "etcd-v1.0.0/etcd": script("1.0.0"),
    "etcd-v1.0.0/etcdctl": "other",
  });

describe("a release that its publisher vouches for", () => {
  it("is unpacked: the program alone, executable", async () => {
    const { workshop, mirror, run } = await setUp();
    const good = goodArchive();
    mirror.serve(file, good);
    mirror.serve(sums, `${checksum("other")}  other.tar.gz\n${checksum(good)}  etcd-v1.0.0.tar.gz\n`);
    const { bin } = await run();
    expect(readFileSync(join(bin, "etcd"), "utf8")).toBe(script("1.0.0"));
    expect(statSync(join(bin, "etcd")).mode & 0o777).toBe(0o755);
    expect(workshop.cached).toEqual(["bin", "bin/etcd", "placed", "placed/etcd.json"]);
    expect(workshop.shown).toContain(`[1/1] etcd 1.0.0: downloaded from ${file}`);
  });

  it("may be the program itself, with a bare checksum", async () => {
    const { mirror, etcd, run } = await setUp();
    etcd.release = {
      url: "https://releases.test/bin/etcd",
      checksums: "https://releases.test/bin/etcd.sha256",
    };
    mirror.serve(etcd.release.url, script("1.0.0"));
    mirror.serve(etcd.release.checksums, checksum(script("1.0.0")));
    const { bin } = await run();
    expect(readFileSync(join(bin, "etcd"), "utf8")).toBe(script("1.0.0"));
  });

  it.each([
    ["SHA-512", (good: Buffer) => `${checksum(good, "sha512")}  etcd-v1.0.0.tar.gz`],
    ["capital letters", (good: Buffer) => `${checksum(good).toUpperCase()}  etcd-v1.0.0.tar.gz`],
    ["a binary mark", (good: Buffer) => `${checksum(good)} *etcd-v1.0.0.tar.gz\r\n`],
    ["a path", (good: Buffer) => `${checksum(good)}  ./etcd-v1.0.0.tar.gz`],
  ])("is recognised by %s", async (_, line) => {
    const { mirror, run } = await setUp();
    const good = goodArchive();
    mirror.serve(file, good);
    mirror.serve(sums, line(good));
    await expect(run()).resolves.toBeTypeOf("object");
  });

  it("brings all files of a program in one download", async () => {
    const { mirror, etcd, run } = await setUp();
    etcd.executables.push({ name: "etcdctl", module: "etcd", package: "./ctl" });
    const good = goodArchive();
    mirror.serve(file, good);
    mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
    const { bin } = await run();
    expect(readFileSync(join(bin, "etcdctl"), "utf8")).toBe("other");
    expect(mirror.asked.filter((path) => path.endsWith(".tar.gz"))).toHaveLength(1);
  });

  it("is found behind a redirect", async () => {
    const { mirror, run } = await setUp();
    const good = goodArchive();
    mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
    mirror.serve(file, (response) =>
      response.writeHead(302, { location: "/elsewhere/file?signature=1" }).end(),
    );
    mirror.serve("https://elsewhere/file?signature=1", good);
    await expect(run()).resolves.toBeTypeOf("object");
  });
});

describe("anything else is refused, and nothing of it is left", () => {
  const cases: [string, (mirror: Mirror, good: Buffer) => void, RegExp][] = [
    [
      "another file than the checksum is of",
      (mirror, good) => {
        mirror.serve(file, Buffer.concat([good, Buffer.from("x")]));
        mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
      },
      /is not the file its publisher vouches for: its sha256 is [0-9a-f]{64} instead of [0-9a-f]{64}/,
    ],
    [
      "a truncated file",
      (mirror, good) => {
        mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
        mirror.serve(file, (response) => {
          response.writeHead(200, { "content-length": good.length });
          response.write(good.subarray(0, 100), () => response.destroy());
        });
      },
      /etcd-v1\.0\.0\.tar\.gz ended before its end/,
    ],
    [
      "a file shorter than it was, without a stated length",
      (mirror, good) => {
        mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
        mirror.serve(file, good.subarray(0, 100));
      },
      /is not the file its publisher vouches for/,
    ],
    [
      "a missing file",
      (mirror, good) => mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`),
      /etcd-v1\.0\.0\.tar\.gz answers 404/,
    ],
    [
      "a file without its checksum file",
      (mirror, good) => mirror.serve(file, good),
      /SHA256SUMS answers 404/,
    ],
    [
      "a file that the checksum file does not name",
      (mirror, good) => {
        mirror.serve(file, good);
        mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz.asc\n`);
      },
      /SHA256SUMS has no SHA-256 or SHA-512 checksum of etcd-v1\.0\.0\.tar\.gz/,
    ],
    [
      "a checksum that proves nothing",
      (mirror, good) => {
        mirror.serve(file, good);
        mirror.serve(sums, `${checksum(good, "sha1")}  etcd-v1.0.0.tar.gz\n`);
      },
      /has no SHA-256 or SHA-512 checksum/,
    ],
    [
      "a redirect away from https",
      (mirror, good) => {
        mirror.serve(sums, `${checksum(good)}  etcd-v1.0.0.tar.gz`);
        mirror.serve(file, (response) =>
          response.writeHead(302, { location: "http://elsewhere.test/file" }).end(),
        );
      },
      /redirects to http:\/\/elsewhere\.test\/file, which is not https/,
    ],
    [
      "a redirect in a circle",
      (mirror) => mirror.serve(sums, (response) => response.writeHead(302, { location: "SHA256SUMS" }).end()),
      /redirects more than 5 times/,
    ],
  ];

  it.each(cases)("%s", async (_, arrange, reason) => {
    const { workshop, mirror, run } = await setUp();
    arrange(mirror, goodArchive());
    await expect(run()).rejects.toThrow(reason);
    expect(workshop.cached).toEqual([]);
    workshop.installGo();
    await run();
    expect(workshop.builds).toEqual(["etcd"]);
  });

  it.each([
    [
      "an archive without the program",
      { "etcd-v1.0.0/README": "read me" },
      /does not hold etcd-v1\.0\.0\/etcd/,
    ],
    [
      "a program of another version",
      { "etcd-v1.0.0/etcd": script("1.0.1") },
      /etcd answers "version v1\.0\.1"/,
    ],
    ["a program that does not run here", { "etcd-v1.0.0/etcd": "\x7fELF" }, /etcd does not run: /],
  ])("%s", async (_, files, reason) => {
    const { workshop, mirror, run } = await setUp();
    const content = archive(files);
    mirror.serve(file, content);
    mirror.serve(sums, `${checksum(content)}  etcd-v1.0.0.tar.gz`);
    await expect(run()).rejects.toThrow(reason);
    expect(workshop.cached).toEqual([]);
  });

  it("tells at once, before a build, why it was not downloaded", async () => {
    const { workshop, run } = await setUp();
    workshop.installGo();
    await run();
    expect(workshop.shown).toMatch(/: not downloaded, \S+SHA256SUMS answers 404\n.*: building from source/);
  });
});

describe("the network", () => {
  it("is asked only once for a host that does not answer", async () => {
    const workshop = new Workshop();
    const mirror = await Mirror.start();
    workshop.environment["BREAKWATER_MIRROR"] = mirror.url;
    mirror.serve(sums, (response) => response.destroy());
    const release = { url: file, checksums: sums, folder: "." };
    const programs = [workshop.program("a", "1.0.0", release), workshop.program("b", "1.0.0", release)];
    await expect(ensureToolchain(workshop.options(programs))).rejects.toThrow(
      /cannot be reached.*cannot be reached/s,
    );
    expect(mirror.asked).toHaveLength(1);
  });

  it("is not asked at all for a program that is installed", async () => {
    const { workshop, mirror, run } = await setUp();
    workshop.install("path/etcd", "1.0.0");
    await run();
    expect(mirror.asked).toEqual([]);
  });

  it.each(["http://mirror.test", "mirror.test", "ftp://127.0.0.1", "file:///mirror"])(
    "is not trusted with the mirror %s",
    async (mirror) => {
      const { workshop, run } = await setUp();
      workshop.environment["BREAKWATER_MIRROR"] = mirror;
      await expect(run()).rejects.toThrow(`BREAKWATER_MIRROR is "${mirror}"; allowed is an https address`);
    },
  );

  it("names host and cause of what cannot be reached", async () => {
    const { workshop, run } = await setUp();
    const port = await closedPort();
    workshop.environment["BREAKWATER_MIRROR"] = `http://localhost:${port}/`;
    await expect(run()).rejects.toThrow(new RegExp(`localhost:${port} cannot be reached \\(.*ECONNREFUSED`));
  });
});
