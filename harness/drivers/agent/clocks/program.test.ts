import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { programAt, scriptAt } from './program.ts';
import { vdso } from './vdso.ts';

const folder = mkdtempSync(join(tmpdir(), 'snowglobe-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  chmodSync(path, 0o755);
  return path;
}

/** An ELF file with as much in it as is looked at. */
function elf({ interpreter = '', section = '', machine = 62 }): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt32LE(0x464c457f, 0);
  bytes[4] = 2;
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32); // segments
  bytes.writeBigUInt64LE(256n, 40); // sections
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(2, 60);
  bytes.writeUInt16LE(1, 62);
  if (interpreter !== '') bytes.writeUInt32LE(3, 64);
  bytes.writeBigUInt64LE(512n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(interpreter.length + 1), 64 + 32);
  bytes.write(`${interpreter}\0`, 512);
  const names = `${section}\0.shstrtab\0`;
  bytes.writeUInt32LE(0, 256);
  bytes.writeUInt32LE(section.length + 1, 256 + 64);
  bytes.writeBigUInt64LE(768n, 256 + 64 + 24);
  bytes.writeBigUInt64LE(BigInt(names.length), 256 + 64 + 32);
  bytes.write(names, 768);
  return bytes;
}

test('a program linked with glibc, one linked with musl, a static one, a Go one', () => {
  const glibc = elf({ interpreter: '/lib64/ld-linux-x86-64.so.2', section: '.text' });
  expect(programAt(file('a', glibc))).toEqual({ name: 'a', linkage: 'glibc', isGo: false, isX64: true });
  expect(programAt(file('b', elf({ interpreter: '/lib/ld-musl-x86_64.so.1' }))).linkage).toBe('other');
  const go = programAt(file('c', elf({ section: '.go.buildinfo', machine: 183 })));
  expect(go).toEqual({ name: 'c', linkage: 'static', isGo: true, isX64: false });
});

test("a script is its interpreter's program", () => {
  const script = file('script', `#!${file('interpreter', elf({ interpreter: '/lib/ld-linux-aarch64.so.1' }))} -u\n`);
  expect(programAt(script)).toMatchObject({ name: 'interpreter', linkage: 'glibc' });
});

test('what is no program, and a script that names itself, are refused', () => {
  expect(() => programAt(file('text', 'hello'))).toThrow(/is no program of 64-bit Linux/);
  const path = join(folder, 'round');
  expect(() => programAt(file('round', `#!${path}\n`))).toThrow(/is no program of 64-bit Linux/);
});

test.runIf(process.platform === 'linux')('Node itself', () => {
  expect(programAt(process.execPath)).toMatchObject({ name: 'node', isGo: false });
});

test('a script that env runs is run by what env becomes', () => {
  const script = file('by-env', '#!/usr/bin/env -S node --no-warnings\n');
  expect(programAt(script)).toMatchObject({ name: 'node', after: 'env' });
  expect(scriptAt(script)).toEqual({ runBy: 'node', after: 'env' });
  expect(scriptAt(file('plain', '#!/bin/sh -e\n'))).toEqual({ runBy: '/bin/sh' });
  expect(scriptAt(process.execPath)).toBeUndefined();
  expect(vdso.refuses({ ...programAt(process.execPath), after: 'env' })).toMatch(/env replaces itself/);
});
