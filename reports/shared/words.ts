/** Numbers, times and settings in words. */
import type { Json, JsonObject } from '../../harness/core/json.ts';
import { NS_PER_MS, NS_PER_S } from '../../harness/core/time.ts';
import type { Slo, Unit } from '../../harness/core/slo.ts';
import type { RunNs } from '../../harness/core/time.ts';

const MINUS = '\u2212';

/** Digits in groups of three, as everywhere: `2,640,118`. Decimal strings stay exact. */
export function grouped(value: number | bigint | string): string {
  const text = String(value);
  const [, sign = '', whole = text, fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  return `${sign === '-' ? MINUS : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** `48.2 s` on the run's axis. */
export function seconds(at: RunNs, digits = 1): string {
  return `${signed(at / NS_PER_S, digits)}\u00a0s`;
}

/** A length of time: `350 ms`, `4.8 s`. */
export function lasting(ns: number): string {
  return Math.abs(ns) < NS_PER_S ? `${signed(ns / NS_PER_MS, 0)}\u00a0ms` : seconds(ns);
}

/** An offset of a clock, with its sign: `+10.00 s`, `−3 ms`. */
export function offset(ms: number): string {
  const sign = ms > 0 ? '+' : '';
  return Math.abs(ms) < 1000 ? `${sign}${signed(ms, 0)}\u00a0ms` : `${sign}${signed(ms / 1000, 2)}\u00a0s`;
}

/** `20.1 k`, `850`. */
export function rate(perSecond: number): string {
  if (perSecond >= 999_500) return `${(perSecond / 1e6).toFixed(1)}\u00a0M`;
  return perSecond >= 1000 ? `${(perSecond / 1000).toFixed(1)}\u00a0k` : String(Math.round(perSecond));
}

/** A time in three digits: `0.421 ms`, `12.4 ms`, `1.2 s`. */
export function latency(ms: number): string {
  return Math.abs(ms) < 1000 ? `${inThreeDigits(ms)}\u00a0ms` : `${inThreeDigits(ms / 1000)}\u00a0s`;
}

/** A figure with its unit: `12.4 ms`, `99.998 %`. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return latency(value);
    case 's':
      return value === 0 ? '0\u00a0s' : latency(value * 1000);
    case 'ratio':
      return `${share(value)}\u00a0%`;
    case 'ids/s':
      return `${grouped(Math.round(value))}\u00a0IDs/s`;
    case 'count':
      return grouped(Number.isInteger(value) ? value : Number(value.toFixed(2)));
  }
}

/** `at most 25 ms`. */
export function objectiveWords({ atMost, atLeast }: Slo['objective'], unit: Unit): string {
  if (atMost !== undefined) return `at most ${amount(atMost, unit)}`;
  return atLeast === undefined ? 'no bound' : `at least ${amount(atLeast, unit)}`;
}

function inThreeDigits(value: number): string {
  return `${value < 0 ? MINUS : ''}${Number(Math.abs(value).toPrecision(3))}`;
}

/** In percent. What is short of all, or more than nothing, is never rounded to it: what is lacking has two digits. */
function share(value: number): string {
  const lacking = 1 - value;
  const decimals = lacking > 0 && lacking < 0.1 ? Math.min(12, Math.ceil(-Math.log10(lacking)) - 1) : 2;
  if (value !== 0 && Math.abs(value) < 0.1) return inThreeDigits(value * 100);
  return String(Number((value * 100).toFixed(decimals)));
}

/** Unix milliseconds as a node's clock would show them: `2026-11-21 12:04:05.678`. Out of range: the bare number. */
export function wallClock(unixMs: number): string {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? `${unixMs} ms` : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** `node n2 · by −3 000 ms`: units move from the end of a name behind its value. */
export function settings(options: JsonObject): string {
  return Object.entries(options)
    .map(([name, value]) => setting(name, value))
    .join(' · ');
}

function setting(name: string, value: Json): string {
  const unit = /(Ms|Ns)$/.exec(name)?.[1]?.toLowerCase();
  const label = (unit === undefined ? name : name.slice(0, -2)).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `${label} ${plain(value)}${unit === undefined ? '' : `\u00a0${unit}`}`;
}

function plain(value: Json): string {
  if (typeof value === 'number') return grouped(Number.isInteger(value) ? value : Number(value.toFixed(3)));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (value === null) return '–';
  return Array.isArray(value) ? value.map(plain).join(', ') || 'none' : JSON.stringify(value);
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}
