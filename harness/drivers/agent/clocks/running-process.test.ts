import { expect, test } from 'vitest';
import { jumpsIn, parseMaps } from './running-process.ts';

const MAPS = `00400000-00401000 r-xp 00000000 08:01 131 /usr/bin/my program
7f0000001000-7f0000002000 r--s 00000000 08:01 77                         /runs/1/clocks/n1
7f0000002000-7f0000003000 r-xp 00000000 00:00 0
7ffd5b5d2000-7ffd5b5d4000 r-xp 00000000 00:00 0                          [vdso]
`;

test('mappings are told with their addresses, and by their whole paths', () => {
  const mappings = parseMaps(MAPS);
  expect(mappings.map(({ path }) => path)).toEqual(['/usr/bin/my program', '/runs/1/clocks/n1', '', '[vdso]']);
  expect(mappings[1]).toMatchObject({
    from: 0x7f0000001000n,
    to: 0x7f0000002000n,
    isShared: true,
    isExecutable: false,
  });
  expect(mappings[2]).toMatchObject({ isShared: false, isExecutable: true });
});

test('only a whole jump is one', () => {
  const jump = Buffer.from('49bb00200000007f000041ffe3', 'hex');
  expect(jumpsIn(Buffer.concat([Buffer.alloc(5), jump, Buffer.alloc(3), jump]))).toEqual([
    0x7f0000002000n,
    0x7f0000002000n,
  ]);
  expect(jumpsIn(jump.subarray(0, -1))).toEqual([]);
  expect(jumpsIn(Buffer.from('49bb49bb', 'hex'))).toEqual([]);
});
