/** Services that listen, started under each tool in each way in which people start them: whose clock follows is seen. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../free-port.ts';
import type { ClockBackend, ClockTools } from './clock-backend.ts';
import { libfaketime } from './libfaketime.ts';
import { mintersUnder } from './minters.ts';
import { withDescendants } from '../process-tree.ts';
import { shim } from './shim.ts';
import { programOf, toolsHere } from './skewed-program-for-tests.ts';
import { untouched } from './untouched.ts';
import { vdso } from './vdso.ts';

const NODE = `require('node:net').createServer().listen(Number(process.argv[1]))`;
/** At any line of its input it replaces itself by itself, without what was preloaded. */
const PYTHON = `
import os, socket, sys
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
sys.stdin.readline()
server.close()
os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {})
`;
const GO = `package main

import (
	"net"
	"os"
)

func main() {
	server, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		server.Accept()
	}
}
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-minters-')));
const goServer = join(folder, 'server');
const goMissing = programOf('go') === undefined ? 'there is no Go toolchain' : undefined;
/** The real one: shims of version managers are scripts. */
const python = realpathSync(
  execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
);
let tools: ClockTools;

beforeAll(async () => {
  tools = await toolsHere();
  if (goMissing !== undefined) return;
  writeFileSync(join(folder, 'main.go'), GO);
  writeFileSync(join(folder, 'go.mod'), 'module server\n\ngo 1.19\n');
  execFileSync('go', ['build', '-o', goServer, '.'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0' } });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Service extends AsyncDisposable {
  /** Why it is not seen under its clock. */
  unskewed(): Promise<string | undefined>;
  write(line: string): void;
}

async function serve(backend: ClockBackend, command: (port: string) => readonly string[]): Promise<Service> {
  const setting = join(mkdtempSync(join(folder, 'run-')), 'clock');
  backend.control(setting, () => Date.now());
  const port = await freePort('127.0.0.1');
  const { prefix, environment } = backend.wrap(tools.get(backend.name) ?? '', setting);
  const [program, ...args] = [...prefix, ...command(String(port))] as const;
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const all = (): readonly number[] => withDescendants([child.pid as number]);
  const gone = once(child, 'exit');
  await untilListening(port);
  return {
    async unskewed() {
      const { pids, unskewed } = await mintersUnder({ backend: backend.name, settingFile: setting }, all);
      expect(pids).not.toEqual([]);
      return unskewed;
    },
    write: (line) => child.stdin.write(`${line}\n`),
    async [Symbol.asyncDispose]() {
      for (const pid of all()) process.kill(pid, 'SIGKILL');
      await gone;
    },
  };
}

async function untilListening(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(20);
  }
}

const node = (port: string): readonly string[] => [process.execPath, '-e', NODE, port];
const pythonServer = (port: string): readonly string[] => [python, '-c', PYTHON, port];
const inShell =
  (command: (port: string) => readonly string[]) =>
  (port: string): readonly string[] => {
    const quoted = command(port).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    return ['sh', '-c', `${quoted.join(' ')}; exit`];
  };

test.each([
  ['Node under libfaketime', libfaketime, node],
  ['Node under the shim', shim, node],
  ['Python under the shim', shim, pythonServer],
  ['Python behind a shell, which hands on what is preloaded', shim, inShell(pythonServer)],
  ['Node under the launcher', vdso, node],
])('%s is seen under its clock', async (_, backend, command) => {
  await using service = await serve(backend, command);
  expect(await service.unskewed()).toBeUndefined();
});

test('a static program of Go is seen under the launcher', async (context) => {
  if (goMissing !== undefined) return context.skip(goMissing);
  await using service = await serve(vdso, (port) => [goServer, port]);
  expect(await service.unskewed()).toBeUndefined();
});

test('one that was started without a tool is not', async () => {
  const launched: ClockBackend = { ...shim, wrap: untouched.wrap };
  await using service = await serve(launched, pythonServer);
  expect(await service.unskewed()).toMatch(/^python.* \(process \d+\) has not loaded the shim$/);
});

test('the launcher does not reach what a shell starts, and that is seen', async () => {
  await using service = await serve(vdso, inShell(node));
  expect(await service.unskewed()).toMatch(/has not mapped the setting/);
});

test('a program of Go behind a shell loads nothing, and that is seen', async (context) => {
  if (goMissing !== undefined) return context.skip(goMissing);
  await using service = await serve(
    shim,
    inShell((port) => [goServer, port]),
  );
  expect(await service.unskewed()).toMatch(/^server .* is not asked by Go/);
});

test('one that replaces itself by exec is seen no more: the process is the same, its clock is not', async () => {
  await using service = await serve(shim, pythonServer);
  expect(await service.unskewed()).toBeUndefined();
  service.write('');
  await expect.poll(() => service.unskewed().catch(String)).toMatch(/has not loaded the shim/);
});
