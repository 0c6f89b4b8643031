import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the sample of the scoreboard: nothing falls short', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['tools/scoreboard.ts', '--sample']).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  expect(stdout.split('What falls short:')[1] ?? '', stdout).toBe('');
  expect(stdout).toContain('Nothing falls short.');
});
