import { expect, test } from 'vitest';
import type { Ability } from '../../../core/cluster.ts';
import { chooseClock } from './choose-clock.ts';
import type { Program } from './program.ts';

const NODE: Program = { name: 'node', linkage: 'glibc', isGo: false, isX64: true };
const JAVA: Program = { ...NODE, name: 'java' };
const GO: Program = { ...NODE, name: 'etcd', linkage: 'glibc', isGo: true };
const STATIC: Program = { ...NODE, name: 'minter', linkage: 'static' };
const MUSL: Program = { ...NODE, name: 'minter', linkage: 'other' };

const STEP: readonly Ability[] = ['clock.step', 'process.kill'];
const DRIFT: readonly Ability[] = ['clock.step', 'clock.drift'];
const ALL = new Map([
  ['libfaketime', '/lib/faketime'],
  ['shim', '/lib/skew'],
  ['vdso', '/bin/launch'],
]);
const FAKETIME_ONLY = new Map([['libfaketime', '/lib/faketime']]);

const choose = (program: Program, needs: readonly Ability[], tools = ALL, asked?: string): string =>
  chooseClock([program], new Set(needs), tools, asked).name;

test.each([
  ['Node whose clock is stepped', NODE, STEP, 'libfaketime'],
  ['Node of which nothing is asked', NODE, [], 'libfaketime'],
  ['Node whose clock drifts', NODE, DRIFT, 'shim'],
  ['Java, of which libfaketime breaks the waits', JAVA, STEP, 'shim'],
  ['Go, though it is linked with glibc', GO, STEP, 'vdso'],
  ['a static program', STATIC, DRIFT, 'vdso'],
  ['a program on musl', MUSL, STEP, 'vdso'],
] as const)('%s', (_, program, needs, backend) => {
  expect(choose(program, needs)).toBe(backend);
});

test('one that is asked for is taken, where it fits', () => {
  expect(choose(NODE, STEP, ALL, 'vdso')).toBe('vdso');
  expect(() => choose(GO, STEP, ALL, 'shim')).toThrow(/shim is not asked by Go/);
});

test('what cannot be skewed is refused as a lack of the environment, with what to install', () => {
  const refused = expect.objectContaining({
    exitCode: 3,
    problems: [expect.objectContaining({ remedy: expect.stringMatching(/apt-get install gcc/) as string })],
  }) as Error;
  expect(() => choose(NODE, DRIFT, FAKETIME_ONLY)).toThrow(refused);
  expect(() => choose(GO, STEP, FAKETIME_ONLY)).toThrow(refused);
  expect(() => choose({ ...STATIC, isX64: false }, STEP)).toThrow(/patches x86-64 code only/);
});
