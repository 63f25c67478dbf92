// Starts the pack. The SDK passes the entry of a pack through a TypeScript compiler of its own, which knows nothing of
// this project's settings; what the entry imports is left to Node, which runs it as it is.
import { PolicyPack } from "@pulumi/policy";
import { definePolicy } from "./define.ts";
import { rules } from "./index.ts";

new PolicyPack("breakwater", { policies: rules.map(definePolicy) });
