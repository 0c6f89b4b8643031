import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SnowglobeError } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import { OPAQUE_128, OPAQUE_64 } from '../core/layout.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { shellWords } from '../core/shell-words.ts';
import type { WayWords } from '../core/way-in.ts';
import { WAY_FLAG_NAMES } from '../core/way-in.ts';
import { describeGenerator, loadWaysIn } from '../registry.ts';
import type { GeneratorAsked } from './generator-source.ts';
import { generatorSource } from './generator-source.ts';
import { readWords, wayWords } from './options.ts';

const made = async (asked: GeneratorAsked, words?: WayWords): Promise<Generator> =>
  (await generatorSource(asked, words)).generator;

test('command: a program is split into words, asked over HTTP, and called by its name', async () => {
  const generator = await made(`command:./bin/My_Service --port {port} --name 'a b'`, {
    ask: ['/ids?n={count}'],
    env: ['WORKER_ID={worker}', 'MODE=a=b'],
    header: ['Accept: text/plain', 'X-Node:{node}'],
    ids: ['json:/ids'],
    health: ['/up'],
    lanes: ['4'],
    layout: ['twitter'],
  });
  expect(generator).toEqual({
    name: 'my-service',
    summary: `./bin/My_Service --port {port} --name 'a b', asked over HTTP`,
    promises: ['unique', 'fails-closed', 'faithful-encoding', 'well-formed'].map((guarantee) => ({ guarantee })),
    layout: parseLayout('twitter'),
    coordinator: 'none',
    node: {
      kind: 'service',
      command: ['./bin/My_Service', '--port', '{port}', '--name', 'a b'],
      environment: { WORKER_ID: '{worker}', MODE: 'a=b' },
      ask: {
        over: 'http',
        path: '/ids?n={count}',
        health: '/up',
        headers: { Accept: 'text/plain', 'X-Node': '{node}' },
        ids: 'json:/ids',
      },
      lanes: 4,
    },
  });
});

test('nothing but the way in: the path is /, and what is not known of an ID is not promised', async () => {
  const generator = await made('command:node server.js {port}');
  expect(generator).toMatchObject({ name: 'server', layout: OPAQUE_64, node: { ask: { over: 'http', path: '/' } } });
  expect(generator.promises.map(({ guarantee }) => guarantee)).toEqual(['unique', 'fails-closed', 'faithful-encoding']);
});

test('IDs in text are not promised to survive as numbers, and are 128 bits or a digest of as many', async () => {
  const generator = await made('command:./ids {port}', { form: ['uuid'] });
  expect(generator.layout).toEqual(OPAQUE_128);
  expect(generator.promises.map(({ guarantee }) => guarantee)).toEqual(['unique', 'fails-closed']);
});

test('image: one container a node, called by its name without registry and tag', async () => {
  expect(await made('image:ghcr.io:5000/acme/ids:1.4', { port: ['8080'] })).toMatchObject({
    name: 'ids',
    node: { kind: 'service', image: 'ghcr.io:5000/acme/ids:1.4', ask: { path: '/', port: 8080 } },
  });
});

test.each([
  ['one by one', ['http://10.0.0.1:8080', 'http://10.0.0.2:8080/']],
  ['in one', ['http:http://10.0.0.1:8080,10.0.0.2:8080']],
])('http: nodes that run, %s', async (_, asked) => {
  expect(await made(asked, { ask: ['/id'] })).toMatchObject({
    name: 'at-10-0-0-1',
    summary: '2 nodes that run at http://10.0.0.1:8080, http://10.0.0.2:8080',
    node: { kind: 'service', urls: ['http://10.0.0.1:8080', 'http://10.0.0.2:8080'], ask: { path: '/id' } },
  });
});

test('http: the path may stand behind each URL', async () => {
  const generator = await made(['http://a/ids?n={count}', 'http://b/ids?n={count}']);
  expect(generator.node).toMatchObject({ urls: ['http://a', 'http://b'], ask: { path: '/ids?n={count}' } });
});

test.each<[string, object]>([
  ['npm:uuid#v7', { module: 'uuid', export: 'v7' }],
  ['npm:@acme/ids', { module: '@acme/ids' }],
  ['npm:@acme/ids/node#Generator.next', { module: '@acme/ids/node', export: 'Generator.next' }],
  ['npm:ids#create()', { module: 'ids', export: 'create', call: 'factory' }],
  ['npm:ids#()', { module: 'ids', call: 'factory' }],
  ['module:./src/ids.mjs#next', { module: join(process.cwd(), 'src/ids.mjs'), export: 'next' }],
  ['module:ids.ts', { module: join(process.cwd(), 'ids.ts') }],
])('%s is a module with a function', async (asked, node) => {
  expect((await made(asked)).node).toEqual({ kind: 'module', ...node });
});

test('maelstrom: and native: start a program, and need no port', async () => {
  expect((await made('maelstrom:./unique-ids', { form: ['text'] })).node).toEqual({
    kind: 'service',
    command: ['./unique-ids'],
    ask: { over: 'maelstrom', form: 'text' },
  });
  expect((await made('native:python3 node.py')).node).toEqual({ kind: 'native', command: ['python3', 'node.py'] });
});

test('variables before a command are those of its environment, as in a shell', async () => {
  const generator = await made(`command:PORT={port} NOTE='a b' ./ids -v`, { env: ['WORKER={worker}'] });
  expect(generator.node).toMatchObject({
    command: ['./ids', '-v'],
    environment: { PORT: '{port}', NOTE: 'a b', WORKER: '{worker}' },
  });
});

test('a program that is told where etcd is needs one', async () => {
  expect((await made('command:./ids {port} {etcd}')).coordinator).toBe('etcd');
  expect((await made('native:./ids', { env: ['ETCD={etcd}'] })).coordinator).toBe('etcd');
});

test.each([
  ['python3 -u ids/server.py --port {port}', 'server'],
  ['java -Xmx64m -jar target/my-ids.jar {port}', 'my-ids'],
  ['go run ./cmd/ids {port}', 'ids'],
  [`sh -c 'exec ./ids {port}'`, 'ids-port'],
  ['./42 {port}', 'at-42'],
  ['./Ïdß {port}', 'd'],
])('command:%s is called %s', async (command, name) => {
  expect((await made(`command:${command}`)).name).toBe(name);
});

test('promises are those that are listed', async () => {
  const generator = await made('command:./ids {port}', { layout: ['twitter'], promises: ['unique,time-honest=50'] });
  expect(generator.promises).toEqual([{ guarantee: 'unique' }, { guarantee: 'time-honest', pastMs: 50, futureMs: 50 }]);
});

test('the record tells what was started, and what flags made is not taken for a generator of snowglobe', async () => {
  const record = describeGenerator(await generatorSource('command:./snowflake {port}'));
  expect(record).toMatchObject({
    name: 'snowflake',
    from: 'command:./snowflake {port}',
    node: { kind: 'service', command: ['./snowflake', '{port}'] },
  });
  expect(record).not.toHaveProperty('file');
});

test('plain data of a program is a generator; code is not', async () => {
  const { name: _, ...data } = await made('command:./ids {port}');
  expect(await made({ name: 'mine', ...data })).toMatchObject({ name: 'mine', node: data.node });
  const code = { name: 'mine', ...data, node: { kind: 'shell', create: () => undefined } } as unknown as Generator;
  await expect(made(code)).rejects.toThrow('Give the path of its file');
  await expect(made({ name: 'Mine', ...data })).rejects.toThrow('lower-case words');
});

const HTTP = 'command:./ids {port}';

test.each<[string, GeneratorAsked, WayWords, readonly string[]]>([
  ['a prefix with a slip', 'comand:./ids {port}', {}, ['no way in called "comand:"', 'Did you mean command:?']],
  ['a prefix that is none', 'ftp:host', {}, ['no way in called "ftp:"', 'Take one of command, http, image']],
  [
    'a flag with a name',
    'snowflake',
    { ask: ['/id'] },
    ['--ask: It goes with command:, http:, image:', 'generator of its own'],
  ],
  [
    'a flag of another way',
    'npm:uuid',
    { port: ['1'] },
    ['--port: It goes with command:, image:', 'npm: is another way in'],
  ],
  ['two programs', ['command:./a {port}', 'command:./b {port}'], {}, ['are 2 generators', '--matrix']],
  ['URLs beside a program', ['http://a', 'command:./b {port}'], {}, ['are 2 generators']],
  ['variables and no command', 'command:PORT={port}', {}, ['The command is empty.']],
  ['a variable in two places', 'command:A={port} ./ids', { env: ['A=1'] }, ['--env: A is given before the command']],
  ['no command', 'command:', {}, ['--generator command:: The command is empty.']],
  ['an open quote', `command:./ids 'x`, {}, ['never closed']],
  ['a pipe', 'command:./ids {port} | tee log', {}, ['needs a shell']],
  ['a place with a slip', 'command:./ids {prot}', {}, ['{prot} means nothing here']],
  ['a count at the start', 'command:./ids {port} {count}', {}, ['{count} means nothing here']],
  [
    'a program that nobody tells its port',
    'command:./ids',
    {},
    ['Nothing tells it where to listen', '--env PORT={port}'],
  ],
  ['an image that nobody tells its port', 'image:ids', {}, ['Nothing tells it where to listen']],
  ['an image that is none', 'image:Acme IDs', { port: ['1'] }, ['"Acme IDs" is no name of an image.']],
  ['TLS', 'https://ids.example', {}, ['behind TLS']],
  ['a URL that is none', 'http://', {}, ['is no URL']],
  ['a URL given twice', ['http://a', 'http:http://a/'], {}, ['http://a is given twice']],
  ['a node under two names', ['http://127.0.0.1:80', 'http://localhost'], {}, ['http://localhost is given twice']],
  ['URLs with different paths', ['http://a/x', 'http://b/y'], {}, ['different paths: /x, /y']],
  ['a version of a package', 'npm:uuid@14.0.0#v7', {}, ['Leave the version out']],
  ['an export that is none', 'npm:uuid#v 7', {}, ['is not a module and its export']],
  ['a module that is no JavaScript', 'module:./ids.py', {}, ['no JavaScript file']],
  ['a path that is none', HTTP, { ask: ['id'] }, ['--ask: "id" is no path']],
  ['a place with a slip in the path', HTTP, { ask: ['/id?n={cuont}'] }, ['--ask: {cuont} means nothing here']],
  ['a flag given twice', HTTP, { ask: ['/a', '/b'] }, ['--ask: It is given 2 times.']],
  ['a method that is none', HTTP, { method: ['get it'] }, ['--method']],
  ['a header that is none', HTTP, { header: ['Accept'] }, ['--header: "Accept" is not a NAME:VALUE.']],
  ['a variable given twice', HTTP, { env: ['A=1', 'A=2'] }, ['--env: A is given twice.']],
  ['a port that is none', HTTP, { port: ['70000'] }, ['--port: "70000" is no whole number from 1 to 65535.']],
  ['no lanes', HTTP, { lanes: ['0'] }, ['--lanes: "0" is no whole number from 1 to 256.']],
  ['a form with a slip', HTTP, { form: ['uid'] }, ['--form: "uid" is no form of an ID. Did you mean uuid?']],
  ['a place of IDs that is none', HTTP, { ids: ['xml:/id'] }, ['--ids', 'json:POINTER']],
  ['a pointer that is none', HTTP, { ids: ['json:id'] }, ['--ids: "id" is no JSON pointer']],
  ['a pattern without a group', HTTP, { ids: ['text:\\d+'] }, ['--ids', 'has no group']],
  ['a pattern that is none', HTTP, { ids: ['text:('] }, ['--ids: Invalid regular expression']],
  ['a layout with a slip', HTTP, { layout: ['twiter'] }, ['--layout', 'did you mean twitter?']],
  ['a promise with a slip', HTTP, { promises: ['uniqe'] }, ['--promises', 'Did you mean unique?']],
])('%s: refused with exit 2', async (_, asked, words, says) => {
  const error: unknown = await generatorSource(asked, words).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SnowglobeError);
  expect(error).toMatchObject({ exitCode: 2 });
  for (const text of says) expect((error as Error).message).toContain(text);
});

test('all that is wrong with flags is told at once', async () => {
  const error: unknown = await generatorSource(HTTP, { ask: ['id'], lanes: ['many'] }).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as SnowglobeError).problems.map(({ where }) => where)).toEqual(['--ask', '--lanes']);
});

test('the example of each way in can be typed as it is, and each flag belongs to some way in', async () => {
  const waysIn = [...(await loadWaysIn()).values()];
  for (const { example, prefix } of waysIn) {
    const { values } = readWords(['run', ...shellWords(example)]);
    const { generator, from } = await generatorSource(values.generator!, wayWords(values));
    expect(generator.name, prefix).toMatch(/^[a-z]/);
    expect(from).toMatch(new RegExp(`^${prefix}:`));
  }
  expect(WAY_FLAG_NAMES.filter((flag) => !waysIn.some(({ takes }) => takes.includes(flag)))).toEqual([]);
});

test('words that are no path are taken for a command, and how to write one is told', async () => {
  await expect(generatorSource('./ids --port {port}')).rejects.toThrow("write command:'./ids --port {port}'");
});
