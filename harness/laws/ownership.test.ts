/** Whose a worker ID is: nobody talks himself, or the coordinator, into or out of a broken promise. On the simulator. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLab } from '../../tools/lab.ts';
import type { LabRun } from '../../tools/lab.ts';
import type { Promise_ } from '../core/guarantee.ts';
import type { Layout } from '../core/layout.ts';
import { LAYOUT } from './fixtures/counter.ts';

const here = import.meta.dirname;
const brief = JSON.parse(readFileSync(join(here, 'fixtures/brief.json'), 'utf8')) as object;
const folder = mkdtempSync(join(tmpdir(), 'snowglobe-ownership-'));
const lab = await createLab(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A quiet run of nodes that do what `takes` says, and say of what they hold what `say` says. */
async function runOf(
  name: string,
  nodes: number,
  takes: string,
  say = '(holding) => holding',
  promises?: readonly Promise_[],
  layout?: Layout,
): Promise<LabRun> {
  const generator = join(folder, `${name}.ts`);
  const session = JSON.stringify(join(here, 'fixtures/session.ts'));
  writeFileSync(
    generator,
    `import { session } from ${session};
     export default { ...session(${JSON.stringify(name)}, ${takes}, ${say}), ...${JSON.stringify({ promises, layout })} };`,
  );
  const scenario = join(folder, `${name}.json`);
  const cluster = { nodes, coordinatorMembers: 1 };
  const timetable = { order: 'given', slots: [] };
  writeFileSync(scenario, JSON.stringify({ ...brief, pool: 1, cluster, timetable }));
  return lab.run({ scenario, driver: 'sim', generator, seed: '7' });
}

const HONEST = 'async (env, take) => take(0)';
/** The worker ID is a part of the sequence, for all that the layout tells. */
const UNNAMED: Layout = { ...LAYOUT, workerBits: 0, sequenceBits: LAYOUT.workerBits + LAYOUT.sequenceBits };
/** What a node says that holds nothing any more after a while, and mints on. */
const TALKED_OUT = '(holding) => (holding.asked = (holding.asked ?? 0) + 1) > 500 ? undefined : holding';

test('a node that says what it holds owns it', async () => {
  expect(await runOf('honest', 1, HONEST)).toMatchObject({ verdict: 'pass', doubts: [] });
});

test('a worker ID that a node took from a living holder is no fault of the coordinator', async () => {
  const thief = `async (env, take) => {
    if (env.host.name === 'n2') {
      await env.sleep(1000);
      await env.coordination.txn([], [{ delete: 'o/0' }], [], 1000);
      await take(0);
    } else if (env.host.name === 'n1') await take(0);
  }`;
  const { verdict, run } = await runOf('thief', 2, thief);
  expect(verdict).toBe('fail');
  expect(run.findings.find(({ promised }) => promised)).toMatchObject({ verdict: 'fail', outsideAssumptions: 0 });
});

test('one worker ID after the other under one lease is honest', async () => {
  const switcher = `async (env, take, release) => {
    await take(1);
    await env.sleep(1000);
    release();
    await env.coordination.txn([], [{ delete: 'o/1' }], [], 1000);
    await take(0);
  }`;
  expect(await runOf('switcher', 1, switcher)).toMatchObject({ verdict: 'pass', doubts: [] });
});

test.each([
  ['another worker id', '(holding) => ({ ...holding, workerId: 100 })'],
  ['another lease', "(holding) => ({ ...holding, lease: { ...holding.lease, id: '123' } })"],
  ['no lease', '({ workerId }) => ({ workerId })'],
  ['nothing after a while', TALKED_OUT],
])('a node that says that it holds %s proves nothing', async (what, say) => {
  const { verdict, doubts } = await runOf(what.replaceAll(' ', '-'), 1, HONEST, say);
  expect(verdict).toBe('unknown');
  expect(doubts).toContain('evidence not whole');
});

test.each([
  { guarantee: 'owns-worker-id' },
  { guarantee: 'increasing-across-lives', scope: 'worker-id' },
  { guarantee: 'recovers', withinMs: 1000 },
] as const)('nobody talks himself out of $guarantee by holding nothing', async (promise) => {
  const { doubts, run } = await runOf(`out-of-${promise.guarantee}`, 1, HONEST, TALKED_OUT, [promise]);
  expect(doubts).toContain('evidence not whole');
  expect(run.unknowns).toContainEqual(expect.objectContaining({ scope: promise.guarantee }));
});

test.each([
  ['nothing after a while', TALKED_OUT],
  [
    'a made-up worker id after a while',
    '(holding) => (holding.asked = (holding.asked ?? 0) + 1) > 500 ? { workerId: 100 } : holding',
  ],
])('nor where IDs carry no worker ID, by holding %s', async (what, say) => {
  const name = `unnamed-${what.replaceAll(' ', '-')}`;
  const { verdict, doubts, run } = await runOf(name, 1, HONEST, say, undefined, UNNAMED);
  expect(verdict).toBe('unknown');
  expect(doubts).toContain('evidence not whole');
  expect(run.findings.find(({ promised }) => promised)?.violations).toBe(0);
});

test('IDs that carry no worker ID are judged by what their nodes said that they held', async () => {
  const found = await runOf('unnamed', 1, HONEST, undefined, undefined, UNNAMED);
  expect(found).toMatchObject({ verdict: 'pass', doubts: [] });
});

test('what is not judged by the holder is judged all the same', async () => {
  const promises = [{ guarantee: 'increasing-across-lives', scope: 'node' } as const];
  expect(await runOf('by-node', 1, HONEST, TALKED_OUT, promises)).toMatchObject({ verdict: 'pass' });
});

/** A quiet run of two nodes whose worker IDs come from elsewhere. `minter`: what they do otherwise than the counter. */
async function runWithoutCoordinator(name: string, minter: string): Promise<LabRun> {
  const generator = join(folder, `${name}.ts`);
  writeFileSync(
    generator,
    `import generator, { counter } from ${JSON.stringify(join(here, 'fixtures/counter.ts'))};
     const create = (env) => ({ ...counter(env), ...(${minter})(env, counter(env)) });
     const promises = [{ guarantee: 'owns-worker-id' }, { guarantee: 'increasing-across-lives', scope: 'worker-id' }];
     export default { ...generator, name: ${JSON.stringify(name)}, promises, node: { kind: 'shell', create } };`,
  );
  const scenario = join(folder, `${name}.json`);
  const cluster = { nodes: 2, coordinatorMembers: 1 };
  writeFileSync(scenario, JSON.stringify({ ...brief, pool: 1, cluster, timetable: { order: 'given', slots: [] } }));
  return lab.run({ scenario, driver: 'sim', generator, seed: '7' });
}

test('two nodes that were given one worker ID for good both hold it', async () => {
  const { verdict, broken } = await runWithoutCoordinator('static-duplicate', '() => ({})');
  expect({ verdict, broken }).toEqual({ verdict: 'fail', broken: ['owns-worker-id', 'increasing-across-lives'] });
});

test('two nodes that take turns, and say so, without a name for each turn: nobody knows, nobody is accused', async () => {
  const turns = `(env, honest) => {
    const isMyTurn = () => Number(env.monotonicNs() / 1_000_000_000n) % 2 === Number(env.host.name === 'n1');
    return {
      holding: () => (isMyTurn() ? { workerId: 0 } : undefined),
      mint: (into, count) => {
        if (!isMyTurn()) throw env.refusal('waiting');
        return honest.mint(into, count);
      },
    };
  }`;
  const { verdict, broken, run } = await runWithoutCoordinator('turns', turns);
  expect({ verdict, broken }).toEqual({ verdict: 'unknown', broken: [] });
  expect(run.unknowns).toContainEqual(
    expect.objectContaining({
      scope: 'owns-worker-id',
      detail: 'The evidence could not decide 1 case of owns-worker-id.',
    }),
  );
});
