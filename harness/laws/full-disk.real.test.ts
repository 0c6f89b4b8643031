/** A disk that is full: a small one is mounted for it, which takes root on Linux. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { openJournal, readJournal } from '../engine/journal.ts';
import { STORE_FOLDER } from '../engine/record.ts';
import { OF_A_BUSY_MACHINE } from './busy-run.ts';
import { readRun, runFolder, snowglobe } from './cli-process.ts';
import { realDrivers } from './real-drivers.ts';
import { recordRun } from './recorded-run.ts';
import { copyOfRun, judgeUndisturbed } from './store-kill.ts';

const root = mkdtempSync(join(tmpdir(), 'snowglobe-full-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface SmallDisk extends Disposable {
  readonly folder: string;
  resize(size: string): void;
}

function smallDisk(folder: string, size: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' });
  return {
    folder,
    resize: (larger) => void execFileSync('mount', ['-o', `remount,size=${larger}`, folder]),
    [Symbol.dispose]: () => void execFileSync('umount', [folder]),
  };
}

const canMount = process.getuid?.() === 0 && process.platform === 'linux' && mountWorks();

function mountWorks(): boolean {
  try {
    using _ = smallDisk(join(root, 'mountable'), '1m');
    return true;
  } catch {
    return false;
  }
}

describe.runIf(canMount)('on a small disk (needs root, to mount it)', () => {
  const doubtsOf = (folder: string) => readRun(folder).unknowns.map(({ reason }) => reason);

  test('a store without room: unknown, and judge finishes once it has some', async () => {
    const recorded = await recordRun({ folder: join(root, 'run'), runId: 'ab12cd34', nodes: 3, batchesPerNode: 60 });
    const undisturbed = await judgeUndisturbed(copyOfRun(recorded, join(root, 'undisturbed')));
    const folder = copyOfRun(recorded, join(root, 'full'));
    using disk = smallDisk(join(folder, STORE_FOLDER), '6m');
    expect({ code: (await snowglobe(['judge', folder]).ended).code, doubts: doubtsOf(folder) }).toEqual({
      code: 12,
      doubts: expect.arrayContaining(['engine lost']) as unknown,
    });
    expect(readRun(folder).unknowns.find(({ reason }) => reason === 'engine lost')?.detail).toMatch(
      /took no more evidence: .*The taps are whole/s,
    );
    disk.resize('400m');
    expect((await snowglobe(['judge', folder]).ended).code).toBe(10);
    expect(readRun(folder).findings).toEqual(undisturbed.run.findings);
    expect(readRun(folder).evidence).toEqual(undisturbed.run.evidence);
  });

  test('a journal loses nothing by a disk that is full for a while, and names no range meanwhile', () => {
    using disk = smallDisk(join(root, 'journal'), '64k');
    const filler = join(disk.folder, 'filler');
    const file = join(disk.folder, 'journal.jsonl');
    const note = (at: number): JournalEntry => ({ at, kind: 'note', text: 'x'.repeat(500) });
    const collect: JournalEntry = {
      ...{ at: 5, kind: 'collect', lane: { node: 'n1', incarnation: 1, lane: 0 } },
      ...{ firstSeq: '0', count: 1, batches: 1, token: 't' },
    };
    const journal = openJournal(file);
    journal.append(note(0));
    expect(() => writeFileSync(filler, Buffer.alloc(200_000))).toThrow('ENOSPC');
    for (let at = 1; at < 40; at++) journal.append(note(at));
    expect(() => journal.append(collect)).toThrow(expect.objectContaining({ name: 'EngineLost' }));
    expect(statSync(file).size).toBeLessThan(10_000);
    expect(journal.entries).toHaveLength(41);
    rmSync(filler);
    journal.append(note(41));
    journal.close();
    expect(readJournal(file)).toEqual({ entries: journal.entries, problems: [] });
  });

  test.each(realDrivers('a run on a full disk').filter((driver) => driver === 'local'))(
    'a run on %s whose store has no room is unknown for that, and whole when it is judged again',
    async (driver) => {
      // Less than the engine leaves free for others: it refuses at once. Taps and journal have their room.
      using disk = smallDisk(join(root, 'runs'), '90m');
      const brief = join(import.meta.dirname, 'fixtures/brief.json');
      const run = snowglobe(['run', brief, '--driver', driver, '--runs', disk.folder, '--seed', '3']);
      const folder = await runFolder(disk.folder);
      const { code, stderr } = await run.ended;
      expect({ code, stderr, doubts: doubtsOf(folder) }).toEqual({
        code: 12,
        stderr: '',
        doubts: expect.arrayContaining(['engine lost']) as unknown,
      });
      expect(existsSync(join(folder, 'requests.bin'))).toBe(true);
      disk.resize('1g');
      await snowglobe(['judge', folder]).ended;
      // What clients received was kept as well: nothing is unknown any more that was not for a busy machine.
      expect(doubtsOf(folder).filter((reason) => !OF_A_BUSY_MACHINE.has(reason))).toEqual([]);
      const { minted, stored } = readRun(folder).evidence;
      expect(Number(minted)).toBeGreaterThan(100);
      expect(stored).toBe(minted);
    },
  );
});
