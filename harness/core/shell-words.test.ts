import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotedWord, shellWords } from './shell-words.ts';

const word = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...`ab '"\\$\`\n\t{}|&;#~*`) }));

test('what is quoted is read back as it was, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(shellWords(words.map(quotedWord).join(' '))).toEqual(words);
    }),
  );
});

/** What `sh` makes of it. */
function byShell(text: string): readonly string[] {
  const told = execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' });
  return told.split('\0').slice(0, -1);
}

test('a shell reads what is quoted as it was meant', () => {
  const words = fc.sample(word, { numRuns: 200, seed: 7 }).filter((one) => !/\0|[\uD800-\uDFFF]/.test(one));
  expect(words.length).toBeGreaterThan(50);
  expect(byShell(words.map(quotedWord).join(' '))).toEqual(words);
});

test.each([
  './my-service --port {port}',
  `python3 "my server.py" --name 'it is' --empty '' ""`,
  String.raw`a\ b "c \"d\" \\ \n" e'f'"g"h`,
  `  spaced \t out  `,
  `awk '{ print $1 }'`,
  String.raw`"\$HOME" \$HOME`,
  'go\\\non',
])('%s is split as a shell splits it', (text) => {
  expect(shellWords(text)).toEqual(byShell(text));
});

test('nothing is no word', () => {
  expect(shellWords('')).toEqual([]);
  expect(shellWords('  ')).toEqual([]);
});

test('a line that ends parts words, where a shell would begin another command', () => {
  expect(shellWords('./y\n  --quick')).toEqual(['./y', '--quick']);
});

test.each([
  [`a 'b`, `A quote (')`],
  [`a "b`, 'A quote (")'],
  ['a\\', 'ends in a backslash'],
  ['cd x && ./y', '"&" needs a shell'],
  ['./y | tee log', '"|" needs a shell'],
  ['./y --port $PORT', '"$" needs a shell'],
  ['./y "--port=$PORT"', '"$" needs a shell'],
  ['./y `id`', '"`" needs a shell'],
])('%s is refused: %s', (text, says) => {
  expect(() => shellWords(text)).toThrow(says);
});
