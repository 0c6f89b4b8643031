import { afterEach, expect, test } from 'vitest';
import { SnowglobeError } from '../../core/errors.ts';
import driver from './driver.ts';
import type { Docker, Engine } from './engine.ts';
import { findEngine } from './engine.ts';
import type { Base } from './images.ts';
import { BASE_VARIABLE, chooseBase, ensureImage } from './images.ts';

const never = new AbortController().signal;

afterEach(() => {
  delete process.env[BASE_VARIABLE];
});

async function docker(): Promise<Docker> {
  return ((await findEngine()) as Engine).docker;
}

test('the image is built once and used again', async () => {
  const engine = await docker();
  const first = await ensureImage(engine, (await chooseBase(engine)) as Base, () => undefined, never);

  const said: string[] = [];
  const base = (await chooseBase(engine)) as Base;
  const again = await ensureImage(engine, base, (line) => said.push(line), never);

  expect(base.here).toBe(true);
  expect(again).toEqual(first);
  expect(said).toEqual([]);
  const { Config } = await engine.getImage(first.reference).inspect();
  expect(Config.Labels['snowglobe.image']).toBe(base.reference);
}, 60_000);

test('a base that the user names comes before all others, and says so when it cannot be had', async () => {
  process.env[BASE_VARIABLE] = 'snowglobe.invalid/no-such-image:1';
  const engine = await docker();
  const base = (await chooseBase(engine)) as Base;
  expect(base).toMatchObject({ reference: 'snowglobe.invalid/no-such-image:1', here: false });

  const failed = ensureImage(engine, base, () => undefined, never);
  await expect(failed).rejects.toThrow(SnowglobeError);
  await expect(failed).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('docker pull') as string,
  });
});

test('a public base that cannot be had gives way to one of this machine', async () => {
  const engine = await docker();
  const chosen = (await chooseBase(engine)) as Base;
  if (chosen.kind !== 'host') return expect(chosen.kind).toBe('registry');
  const said: string[] = [];
  const unreachable = {
    kind: 'registry',
    reference: 'snowglobe.invalid/gone:1',
    here: false,
    why: 'test',
    otherwise: chosen,
  } as const;

  const image = await ensureImage(engine, unreachable, (line) => said.push(line), never);

  expect(image.base).toBe(chosen.reference);
  expect(said.join('\n')).toContain('cannot be pulled');
}, 60_000);

test('readiness finds this engine, tells its version and the base, and starts nothing', async () => {
  const before = await driver.leftovers();
  const { problems, abilities, notes } = await driver.readiness();

  expect(problems).toEqual([]);
  // What the kernel of the engine cannot do to links is not among them; these need nothing of it.
  const sure = ['clock.drift', 'clock.freeze', 'clock.step', 'network.cut', 'process.kill', 'process.pause'] as const;
  expect(sure.filter((ability) => !abilities.has(ability))).toEqual([]);
  expect(notes.join('\n')).toMatch(/Docker \d+.*API 1\.\d+[\s\S]*base image \S+: /);
  expect(await driver.leftovers()).toEqual(before);
});
