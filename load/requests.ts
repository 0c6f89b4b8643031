/**
 * The load of a run, carried out by k6, which runs this file as it is: `k6 run load/requests.ts`, with the plan in
 * SNOWGLOBE_LOAD (harness/load/k6-plan.ts says what is in it). Arrival rates only: whoever asks waits for nobody.
 *
 * Each request becomes one line on standard output, which harness/load/k6-lines.ts reads:
 *
 *     @ NODE NUMBER SENT_US LATENCY_US STATUS REASON INCARNATION/LANE/FIRST/COUNT FIRST_ID LAST_ID DIGEST
 *
 * with `-` for what there is none of. k6's own samples (`--out`) are ten points a request, which costs more than the
 * requests; they are not used. IDs are BigInt or text, never numbers, unless the node itself answers in numbers.
 */
import crypto from 'k6/crypto';
import exec from 'k6/execution';
import http from 'k6/http';
import type { Options, Scenario } from 'k6/options';
import type { K6Plan } from '../harness/load/k6-plan.ts';

// oxlint-disable-next-line no-underscore-dangle -- k6 names it so
declare const __ENV: { readonly [name: string]: string };

const plan = JSON.parse(__ENV['SNOWGLOBE_LOAD'] as string) as K6Plan;
const indexOf = new Map(plan.nodes.map(({ name }, index) => [name, index]));
const ms = (duration: number): string => `${duration}ms`;

function scenarioOf(): Scenario {
  const common = { preAllocatedVUs: plan.openMax, maxVUs: plan.openMax, gracefulStop: ms(plan.timeoutMs + 1000) };
  if (plan.stages.length === 0)
    return {
      ...common,
      executor: 'constant-arrival-rate',
      rate: plan.perMinute,
      timeUnit: '1m',
      duration: ms(plan.durationMs),
    };
  const ramped = plan.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const last = plan.stages.at(-1)!;
  return {
    ...common,
    executor: 'ramping-arrival-rate',
    startRate: plan.perMinute,
    timeUnit: '1m',
    stages: [...plan.stages, { durationMs: plan.durationMs - ramped, perMinute: last.perMinute }].map(
      ({ durationMs, perMinute }) => ({ duration: ms(durationMs), target: perMinute }),
    ),
  };
}

/** What k6 counts of each node; bounds that always hold, since k6 keeps counts of a scenario apart for bounds only. */
const COUNTED = ['iterations', 'dropped_iterations'] as const;
const countOf = (what: (typeof COUNTED)[number], node: string): string => `${what}{scenario:${node}}`;

export const options: Options = {
  scenarios: Object.fromEntries(plan.nodes.map(({ name }) => [name, scenarioOf()])),
  thresholds: Object.fromEntries(
    plan.nodes.flatMap(({ name }) => COUNTED.map((what) => [countOf(what, name), ['count>=0']])),
  ),
  systemTags: ['scenario'],
  maxRedirects: 0,
  throw: false,
};

interface Begun {
  /** Unix microseconds at which k6's own count of time began. */
  readonly startUs: number;
}

/** Microseconds on k6's own count. */
const elapsedUs = (): number => exec.instance.currentTestRunDuration * 1000;

/** JavaScript reads the wall clock in milliseconds here: at its edges it is as exact as k6's own count of time. */
export function setup(): Begun {
  let startUs = Infinity;
  for (let edge = 0, at = Date.now(); edge < 3; edge++) {
    const before = at;
    while (at === before) at = Date.now();
    startUs = Math.min(startUs, at * 1000 - elapsedUs());
  }
  console.log('@begun');
  return { startUs };
}

const NO_IDS = '- - -';

export default function request({ startUs }: Begun): void {
  const { name, iterationInTest: number } = exec.scenario;
  const node = indexOf.get(name)!;
  const size = plan.sizes[number % plan.sizes.length]!;
  const isCompared = number % plan.comparedEvery === 0;
  const isJson = isCompared && (number / plan.comparedEvery) % plan.jsonEvery === plan.jsonEvery - 1;
  const sentUs = elapsedUs();
  let told = `e failed - ${NO_IDS}`;
  let latencyUs = 0;
  try {
    const response = http.get(`${plan.nodes[node]!.url}${size}`, {
      headers: { Accept: isJson ? 'application/json' : 'application/octet-stream' },
      responseType: isJson ? 'text' : 'binary',
      timeout: plan.timeoutMs,
    });
    latencyUs = elapsedUs() - sentUs;
    told = tell(response, size, isCompared, isJson);
  } finally {
    // Every request that was begun is told of, whatever became of it.
    console.log(`@ ${node} ${number} ${Math.round(startUs + sentUs)} ${Math.round(latencyUs)} ${told}`);
  }
}

interface Response {
  readonly status: number;
  readonly error_code: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: unknown;
}

/** A request that never left: k6's codes for names and dials. */
const UNSENT = { from: 1100, to: 1299 };
const TIMEOUT = 1050;

/** As harness/drivers/agent/node-client.ts reads an answer. */
function tell(
  { status, error_code, headers, body }: Response,
  asked: number,
  isCompared: boolean,
  isJson: boolean,
): string {
  if (status === 0) {
    if (error_code >= UNSENT.from && error_code <= UNSENT.to) return `e unsent:${error_code} - ${NO_IDS}`;
    return `n ${error_code === TIMEOUT ? 'timeout' : `network:${error_code}`} - ${NO_IDS}`;
  }
  if (status !== 200) return refusal(status, textOf(body));
  const seq = headers['Snowglobe-Seq'] ?? '';
  const count = Number(/^\d+\/\d+\/\d+\/(\d+)$/.exec(seq)?.[1] ?? -1);
  if (count < 0) return `e ${encodeURIComponent('no snowglobe-seq header')} - ${NO_IDS}`;
  const ids: unknown = isJson ? parsed(textOf(body))['ids'] : undefined;
  const came = isJson ? (Array.isArray(ids) ? ids.length : -1) : bytesOf(body).byteLength / (8 * plan.perId);
  if (came !== count || count > asked)
    return `e ${encodeURIComponent('not as many IDs as the header says')} - ${NO_IDS}`;
  if (!isCompared || count === 0) return `o - ${seq} ${NO_IDS}`;
  return `o - ${seq} ${isJson ? receivedJson(ids as readonly unknown[]) : receivedBytes(bytesOf(body))}`;
}

function refusal(status: number, text: string): string {
  const said = parsed(text);
  if (status === 503 && typeof said['refused'] === 'string')
    return `r ${encodeURIComponent(said['refused']) || 'unnamed'} - ${NO_IDS}`;
  const error = typeof said['error'] === 'string' ? said['error'] : `HTTP ${status}`;
  return `e ${encodeURIComponent(error) || 'unnamed'} - ${NO_IDS}`;
}

function bytesOf(body: unknown): ArrayBuffer {
  return body instanceof ArrayBuffer ? body : new ArrayBuffer(0);
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : String.fromCharCode(...new Uint8Array(bytesOf(body)));
}

function parsed(text: string): { readonly [field: string]: unknown } {
  try {
    return Object(JSON.parse(text)) as { readonly [field: string]: unknown };
  } catch {
    return {};
  }
}

/** First, last and digest, as `receivedBytes` in harness/core/received-ids.ts. */
function receivedBytes(bytes: ArrayBuffer): string {
  const view = new DataView(bytes);
  const first = view.getBigUint64(0, true);
  const last = view.getBigUint64(bytes.byteLength - 8 * plan.perId, true);
  return `${first} ${last} ${crypto.md5(bytes, 'hex').slice(0, 16)}`;
}

/** In place of a digest, as `IN_NUMBERS` there: its bytes in their order, in hexadecimal. */
const IN_NUMBERS = '0200000000000000';

/** As `receivedJson` there: a number is read as JavaScript reads it, and what is no ID is digested as its text. */
function receivedJson(ids: readonly unknown[]): string {
  const words: bigint[] = [];
  for (const id of ids) {
    const isId = typeof id === 'number' ? Number.isInteger(id) && id >= 0 : typeof id === 'string' && /^\d+$/.test(id);
    const value = isId ? BigInt(id as number | string) : -1n;
    if (value < 0n || value >= 1n << BigInt(64 * plan.perId))
      return `0 0 ${crypto.md5(JSON.stringify(ids), 'hex').slice(0, 16)}`;
    words.push(BigInt.asUintN(64, value));
    if (plan.perId === 2) words.push(value >> 64n);
  }
  const received = receivedBytes(BigUint64Array.from(words).buffer);
  const inNumbers = ids.some((id) => typeof id === 'number' && !Number.isSafeInteger(id));
  return inNumbers ? received.replace(/\S+$/, IN_NUMBERS) : received;
}

interface Summary {
  readonly metrics: { readonly [name: string]: { readonly values: { readonly count?: number } } | undefined };
}

/** The last line: how many requests k6 itself carried out for each node, and how many it did not come to in time. */
export function handleSummary({ metrics }: Summary): { readonly stdout: string } {
  // What k6 did not count is null, and no 0: its reader takes that for no count.
  const counts = plan.nodes.map(({ name }) =>
    COUNTED.map((what) => metrics[countOf(what, name)]?.values.count ?? null),
  );
  return { stdout: `@end ${JSON.stringify(counts)}\n` };
}
