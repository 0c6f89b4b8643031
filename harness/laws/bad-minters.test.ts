/** A generator whose minter is not written as it has to be is told as that, and accused of nothing else. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BRIEF, COUNTER, inputFolder } from './bad-input-cases.ts';
import { snowglobe } from './cli-process.ts';

const { folder, file } = inputFolder();

/** The counter of the fixtures, but for these methods of its minter, which see `honest`. */
const withMethods = (name: string, methods: string): string =>
  file(
    `${name}.ts`,
    `import counter from ${COUNTER};
     export default { ...counter, name: '${name}', node: { kind: 'shell', async create(env) {
       const honest = await counter.node.create(env);
       let calls = 0;
       return { mint: (into, count) => honest.mint(into, count), holding: () => honest.holding(), close: () => honest.close(), ${methods} };
     } } };`,
  );

test.concurrent.each([
  [
    'forgets-count',
    'mint: (into, count) => void honest.mint(into, count)',
    'mint returned undefined, and not how many IDs it wrote',
  ],
  [
    'returns-ids',
    'mint: async (into, count) => { await honest.mint(into, count); return [...into]; }',
    'mint returned an array, and not how many IDs it wrote',
  ],
  [
    'mixes-bigint',
    'mint: (into) => { into[0] = Number(7); return 1; }',
    'mint threw a TypeError (Cannot convert 7 to a BigInt)',
  ],
  ['misspelt-name', 'mint: () => hnest.mint()', 'mint threw a ReferenceError (hnest is not defined)'],
  ['encodes-by-table', 'encode: {}', 'the minter that create returned has an encode that is no method'],
  ['holds-worker', 'holding: () => ({ worker: 0 })', 'holding returned { worker }, and neither workerId nor lease'],
  [
    'holds-worker-later',
    'holding: () => env.monotonicNs() > 1_000_500_000_000n ? { worker: 0 } : undefined',
    'holding returned { worker }, and neither workerId nor lease (did you mean workerId?)',
  ],
])('%s: ends with one sentence and exit 2', { timeout: 30_000 }, async (name, methods, says) => {
  const generator = withMethods(name, methods);
  const args = ['run', BRIEF, '--driver', 'sim', '--generator', generator, '--runs', join(folder, 'runs'), '--json'];
  const { code, stdout, stderr } = await snowglobe(args).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) as unknown });
  expect(JSON.parse(stdout)).toEqual({
    error: {
      exitCode: 2,
      problems: [
        {
          what: expect.stringContaining(says) as unknown,
          where: `generator ${name}`,
          remedy: expect.stringContaining('Mend the generator') as unknown,
        },
      ],
    },
  });
  expect(stderr).not.toMatch(/disturb|unique|FAIL|crashed/);
});

test('what goes wrong only later is an error of its node, and the rest is judged', { timeout: 30_000 }, async () => {
  const generator = withMethods('tires', 'mint: (into, count) => ++calls < 50 ? honest.mint(into, count) : undefined');
  const args = ['run', BRIEF, '--driver', 'sim', '--generator', generator, '--runs', join(folder, 'runs'), '--json'];
  const { code, stdout } = await snowglobe(args).ended;
  const run = JSON.parse(stdout) as { exitCode: number; evidence: { minted: string; requests: { errors: number } } };
  expect(code).toBe(run.exitCode);
  expect(code).not.toBe(2);
  expect(Number(run.evidence.minted)).toBeGreaterThan(0);
  expect(run.evidence.requests.errors).toBeGreaterThan(0);
});
