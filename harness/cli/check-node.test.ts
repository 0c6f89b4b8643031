import { expect, test } from 'vitest';
import { snowglobe } from '../laws/cli-process.ts';

test.each([
  ['no command', [], 'snowglobe check-node needs COMMAND'],
  [
    'a program that is not there',
    ['--', './no-such-node', '--port', '1'],
    './no-such-node: cannot be run: there is no program',
  ],
  ['a program that is not on the PATH', ['no-such-node'], 'no-such-node: cannot be run: PATH has no such program'],
  ['a file that is no program', ['--', import.meta.filename], 'make it executable'],
  ['a folder', ['--', import.meta.dirname], 'there is no program'],
  ['IDs of an odd length', ['--id-bits', '65', '--', 'true'], '--id-bits: IDs have 64 or 128 bits, and not "65"'],
  ['a coordinator that is none', ['--etcd', 'etcd:2379', '--', 'true'], "--etcd: etcd endpoint 'etcd:2379'"],
  ['a rule that is none', ['--rule', 'secuence', '--', 'true'], 'Did you mean sequence?'],
  ['options of the node before --', ['java', '-cp', 'out', 'Node'], 'stand behind --: snowglobe check-node -- COMMAND'],
])('%s: exit 2 with what to do, and nothing is started', async (_, words, says) => {
  const { code, stdout, stderr } = await snowglobe(['check-node', ...words]).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
});

test("options behind -- are the node's, also those that snowglobe has", async () => {
  const words = ['--rule', 'serves', '--', process.execPath, '-e', 'process.exit(7)', '--', '--json', '--help', '-5'];
  const { code, stdout } = await snowglobe(['check-node', ...words]).ended;
  expect(code).toBe(10);
  expect(stdout).toContain('-- --json --help -5');
  expect(stdout).toMatch(/^FAILED +serves +it ended with exit 7$/m);
  expect(stdout).toContain('PROTOCOL.md, "Configuration": A node serves within 30 seconds');
});

test('a rule that cannot be judged is told with its reason: exit 12, with --json one document', async () => {
  const words = ['--json', '--rule', 'sequence', '--', process.execPath, '-e', 'process.exit(7)'];
  const { code, stdout, stderr } = await snowglobe(['check-node', ...words]).ended;
  expect(code).toBe(12);
  expect(JSON.parse(stdout)).toEqual({
    command: words.slice(4),
    idBits: 64,
    verdict: 'unknown',
    rules: [
      {
        name: 'sequence',
        section: 'The tap',
        says: 'have sequence numbers 0, 1, 2, … without a gap',
        verdict: 'not judged',
        seen: 'it does not serve',
      },
    ],
  });
  expect(stderr).toContain('not judged  sequence');
});
