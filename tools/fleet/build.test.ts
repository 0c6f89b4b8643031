/** A toolchain that is not here is named, with what to do; nothing is built then. */
import { afterEach, expect, test, vi } from 'vitest';
import { TOOLCHAINS } from '../../generators/published/programs/fleet.ts';
import { build } from './build.ts';

afterEach(() => vi.unstubAllEnvs());

test.each(TOOLCHAINS)('without the tools for %s it says which is missing, and how to mend it', (toolchain) => {
  vi.stubEnv('PATH', '/nowhere');
  const said: string[] = [];
  expect(build(toolchain, (line) => said.push(line))).toMatch(/^`.*` does not work here: (install|npm comes with)/);
  expect(said).toEqual([]);
});
