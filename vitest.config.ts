import { defineConfig } from 'vitest/config';

/**
 * Two projects. `quick` needs nothing but Node and ends in seconds. `real` uses real etcd, containers, namespaces and
 * ClickHouse; its files end in `.real.test.ts` and run one at a time, because two clusters on two cores disturb each
 * other's timing. A retry would erase the very thing we look for: it is 0, always.
 */
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      {
        test: {
          name: 'quick',
          include: ['{harness,generators,scenarios,reports,tools}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['{harness,generators,scenarios,reports,tools}/**/*.real.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
