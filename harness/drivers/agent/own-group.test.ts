import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { outputOf } from './own-group.ts';

const MODULE = join(import.meta.dirname, 'own-group.ts');
const SCRIPT = 'sleep 1; echo whole';

/** A process with a group of its own that runs a program, and is sent what a terminal sends at Ctrl-C meanwhile. */
async function interrupted(run: string): Promise<string> {
  const program = `
    import { outputOf, outputOfSync } from ${JSON.stringify(MODULE)};
    process.on('SIGINT', () => console.log('told'));
    setTimeout(() => console.log('waited'), 1500);
    console.log('began');
    console.log(${run}('sh', ['-c', ${JSON.stringify(SCRIPT)}]));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(-(child.pid as number), 'SIGINT');
  return said;
}

test.concurrent.each(['await outputOf', 'outputOfSync'])(
  '%s: Ctrl-C on a terminal is for the harness, and not for what it runs',
  async (run) => {
    const said = await interrupted(run);
    expect(said).toContain('whole');
    expect(said).toContain('told');
  },
);

test('a program that fails is told with what it complained of, and what it printed is kept', async () => {
  await expect(outputOf('sh', ['-c', 'echo half; echo "no luck" >&2; exit 3'])).rejects.toMatchObject({
    message: expect.stringMatching(/: no luck$/) as unknown,
    stdout: 'half\n',
  });
  await expect(outputOf('sh', ['-c', 'kill -9 $$'])).rejects.toThrow('ended by SIGKILL');
  await expect(outputOf('sh', ['-c', 'sleep 5; echo x'], { timeout: 100 })).rejects.toThrow('ended by SIGKILL');
  await expect(outputOf('/no/such/program', [])).rejects.toThrow('ENOENT');
});
