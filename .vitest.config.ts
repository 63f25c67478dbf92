import { defineConfig } from "vitest/config";

const unit = { pool: "forks", env: { PULUMI_ERROR_OUTPUT_STRING: "1" } } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...unit,
          name: "architecture",
          include: ["test/architecture/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...unit,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/architecture/**", "test/e2e/**"],
        },
      },
      {
        test: {
          ...unit,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
