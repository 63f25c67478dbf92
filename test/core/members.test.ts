import { expect, it } from "vitest";
import { memberFaults } from "../../components/core/members.ts";

it("refuses a name that no member has, and tells the nearest one", () => {
  expect(memberFaults("web.adopt", "eu-1", ["eu-1", "us-1"])).toEqual([]);
  expect(memberFaults("web.adopt", "eu-2", ["eu-1", "us-1"])).toEqual([
    {
      path: "web.adopt",
      value: "eu-2",
      problem: "is no member of the group",
      allowed: "one of its members: eu-1, us-1",
      instead: '"eu-1"',
    },
  ]);
  expect(memberFaults("web.adopt", "elsewhere", ["eu-1"])[0]).not.toHaveProperty("instead");
});
