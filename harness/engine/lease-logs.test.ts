import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaseLogName } from '../core/tap.ts';
import type { Origin } from '../core/time.ts';
import { leaseWords, readLeaseLogs } from './lease-logs.ts';

const ORIGIN: Origin = { monotonicNs: '1000', unixMs: 0, errorNs: 0 };

function inFolder(work: (folder: string) => void): void {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'snowglobe-leases-'));
  work(folder.path);
}

test('of a lease, the last accepted sending counts, and the first request to end it, whoever sent them', () =>
  inFolder((folder) => {
    const line = (what: string, sentNs: string): string =>
      `${JSON.stringify({ lease: '1', what, sentNs, receivedNs: '0', ttlMs: 1 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('granted', '2000') + line('kept', '5000') + line('kept', '3000') + line('given up', '9000'),
    );
    writeFileSync(join(folder, leaseLogName('n2', 1)), line('kept', '6000') + line('given up', '7000'));
    expect(leaseWords(readLeaseLogs(folder), ORIGIN).leases).toEqual([
      { lease: '1', node: 'n1', incarnation: 1, lastSentNs: 5000, ttlMs: 1, givenUpNs: 6000 },
    ]);
  }));

test('when the holder of a lease was told that it is gone', () =>
  inFolder((folder) => {
    const line = (what: string, sentNs: string, receivedNs: string): string =>
      `${JSON.stringify({ lease: '1', what, sentNs, receivedNs, ttlMs: 1 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('granted', '2000', '2500') + line('gone', '4000', '4500') + line('gone', '5000', '5500'),
    );
    writeFileSync(join(folder, leaseLogName('n2', 1)), line('gone', '3000', '3500'));
    expect(leaseWords(readLeaseLogs(folder), ORIGIN).leases).toEqual([
      { lease: '1', node: 'n1', incarnation: 1, lastSentNs: 1000, ttlMs: 1, toldGoneNs: 3500 },
    ]);
  }));

test('keys that nodes deleted, unless they learned that they did not', () =>
  inFolder((folder) => {
    const line = (what: string, key: string, sentNs: string): string =>
      `${JSON.stringify({ lease: '0', what, key, sentNs, receivedNs: '0', ttlMs: 0 })}\n`;
    writeFileSync(
      join(folder, leaseLogName('n1', 1)),
      line('deleting', 'o/0', '2000') +
        line('not deleted', 'o/0', '2000') +
        line('deleting', 'o/0', '3000') +
        line('deleting', 'o/1', '4000'),
    );
    expect(leaseWords(readLeaseLogs(folder), ORIGIN)).toEqual({
      leases: [],
      deletions: [
        { key: 'o/0', sentNs: 2000 },
        { key: 'o/1', sentNs: 3000 },
      ],
    });
  }));
