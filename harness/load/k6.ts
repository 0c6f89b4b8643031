/**
 * k6 as the client of a run: a process of its own, which asks by arrival rates, and tells of each request by one line on
 * its standard output. What it tells goes into the same log, the same seconds of the journal and the same doubts as what
 * the built-in client does.
 *
 * It cannot outlive the harness for long: when nobody reads its standard output any more, its next line ends it (SIGPIPE),
 * and where it has nothing to tell, it ends when its planned time is over.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { extname, join } from 'node:path';
import { environmentLacks } from '../core/errors.ts';
import { grouped } from '../core/phrases.ts';
import type { Cancel, RunNs } from '../core/time.ts';
import { msToNs, NS_PER_S, nsToMs } from '../core/time.ts';
import type { UnknownReason } from '../core/verdict.ts';
import { comparing } from './comparing.ts';
import type { LoadHandle, LoadOptions, Offered } from './contract.ts';
import type { K6Schedule } from './k6-drops.ts';
import { begunLate, dropsBySecond, dueWithin, scheduleOf } from './k6-drops.ts';
import type { K6Counts, K6Request } from './k6-lines.ts';
import { readK6Line } from './k6-lines.ts';
import type { K6Plan } from './k6-plan.ts';
import { K6_PLAN, k6Plan } from './k6-plan.ts';
import type { K6Program } from './k6-program.ts';
import { createRequestLog } from './request-log.ts';
import type { Counters } from './second.ts';
import { countReply, zero } from './second.ts';
import { createWallMap } from './wall-map.ts';

/** The script: TypeScript in a checkout, compiled when installed, as this file is. */
const SCRIPT = join(import.meta.dirname, '../../load', `requests${extname(import.meta.filename)}`);

/** What a run may take beyond its plan (heals, signals that are late) before k6 ends by itself. */
const MARGIN_MS = 120_000;
/** Of starting up: the script is compiled and all virtual users are made. */
const BEGINS_WITHIN_MS = 30_000;
/** To end after it was asked to, beyond the timeout of a request. */
const ENDS_WITHIN_MS = 10_000;
/** Exit code of a k6 that was ended by a signal. */
const ABORTED = 105;
const WORDS_KEPT = 8;
/** As with the built-in client: one that is begun later is no part of the load that was asked for. */
const LATE_NS = msToNs(100);
/** Of what was due, this much may be begun late, or be missing without a word. */
const MISSED_MAX = 0.1;
/** By which the clocks of k6 and of this process may differ in the run's time. */
const CLOCKS_NS = msToNs(5);
/** For what k6 takes to begin after it said so, and to hear that it is to end. */
const EDGES_NS = NS_PER_S;

const ARGUMENTS = [
  ...['run', '--quiet', '--no-color', '--no-usage-report', '--address', ''],
  ...['--log-format', 'raw', '--log-output', 'stdout'],
];

/** What k6 needs of `LoadOptions`, and how long it is to last where not as long as the run may. */
export type K6Options = Omit<LoadOptions, 'simulated' | 'folder'> & { readonly lastsMs?: number };

/** Resolves when k6 begins to ask; throws when it cannot. */
export async function startK6(program: K6Program, options: K6Options): Promise<LoadHandle> {
  const plan = k6Plan({ ...options, durationMs: options.lastsMs ?? options.plannedMs + MARGIN_MS });
  const [command, ...args] = program.command(SCRIPT, { runId: options.runId, variables: [K6_PLAN] });
  const child = spawn(command!, [...args, ...ARGUMENTS, SCRIPT], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DOCKER_HOST: process.env['DOCKER_HOST'],
      // Memory for CPU time, which nodes need: the collector of garbage runs a quarter as often.
      GOGC: '400',
      [K6_PLAN]: JSON.stringify(plan),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: Ctrl-C is for the harness, which ends k6 in its own time.
    detached: true,
  });
  const client = new K6Client(program, options, plan, child);
  await client.begun();
  return client;
}

class K6Client implements LoadHandle {
  readonly client: LoadHandle['client'];
  readonly #options: K6Options;
  readonly #plan: K6Plan;
  readonly #schedule: K6Schedule;
  readonly #child: ChildProcess;
  readonly #log = createRequestLog();
  readonly #walls = createWallMap();
  #seconds: Counters[];
  /** When each request of a node was begun, and the moment that this counts from. */
  readonly #begunAt: RunNs[][];
  readonly #idsAsked: number[];
  readonly #numbers: Set<number>[];
  #counts: readonly K6Counts[] | undefined;
  /** What k6 itself said last. */
  readonly #words: string[] = [];
  #unreadable: string | undefined;
  #unreadableLines = 0;
  #exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  #stopped = false;
  /** When it said that it begins, and when it was asked to end. */
  #from: RunNs = 0;
  #to: RunNs = 0;
  readonly #closed: Promise<void>;
  readonly #hasBegun: Promise<boolean>;
  #cancelSecond: Cancel = () => undefined;
  readonly #problems: UnknownReason[] = [];

  constructor(program: K6Program, options: K6Options, plan: K6Plan, child: ChildProcess) {
    const { every: _every, ...sample } = comparing(options.load, false, options.nodes.length);
    this.client = { client: 'k6', version: program.version, ...sample };
    this.#options = options;
    this.#plan = plan;
    this.#schedule = scheduleOf(plan);
    this.#child = child;
    this.#seconds = plan.nodes.map(zero);
    this.#begunAt = plan.nodes.map(() => []);
    this.#idsAsked = plan.nodes.map(() => 0);
    this.#numbers = plan.nodes.map(() => new Set());
    this.#readClocks();
    const begun = Promise.withResolvers<boolean>();
    this.#hasBegun = begun.promise;
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (text) => this.#read(text, begun.resolve));
    child.stderr!.on('data', (chunk: Buffer) => this.#said(chunk.toString()));
    const read = new Promise<void>((resolve) => lines.once('close', resolve));
    const ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        this.#said(error.message);
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve();
      });
    });
    this.#closed = Promise.all([ended, Promise.race([read, ended.then(() => this.#options.time.sleep(1000))])]).then(
      () => {
        begun.resolve(false);
      },
    );
  }

  async begun(): Promise<void> {
    const { time } = this.#options;
    const waited = new AbortController();
    const late = time.sleep(BEGINS_WITHIN_MS, waited.signal).then(
      () => false,
      () => false,
    );
    const hasBegun = await Promise.race([this.#hasBegun, late]);
    waited.abort();
    if (hasBegun) {
      this.#from = time.now();
      return this.#nextSecond(this.#from);
    }
    this.#child.kill('SIGKILL');
    await this.#closed;
    throw environmentLacks(
      `k6 did not begin: ${this.#lastWords()}`,
      'Mend what it says, or run with --load built-in.',
      '--load k6',
    );
  }

  async stop(): Promise<void> {
    if (this.#stopped) return this.#closed;
    this.#stopped = true;
    const { time, load, lastsMs = Infinity } = this.#options;
    this.#to = Math.min(time.now(), this.#from + msToNs(lastsMs));
    const wasRunning = this.#exit === undefined;
    if (wasRunning) this.#child.kill('SIGTERM');
    const cancel = time.at(time.now() + msToNs(load.timeoutMs + ENDS_WITHIN_MS), () => this.#child.kill('SIGKILL'));
    await this.#closed;
    cancel();
    this.#cancelSecond();
    this.#judge(wasRunning);
    this.#tellDrops();
    this.#report();
  }

  requests(): ReturnType<LoadHandle['requests']> {
    return this.#log.columns();
  }

  problems(): readonly UnknownReason[] {
    return this.#problems;
  }

  offered(): readonly Offered[] {
    return this.#plan.nodes.map(({ name }, node) => {
      const [sent, crowded] = [this.#begunAt[node]!.length, this.#counts?.[node]?.dropped ?? 0];
      return { node: name, asked: sent + crowded, sent, late: 0, crowded, idsAsked: this.#idsAsked[node]! };
    });
  }

  #read(text: string, begun: (has: boolean) => void): void {
    const line = readK6Line(text);
    if (line.kind === 'begun') begun(true);
    else if (line.kind === 'request') this.#request(line.request);
    else if (line.kind === 'end') this.#counts = line.counts;
    else if (line.kind === 'said') this.#said(line.text);
    else {
      this.#unreadableLines++;
      this.#unreadable ??= line.text.slice(0, 200);
    }
  }

  #request({ node, number, sentUs, latencyUs, reply }: K6Request): void {
    const second = this.#seconds[node];
    if (second === undefined) return void this.#unreadableLines++;
    const sent = this.#walls.runNs(sentUs);
    if (!this.#wasCutOff(sent + 1000 * latencyUs, latencyUs, reply)) {
      const row = this.#log.open(node, sent);
      this.#log.close(row, sent + 1000 * latencyUs, reply);
      second.sent++;
      countReply(second, reply);
    }
    this.#begunAt[node]!.push(sent);
    this.#numbers[node]!.add(number);
    this.#idsAsked[node]! += this.#plan.sizes[number % this.#plan.sizes.length]!;
  }

  /**
   * Whether it was open when k6 was asked to end, which drops what is open at once: that its node did not answer is no
   * fault of the node, nor was anybody told. One that had waited for its whole timeout by then was not answered.
   */
  #wasCutOff(endedAt: RunNs, latencyUs: number, { status }: K6Request['reply']): boolean {
    if (!this.#stopped || status === 'ok' || status === 'refused') return false;
    return endedAt >= this.#to - CLOCKS_NS && latencyUs < 1000 * this.#options.load.timeoutMs;
  }

  #said(text: string): void {
    for (const line of text.split('\n')) if (line.trim() !== '') this.#words.push(line.trim());
    this.#words.splice(0, this.#words.length - WORDS_KEPT);
  }

  #lastWords(): string {
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    const how = signal === null ? (code === null ? 'it never ran' : `exit code ${code}`) : `ended by ${signal}`;
    return [how, ...this.#words].join('; ').slice(0, 600);
  }

  #nextSecond(from: RunNs): void {
    this.#cancelSecond = this.#options.time.at(from + NS_PER_S, () => {
      this.#readClocks();
      this.#report();
      this.#nextSecond(from + NS_PER_S);
    });
  }

  /** At the edge of a millisecond of the wall clock, which is read no more finely: a millisecond of waiting at the most. */
  #readClocks(): void {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    this.#walls.add({ wallUs: now * 1000, at: this.#options.time.now() });
  }

  #report(): void {
    const at = this.#options.time.now();
    const taken = this.#seconds;
    this.#seconds = this.#plan.nodes.map(zero);
    this.#options.onSecond(this.#plan.nodes.map(({ name: node }, index) => ({ at, node, ...taken[index]! })));
  }

  /** Whether what k6 told is all that it did. */
  #judge(wasRunning: boolean): void {
    const doubt = (reason: UnknownReason['reason'], detail: string): void =>
      void this.#problems.push({ reason, scope: 'run', detail });
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    const asExpected = signal === null && (code === 0 || (wasRunning && code === ABORTED));
    if (!wasRunning && this.#options.lastsMs === undefined)
      doubt('load not achieved', `k6 ended before the load did (${this.#lastWords()}).`);
    else if (!asExpected) doubt('load not achieved', `k6 did not end as it should (${this.#lastWords()}).`);
    if (this.#unreadableLines > 0)
      doubt(
        'input malformed, rounded or empty',
        `${this.#unreadableLines} lines of k6 could not be read; the first: ${this.#unreadable ?? 'of a node that is none'}`,
      );
    const lost = this.#plan.nodes.flatMap(({ name }, node) => {
      const [told, counted] = [this.#numbers[node]!.size, this.#counts?.[node]?.iterations];
      return counted === undefined || told < counted || told < this.#begunAt[node]!.length
        ? [`${name}: ${told} of ${counted ?? 'nobody knows how many'}`]
        : [];
    });
    if (lost.length > 0)
      doubt('load not achieved', `k6 did not tell of each request that it carried out (${lost.join(', ')}).`);
    for (const [index, { node, asked, sent, crowded }] of this.offered().entries()) {
      const due = dueWithin(this.#schedule, this.#to - this.#from - EDGES_NS);
      if (due - asked > MISSED_MAX * due)
        doubt(
          'load not achieved',
          `Of ${grouped(due)} requests to ${node} that were due at the least, k6 sent ${grouped(sent)} and says that it dropped ${grouped(crowded)}: the others are missing without a word.`,
        );
      const late = begunLate(this.#schedule, this.#sinceFirst(index), this.#dropsOf(index), LATE_NS);
      if (late > MISSED_MAX * sent)
        doubt(
          'load not achieved',
          `${grouped(late)} of ${grouped(sent)} requests to ${node} were begun more than ${nsToMs(LATE_NS)} ms late: k6 itself stood still, and how long their clients waited is not known.`,
        );
    }
  }

  #firstOf(node: number): RunNs {
    return this.#begunAt[node]!.reduce((least, at) => Math.min(least, at), Infinity);
  }

  #sinceFirst(node: number): readonly RunNs[] {
    const first = this.#firstOf(node);
    return this.#begunAt[node]!.map((at) => at - first);
  }

  #dropsOf(node: number): readonly number[] {
    const dropped = this.#counts?.[node]?.dropped ?? 0;
    if (dropped === 0 || this.#begunAt[node]!.length === 0) return [];
    const lastedNs = this.#options.time.now() - this.#firstOf(node);
    return dropsBySecond(this.#schedule, this.#sinceFirst(node), dropped, lastedNs);
  }

  /** Seconds in which k6 did not come to all requests, put where they belong in time. */
  #tellDrops(): void {
    const { time, onSecond } = this.#options;
    const now = time.now();
    for (const [index, { name: node }] of this.#plan.nodes.entries())
      for (const [second, count] of this.#dropsOf(index).entries())
        if (count > 0)
          onSecond([
            { at: Math.min(now, this.#firstOf(index) + (second + 1) * NS_PER_S), node, ...zero(), dropped: count },
          ]);
  }
}
