/** Cases of bad input: what is given, and what has to be told. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { snowglobe } from './cli-process.ts';

export interface BadInput {
  readonly what: string;
  readonly args: readonly string[];
  readonly exit: number;
  readonly says: readonly string[];
  readonly saysNot?: string;
  readonly env?: { readonly [name: string]: string };
}

/** A folder for what the tests of one file give, until they are over. */
export function inputFolder(): { readonly folder: string; file(name: string, content: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-input-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, file };
}

/** A small scenario, and its file. */
export const BRIEF = join(import.meta.dirname, 'fixtures/brief.json');
export const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as {
  cluster: object;
  load: { batch: object };
  timetable: { slots: { disturbances: { options: object; atMs: number }[] }[] };
};
/** The module of a small generator, as text for an import. */
export const COUNTER = JSON.stringify(join(import.meta.dirname, 'fixtures/counter.ts'));

/** Each case ends with its exit code and one message without a stack, and nothing is started. */
export function testBadInput(folder: string, cases: readonly BadInput[]): void {
  test.concurrent.each(cases)('$what', { timeout: 30_000 }, async ({ args, exit, says, saysNot, env }) => {
    const runs = join(folder, `runs-${cases.findIndex((one) => one.args === args)}`);
    const { code, stderr, stdout } = await snowglobe([...args, ...(args[0] === 'run' ? ['--runs', runs] : [])], env)
      .ended;
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining('snowglobe: ') as unknown });
    for (const text of says) expect(stderr).toContain(text);
    if (saysNot !== undefined) expect(stderr).not.toContain(saysNot);
    expect(stderr + stdout).not.toMatch(/^ +at /m);
    expect(existsSync(runs)).toBe(false);
  });
}
