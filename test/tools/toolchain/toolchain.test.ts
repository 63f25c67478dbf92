import { existsSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ensureToolchain, toolchainDirectory } from "../../../tools/toolchain/toolchain.ts";
import { closedPort } from "./mirror.ts";
import { Workshop } from "./workshop.ts";

const patience = { timeout: 10_000, interval: 10 };

describe("ensureToolchain", () => {
  it("links a program that is on PATH in the right version", async () => {
    const workshop = new Workshop();
    const installed = workshop.install("path/etcd", "3.6.10");
    const { bin } = await ensureToolchain(workshop.options([workshop.program("etcd", "3.6.10")]));
    expect(readlinkSync(join(bin, "etcd"))).toBe(installed);
    expect(workshop.shown).toContain(`[1/1] etcd 3.6.10: found at ${installed}`);
  });

  it("passes over another version on PATH for a later folder with the right one", async () => {
    const workshop = new Workshop();
    workshop.install("path/etcd", "3.6.100");
    const right = workshop.install("more/etcd", "3.6.10");
    workshop.environment["PATH"] += `:${join(workshop.root, "more")}`;
    const { bin } = await ensureToolchain(workshop.options([workshop.program("etcd", "3.6.10")]));
    expect(readlinkSync(join(bin, "etcd"))).toBe(right);
  });

  it("takes a program from PATH only together with the files that belong beside it", async () => {
    const workshop = new Workshop();
    const first = workshop.install("path/engine", "1.0.0");
    const engine = workshop.program("engine", "1.0.0");
    engine.executables.push({ name: "engine-host", module: "engine", package: "./host" });
    await expect(ensureToolchain(workshop.options([engine]))).rejects.toThrow(
      `installed ${first} has no engine-host beside it`,
    );
    workshop.install("path/engine-host", "1.0.0");
    const { bin } = await ensureToolchain(workshop.options([engine]));
    expect(readdirSync(bin)).toEqual(["engine", "engine-host"]);
  });

  it("finds a plugin in the engine's home by the name of its folder, and hands out its own folder of that name", async () => {
    const workshop = new Workshop();
    const plugin = workshop.program("pulumi-resource-thing", "2.0.0");
    delete plugin.question;
    plugin.folder = "plugins/resource-thing-v2.0.0";
    const path = workshop.install(
      "home/.pulumi/plugins/resource-thing-v2.0.0/pulumi-resource-thing",
      "2.0.0",
    );
    const { directory, plugins } = await ensureToolchain(workshop.options([plugin]));
    expect(plugins).toEqual([join(directory, "plugins/resource-thing-v2.0.0")]);
    expect(readlinkSync(join(plugins[0] ?? "", "pulumi-resource-thing"))).toBe(path);
  });

  it("does not take the program of another toolchain of ours for the user's", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const old = await ensureToolchain(workshop.options([workshop.program("etcd", "3.6.10")]));
    workshop.environment["PATH"] += `:${old.bin}`;
    workshop.write("modules/etcd/more.go", "");
    const { bin } = await ensureToolchain(workshop.options([workshop.program("etcd", "3.6.10")]));
    expect(bin).not.toBe(old.bin);
    expect(realpathSync(join(bin, "etcd"))).toBe(join(bin, "etcd"));
    expect(workshop.builds).toEqual(["etcd", "etcd"]);
  });

  it("builds from the module with its go.sum in force, whatever the user's Go settings are", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    workshop.environment["GOFLAGS"] = "-mod=mod";
    const helm = workshop.program("helm", "3.0.0");
    helm.executables = [
      { name: "helm", module: "helm", package: "helm.test/cmd", stamps: { "helm.test.v": "v3.0.0" } },
    ];
    const { bin } = await ensureToolchain(workshop.options([helm]));
    expect(existsSync(join(bin, "helm"))).toBe(true);
    expect(workshop.goLog).toContain(
      "CGO_ENABLED=0 GOFLAGS= build -mod=readonly -trimpath -buildvcs=false -tags osusergo,grpcnotrace -ldflags -s -w -X helm.test.v=v3.0.0 -o",
    );
    expect(workshop.goLog).toMatch(/ helm\.test\/cmd$/m);
  });

  it("refuses what was built when it answers with another version", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const program = workshop.program("kwok", "0.8.0");
    workshop.write("modules/kwok/version", "0.9.0");
    await expect(ensureToolchain(workshop.options([program]))).rejects.toThrow(
      /source +\S+ answers "version v0.9.0"/,
    );
  });

  it("does nothing when all is ready, and leaves nothing unfinished behind", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const programs = [workshop.program("etcd", "1.0.0"), workshop.program("helm", "2.0.0")];
    const first = await ensureToolchain(workshop.options(programs));
    const shown = workshop.shown;
    expect(await ensureToolchain(workshop.options(programs))).toEqual(first);
    expect(workshop.builds).toEqual(["etcd", "helm"]);
    expect(workshop.shown).toBe(shown);
    expect(workshop.cached).toEqual([
      "bin",
      "bin/etcd",
      "bin/helm",
      "placed",
      "placed/etcd.json",
      "placed/helm.json",
    ]);
  });

  it("shares with the toolchain of another version what is the same in both", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    workshop.install("path/kwok", "1.0.0");
    const [etcd, kwok] = [workshop.program("etcd", "1.0.0"), workshop.program("kwok", "1.0.0")];
    const old = await ensureToolchain(workshop.options([etcd, kwok, workshop.program("helm", "2.0.0")]));
    rmSync(join(workshop.root, "path/kwok"));
    const helm = workshop.program("helm", "2.0.1");
    const { bin } = await ensureToolchain(workshop.options([etcd, kwok, helm]));
    expect(statSync(join(bin, "etcd")).ino).toBe(statSync(join(old.bin, "etcd")).ino);
    expect(workshop.builds).toEqual(["etcd", "helm", "kwok", "helm"]);
    rmSync(old.directory, { recursive: true });
    expect((await ensureToolchain(workshop.options([etcd, kwok, helm]))).bin).toBe(bin);
    expect(workshop.builds).toHaveLength(4);
  });

  it("makes a program ready again that its owner replaced or removed", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const installed = workshop.install("path/etcd", "1.0.0");
    const program = workshop.program("etcd", "1.0.0");
    await ensureToolchain(workshop.options([program]));
    workshop.install("path/etcd", "1.0.1-newer");
    const { bin } = await ensureToolchain(workshop.options([program]));
    expect(realpathSync(join(bin, "etcd"))).toBe(join(bin, "etcd"));
    expect(workshop.builds).toEqual(["etcd"]);
    rmSync(installed);
    rmSync(join(bin, "etcd"));
    await ensureToolchain(workshop.options([program]));
    expect(workshop.builds).toEqual(["etcd", "etcd"]);
  });

  it("goes on after a failure, keeps what could be had, and continues there", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const programs = [
      workshop.program("a", "1.0.0"),
      workshop.program("b", "1.0.0"),
      workshop.program("c", "1.0.0"),
    ];
    workshop.write("modules/b/broken", "");
    await expect(ensureToolchain(workshop.options(programs))).rejects.toThrow(
      /1 of the 3 programs.*source +go build fails: first line\n +broken\.go:1: syntax error/s,
    );
    expect(workshop.builds).toEqual(["a", "b", "c"]);
    expect(workshop.cached).toEqual(["bin", "bin/a", "bin/c", "placed", "placed/a.json", "placed/c.json"]);
    workshop.install("path/b", "1.0.0");
    await ensureToolchain(workshop.options(programs));
    expect(workshop.builds).toEqual(["a", "b", "c"]);
  });

  it("tells in one message what is missing, what was tried and the ways out, with neither network nor Go", async () => {
    const workshop = new Workshop();
    const closed = await closedPort();
    workshop.environment["BREAKWATER_MIRROR"] = `http://127.0.0.1:${closed}`;
    const wrong = workshop.install("path/etcd", "3.4.30");
    const etcd = workshop.program("etcd", "3.6.10", {
      url: "https://releases.test/etcd.tar.gz",
      checksums: "https://sums.test/SHA256SUMS",
      folder: ".",
    });
    const kwok = workshop.program("kwok", "0.8.0");
    const message = await ensureToolchain(workshop.options([etcd, kwok])).catch(
      (error: Error) => error.message,
    );
    expect(message).toBe(`2 of the 2 programs of the toolchain are missing and could not be had.

  etcd 3.6.10
    installed ${wrong} answers "version v3.4.30"
    release   127.0.0.1:${closed} cannot be reached (connect ECONNREFUSED 127.0.0.1:${closed})
    source    there is no go on PATH

  kwok 0.8.0
    installed it is not there
    release   its publisher offers no checksums to verify a download with
    source    there is no go on PATH

Any of these mends it; what is there already stays:
  1. Put on PATH: etcd 3.6.10, kwok 0.8.0.
  2. Open the network to releases.test, sums.test over https, or set BREAKWATER_MIRROR to the https address of a mirror that serves <host>/<path> of them (not enough for kwok 0.8.0).
  3. Install Go 1.26 or later, with access to a Go module proxy.`);
  });

  it("refuses a Go that is too old and may not fetch a newer one", async () => {
    const workshop = new Workshop();
    workshop.installGo("1.25.9");
    await expect(ensureToolchain(workshop.options([workshop.program("etcd", "1.0.0")]))).rejects.toThrow(
      "the go on PATH is 1.25.9, 1.26 or later is needed",
    );
  });
});

describe("two processes at once", () => {
  it("build each program once; the second says that it waits, and for whom", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const letGo = workshop.hold();
    const programs = [workshop.program("a", "1.0.0"), workshop.program("b", "1.0.0")];
    const first = workshop.spawn(programs);
    await vi.waitFor(() => expect(workshop.builds).toEqual(["a"]), patience);
    const second = workshop.spawn(programs);
    await vi.waitFor(
      () =>
        expect(second.output()).toContain(
          `Waiting for process ${first.pid}, which makes the toolchain ready`,
        ),
      patience,
    );
    letGo();
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect(workshop.builds).toEqual(["a", "b"]);
  });

  it("do not stand in each other's way when the first is killed, and its unfinished files are removed", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    const letGo = workshop.hold();
    const programs = [workshop.program("a", "1.0.0")];
    const first = workshop.spawn(programs);
    await vi.waitFor(() => expect(workshop.builds).toEqual(["a"]), patience);
    process.kill(first.pid, "SIGKILL");
    expect(await first.ended).toBe("SIGKILL");
    expect(workshop.cached.some((path) => path.startsWith(".scratch-"))).toBe(true);
    letGo();
    const second = workshop.spawn(programs);
    expect(await second.ended).toBe(0);
    expect(second.output()).not.toContain("Waiting");
    expect(workshop.cached).toEqual(["bin", "bin/a", "placed", "placed/a.json"]);
  });

  it("finish what an interrupted one began, and the interrupted one ends its build and cleans up", async () => {
    const workshop = new Workshop();
    workshop.installGo();
    workshop.install("path/a", "1.0.0");
    const letGo = workshop.hold();
    const programs = [workshop.program("a", "1.0.0"), workshop.program("b", "1.0.0")];
    const first = workshop.spawn(programs);
    await vi.waitFor(() => expect(workshop.builds).toEqual(["b"]), patience);
    process.kill(first.pid, "SIGTERM");
    expect(await first.ended).toBe("SIGTERM");
    expect(workshop.cached).toEqual(["bin", "bin/a", "placed", "placed/a.json"]);
    letGo();
    expect(await workshop.spawn(programs).ended).toBe(0);
    expect(workshop.builds).toEqual(["b", "b"]);
  });
});

describe("toolchainDirectory", () => {
  it("changes with the table and with every file of a Go module, and with nothing else", () => {
    const workshop = new Workshop();
    const of = (version: string) => toolchainDirectory(workshop.options([workshop.program("etcd", version)]));
    const one = of("1.0.0");
    expect(of("1.0.0")).toBe(one);
    expect(of("1.0.1")).not.toBe(one);
    workshop.environment["BREAKWATER_MIRROR"] = "https://mirror.test";
    expect(of("1.0.0")).toBe(one);
    workshop.write("modules/etcd/go.sum", "x");
    expect(of("1.0.0")).not.toBe(one);
  });

  it("lies in BREAKWATER_CACHE, else in the user's caches", () => {
    const workshop = new Workshop();
    const { environment } = workshop;
    const options = workshop.options([]);
    expect(toolchainDirectory(options)).toMatch(`${workshop.cache}/toolchain/`);
    environment["BREAKWATER_CACHE"] = "";
    expect(toolchainDirectory(options)).toMatch(`${workshop.root}/home/.cache/breakwater/toolchain/`);
    environment["XDG_CACHE_HOME"] = "/caches";
    expect(toolchainDirectory(options)).toMatch("/caches/breakwater/toolchain/");
  });
});
