import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { missingParts } from './tools/real-parts.ts';

const isCi = (process.env['CI'] ?? '') !== '';

/**
 * Two projects. `quick` needs nothing but Node and ends in seconds. `real` uses real etcd, containers, namespaces and
 * ClickHouse; its files end in `.real.test.ts` and run one at a time, because two clusters on two cores disturb each
 * other's timing. A retry would erase the very thing we look for: it is 0, always.
 */
export default defineConfig(async () => {
  const missing = (await missingParts()).filter(({ optional }) => !isCi || optional === true);
  for (const { name, remedy, files } of missing)
    console.warn(`not run: ${files.join(' ')}\n  they need ${name}. ${remedy}`);
  return {
    test: {
      retry: 0,
      globalSetup: ['tools/compile-cache.ts'],
      projects: [
        {
          test: {
            name: 'quick',
            include: ['{harness,generators,scenarios,reports,dashboards,tools}/**/*.test.ts'],
            exclude: ['**/*.real.test.ts'],
            testTimeout: 30_000,
            // One process for many files, as the parts of the harness share one: half the time, and what one part
            // changes for all (a patched built-in, a listener left behind) shows.
            isolate: false,
            // By itself vitest leaves one core idle.
            maxWorkers: availableParallelism(),
          },
        },
        {
          test: {
            name: 'real',
            include: ['{harness,generators,scenarios,reports,dashboards,tools}/**/*.real.test.ts'],
            exclude: missing.flatMap(({ files }) => files),
            fileParallelism: false,
            testTimeout: 120_000,
            hookTimeout: 120_000,
          },
        },
      ],
    },
  };
});
