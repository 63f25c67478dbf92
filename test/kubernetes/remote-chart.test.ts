import { describe, expect, it } from "vitest";
import {
  type RemoteChart,
  remoteChartFaults,
  remoteChartName,
} from "../../components/kubernetes/remote-chart.ts";

const repo = "https://charts.example.com/stable";
const oci = "oci://registry.example.com:5000/charts/web";

describe("where a chart is", () => {
  it.each<RemoteChart>([
    { repo, chart: "web", version: "1.2.3" },
    { repo: "http://127.0.0.1:8080", chart: "web", version: "v1.2.3-rc.1+build.5" },
    { repo: "http://localhost:8080/", chart: "Web_2.x", version: "0.0.1" },
    { oci, version: "1.2.3" },
  ])("is told by %j", (remote) => {
    expect(remoteChartFaults("chart", remote)).toEqual([]);
  });

  it.each<[string, RemoteChart, string]>([
    [
      "an open way",
      { repo: "http://charts.example.com", chart: "web", version: "1.2.3" },
      ".repo is not where",
    ],
    ["a query", { repo: `${repo}?token=1`, chart: "web", version: "1.2.3" }, ".repo is not where"],
    ["no URL", { repo: "stable", chart: "web", version: "1.2.3" }, ".repo is not where"],
    ["an alias", { repo, chart: "stable/web", version: "1.2.3" }, ".chart is not the name"],
    ["a range", { repo, chart: "web", version: "^1.2" }, ".version is not an exact version"],
    ["a part", { repo, chart: "web", version: "1.2" }, ".version is not an exact version"],
    ["the latest", { oci, version: "latest" }, ".version is not an exact version"],
    ["no version", { oci, version: "" }, ".version is not an exact version"],
    ["a web page", { oci: "https://registry.example.com/web", version: "1.2.3" }, ".oci is not where"],
    ["a registry", { oci: "oci://registry.example.com", version: "1.2.3" }, ".oci is not where"],
    ["a tag", { oci: `${oci}:1.2.3`, version: "1.2.3" }, ".oci is not where"],
  ])("is refused with %s", (_, remote, told) => {
    const faults = remoteChartFaults("chart", remote).map(({ path, problem }) => `${path} ${problem}`);
    expect(faults).toEqual([expect.stringContaining(`chart${told}`)]);
  });

  it.each<RemoteChart>([
    { repo: "https://ada:hush@charts.example.com", chart: "web", version: "1.2.3" },
    { oci: "oci://ada:hush@registry.example.com/web", version: "1.2.3" },
    { repo: "http://ada@charts.example.com", chart: "web", version: "1.2.3" },
  ])("is refused with credentials, which are not repeated", (remote) => {
    const faults = remoteChartFaults("chart", remote);
    expect(faults).toMatchObject([{ problem: "holds credentials, which would get into the state" }]);
    expect(JSON.stringify(faults)).not.toContain("ada");
  });

  it.each<RemoteChart>([
    { repo: "https://charts.example.com/x?token=hush", chart: "web", version: "1.2.3" },
    { repo: "ada:hush@charts.example.com", chart: "web", version: "1.2.3" },
    { repo: "https//ada:hush@charts.example.com/x", chart: "web", version: "1.2.3" },
    { repo: "https://ada:hush@charts example.com/x", chart: "web", version: "1.2.3" },
    { repo, chart: "https://ada:hush@charts.example.com/web", version: "1.2.3" },
    { oci: "oci://registry.example.com?token=hush", version: "1.2.3" },
  ])("is refused without repeating what may hold credentials: %j", (remote) => {
    const faults = remoteChartFaults("chart", remote);
    expect(faults).toMatchObject([{ problem: expect.stringMatching(/^is not (?:where|the name)/) }]);
    expect(JSON.stringify(faults)).not.toContain("hush");
  });

  it("is repeated when it can hold none", () => {
    const faults = remoteChartFaults("chart", {
      repo: "http://charts.example.com",
      chart: "a/b",
      version: "1.2.3",
    });
    expect(faults).toMatchObject([{ value: "http://charts.example.com" }, { value: "a/b" }]);
  });

  it("says the chart's name", () => {
    expect(remoteChartName({ repo, chart: "web", version: "1.2.3" })).toBe("web");
    expect(remoteChartName({ oci, version: "1.2.3" })).toBe("web");
  });
});
