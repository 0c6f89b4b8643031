import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { badInput } from '../core/errors.ts';
import type { Interview } from './interview.ts';
import { onTerminal } from './interview.ts';

function typing(...lines: readonly string[]): { readonly interview: Interview; shown(): string; end(): void } {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk) => (shown += String(chunk)));
  const interview = onTerminal(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream);
  // One line at a time, each when it is asked for: as a terminal gives them.
  let next = 0;
  output.on('data', (chunk) => {
    if (String(chunk).endsWith(': ') && next < lines.length) input.write(`${lines[next++]}\n`);
  });
  return { interview, shown: () => shown, end: () => input.end() };
}

const number = (answer: string): number => {
  if (!/^\d+$/.test(answer)) throw badInput(`"${answer}" is no number.`, 'Write digits.');
  return Number(answer);
};

test('an answer is read, and an empty one is the usual one', async () => {
  const { interview, shown } = typing(' 7 ', '');
  expect(await interview.ask({ text: 'How many?', hints: ['a few'], fallback: '3' }, number)).toBe(7);
  expect(await interview.ask({ text: 'And?', fallback: '3' }, number)).toBe(3);
  expect(shown()).toContain('  a few\nHow many? [3]: ');
  interview.close();
});

test('what is wrong with an answer is told, and the question asked again', async () => {
  const { interview, shown } = typing('many', '', '4');
  expect(await interview.ask({ text: 'How many?' }, number)).toBe(4);
  expect(shown()).toContain('  "many" is no number. Write digits.\n');
  expect(shown().match(/How many\?/g)).toHaveLength(3);
  interview.close();
});

test('who breaks the questions off is told that nothing was written', async () => {
  const { interview, end } = typing();
  const asked = interview.ask({ text: 'How many?' }, number);
  end();
  await expect(asked).rejects.toMatchObject({ exitCode: 130, message: expect.stringContaining('Nothing was written') });
});

test('a defect is no wrong answer', async () => {
  const { interview } = typing('4');
  const asked = interview.ask({ text: 'How many?' }, () => {
    throw new TypeError('a defect');
  });
  await expect(asked).rejects.toThrow('a defect');
  interview.close();
});
