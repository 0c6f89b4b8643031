/**
 * The way from the tap to the verdict while nodes mint all that their format gives: whole runs on the driver `local`, whose
 * nodes drive themselves. The generator is a mutant that mints an ID of long ago every other second, so that each run also
 * says how soon a duplicate is seen.
 *
 *   npm run bench -- live, or node tools/bench/live.ts [SECONDS]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JournalEntry } from '../../harness/core/journal.ts';
import type { Run } from '../../harness/core/run.ts';
import type { ScenarioInput } from '../../harness/core/scenario.ts';

const ROOT = join(import.meta.dirname, '../..');
const SECONDS = 60;

interface Subject {
  readonly nodes: number;
  /** IDs of each node in a millisecond. */
  readonly perMs: number;
}

/** `saturate`, and an ID of long ago among its own. */
const RISING: readonly Subject[] = [
  { nodes: 1, perMs: 4096 },
  { nodes: 4, perMs: 1024 },
  { nodes: 2, perMs: 4096 },
  { nodes: 3, perMs: 4096 },
];
/** IDs that nothing certifies. */
const RANDOM: readonly Subject[] = [100, 250, 500, 1000].map((perMs) => ({ nodes: 1, perMs }));
const OF_RISING = 'mints-an-old-id-again';
const OF_RANDOM = join(import.meta.dirname, 'random-ids.ts');

interface Measured extends Subject {
  readonly minted: bigint;
  readonly lost: bigint;
  /** The longest, seconds. */
  readonly lagS: number;
  readonly liveLagS: number;
  readonly seenAfterS: number | undefined;
  readonly share: number;
  readonly judgedS: number;
  readonly behind: boolean;
}

const HEAD = `| nodes × IDs/s | minted | lost | stored within | looked at within | duplicate announced within | harness and store | verdict after |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`;

/** Takes about a minute and a half a row. */
export async function liveSection(): Promise<string> {
  return sectionOf(SECONDS);
}

async function sectionOf(seconds: number): Promise<string> {
  const rowsOf = async (generator: string, subjects: readonly Subject[]): Promise<string> => {
    const rows: string[] = [];
    for (const subject of subjects) rows.push(row(await measure(generator, subject, seconds)));
    return rows.join('\n');
  };
  return `Runs of ${seconds} s on the driver \`local\`: nodes that drive themselves, harness and store on the same CPUs. Lag is the
longest that anything committed to a tap waited to be stored, or to be looked at for violations; a duplicate of an ID of up
to ${Math.floor(seconds / 2)} s before is minted every other second, and the slowest to be announced is told, from its emission. The share is of
harness and store, of all CPUs. The verdict is there so long after the load ended, with the cluster taken down.

${HEAD}
${await rowsOf(OF_RISING, RISING)}

The same of 64 random bits an ID, which no run certifies: each is looked for among all before it.

${HEAD}
${await rowsOf(OF_RANDOM, RANDOM)}
`;
}

async function measure(generator: string, subject: Subject, seconds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-live-'));
  try {
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(scenarioOf(generator, subject, seconds)));
    const args = ['run', file, '--driver', 'local', '--generator', generator, '--runs', folder];
    // It fails, as it has to: the exit code is 10.
    await promisify(execFile)(process.execPath, ['harness/main.ts', ...args], { cwd: ROOT }).catch(() => undefined);
    const runs = join(folder, 'saturation');
    const kept = join(runs, readdirSync(runs)[0]!);
    const run = JSON.parse(readFileSync(join(kept, 'run.json'), 'utf8')) as Run;
    const journal = readFileSync(join(kept, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalEntry);
    return { ...subject, ...figuresOf(run, journal) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function scenarioOf(generator: string, { nodes, perMs }: Subject, seconds: number): ScenarioInput {
  return {
    name: 'saturation',
    question: 'How far is the harness behind its nodes?',
    generator: 'saturate',
    cluster: {
      nodes,
      coordinatorMembers: 0,
      selfLoad: 1000 * perMs,
      ...(generator === OF_RISING && { options: { perMs } }),
    },
    load: { idsPerSecond: 200, batch: { min: 1, max: 20, mean: 10 } },
    warmUpMs: 1000,
    timetable: {
      order: 'given',
      slots: [
        {
          name: 'full',
          lengthMs: 1000 * (seconds - 2),
          disturbances: [{ fault: 'noop', options: {}, atMs: 0, forMs: 1000 }],
        },
      ],
    },
    recoverMs: 1000,
  };
}

function figuresOf(run: Run, journal: readonly JournalEntry[]): Omit<Measured, keyof Subject> {
  const valueOf = (name: string): number => run.figures?.find((figure) => figure.name === name)?.value ?? NaN;
  const late = journal.flatMap((entry) =>
    entry.kind === 'live' && entry.guarantee === 'unique' ? [(entry.at - entry.emitted) / 1e9] : [],
  );
  const minted = BigInt(run.evidence.minted);
  return {
    minted,
    lost: minted - BigInt(run.evidence.stored),
    lagS: valueOf('collector-lag') / 1000,
    liveLagS: valueOf('live-lag') / 1000,
    seenAfterS: late.length === 0 ? undefined : Math.max(...late),
    share: valueOf('harness-share'),
    judgedS: run.measured.seconds['drain and judge'] ?? NaN,
    behind: journal.some((entry) => entry.kind === 'note' && entry.text.startsWith('live detection behind')),
  };
}

function row({ nodes, perMs, minted, lost, lagS, liveLagS, seenAfterS, share, judgedS, behind }: Measured): string {
  const s = (value: number): string => `${value.toFixed(1)} s`;
  const cells = [
    `${nodes} × ${(1000 * perMs).toLocaleString('en')}`,
    minted.toLocaleString('en'),
    String(lost),
    s(lagS),
    s(liveLagS),
    seenAfterS === undefined ? 'none was' : `${s(seenAfterS)}${behind ? ', told as behind' : ''}`,
    `${Math.round(100 * share)} %`,
    s(judgedS),
  ];
  return `| ${cells.join(' | ')} |`;
}

if (import.meta.main) process.stdout.write(await sectionOf(Number(process.argv[2] ?? SECONDS)));
