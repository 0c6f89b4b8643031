/** What is written down about published generators: that it is whole, and that it is what is run. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { combinationProblems, scenarioProblems } from '../../harness/engine/preflight.ts';
import { loadGenerator, loadParts, loadScenario } from '../../harness/registry.ts';
import { ASKED_OF_ALL, type Published, type Toolchain, TOOLCHAINS } from './programs/fleet.ts';

const HERE = import.meta.dirname;
const SCENARIOS = join(HERE, '../../scenarios/published');
const names = globSync('*.ts', { cwd: HERE })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'));

const members = await Promise.all(
  names.map(async (name) => {
    const file = join(HERE, `${name}.ts`);
    const { published } = (await import(file)) as { readonly published: Published };
    return { name, published, generator: (await loadGenerator(file)).generator };
  }),
);

/** Where each toolchain pins its versions. */
const PINS: { readonly [Each in Toolchain]: readonly string[] } = {
  npm: ['npm/package.json', 'npm/package-lock.json'],
  go: ['go/go.mod', 'go/bwmarrin-snowflake-v0.1.0/go.mod'],
  rust: ['rust/rs-snowflake/Cargo.lock', 'rust/ferroid/Cargo.lock'],
  java: ['java/pom.xml'],
  python: ['python/requirements.txt'],
};

test('the fleet has at least ten generators, in five languages', () => {
  expect(members.length).toBeGreaterThanOrEqual(10);
  expect(new Set(members.map(({ published }) => published.toolchain))).toEqual(new Set(TOOLCHAINS));
});

describe.each(members)('$name', ({ name, generator, published }) => {
  test('is called as its file', () => {
    expect(generator.name).toBe(name);
  });

  test('each promise has its words in the documentation, or is asked of all; and each word is of a promise', () => {
    const asked: readonly string[] = ASKED_OF_ALL.map(({ guarantee }) => guarantee);
    const promised = generator.promises.map(({ guarantee }) => guarantee).filter((each) => !asked.includes(each));
    expect(published.documented.map(({ guarantee }) => guarantee).sort()).toEqual(promised.sort());
    for (const { says, where } of published.documented) expect([says, where]).not.toContain('');
  });

  test('the version that is told is the one that is pinned', () => {
    const { name: of, version } = published.what;
    const pins = PINS[published.toolchain].map((file) => readFileSync(join(HERE, 'programs', file), 'utf8'));
    const artifact = of.split(':').at(-1)!;
    const pair = new RegExp(
      `${artifact.replaceAll('.', '\\.')}\\W[\\s\\S]{0,40}?\\b${version.replaceAll('.', '\\.')}\\b`,
    );
    expect(pins.some((text) => pair.test(text))).toBe(true);
  });

  test('its scenarios are there, and can be had with it', async () => {
    const parts = await loadParts();
    for (const { scenario, breaks = [], mayBreak = [] } of published.trials) {
      const loaded = await loadScenario(join(SCENARIOS, `${scenario}.ts`));
      expect(scenarioProblems(loaded, parts)).toEqual([]);
      expect(combinationProblems(loaded, generator)).toEqual([]);
      const known = [
        ...generator.promises.map(({ guarantee }) => guarantee),
        ...(loaded.slos ?? []).map((slo) => slo.name),
      ];
      for (const broken of [...breaks, ...mayBreak]) expect(known).toContain(broken);
    }
  });
});

test('no scenario of the fleet is used by nobody', () => {
  const used = new Set(members.flatMap(({ published }) => published.trials.map(({ scenario }) => `${scenario}.ts`)));
  expect(globSync('*.ts', { cwd: SCENARIOS }).filter((file) => !used.has(file))).toEqual([]);
});
