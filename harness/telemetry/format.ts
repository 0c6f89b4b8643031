/**
 * Figures as people read them.
 */
import type { Json, JsonObject } from '../core/json.ts';

/** `1,234,567`. */
export function count(value: number | bigint): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Minutes and seconds since the run's origin, `1:07.3`; without tenths, `1:07`. */
export function clock(ms: number, tenths = false): string {
  const unit = tenths ? 10 : 1;
  const total = Math.max(0, Math.floor((ms / 1000) * unit));
  const seconds = (total / unit) % 60;
  const text = tenths ? seconds.toFixed(1).padStart(4, '0') : String(seconds).padStart(2, '0');
  return `${Math.floor(total / unit / 60)}:${text}`;
}

/** A length of time: `350 ms`, `7 s`, `8.5 s`. */
export function duration(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`;
  return `${Math.round(ms / 100) / 10} s`;
}

/** A clock's distance from true time, always with its sign: `+0.2 ms`, `−3.000 s`. */
export function offset(ms: number): string {
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '+';
  return size < 1000 ? `${sign}${size.toFixed(1)} ms` : `${sign}${(size / 1000).toFixed(3)} s`;
}

/** What a measurement saw: `asked −3.000 s, observed −3.000 s`, `alive yes, answers no`. */
export function measuredText(measured: JsonObject): string {
  return Object.entries(measured)
    .map(([name, value]) => `${words(name)} ${figure(name, value)}`)
    .join(', ');
}

function figure(name: string, value: Json): string {
  if (typeof value === 'number') return name.endsWith('Ms') ? milliseconds(value) : String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === null) return 'unknown';
  if (Array.isArray(value)) return value.map((item) => figure('', item)).join(' ') || 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function milliseconds(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  return size < 1000 ? `${sign}${Math.round(size * 10) / 10} ms` : `${sign}${(size / 1000).toFixed(3)} s`;
}

/** `observedMs` → `observed`, `healthAnswers` → `health answers`. */
function words(name: string): string {
  return name
    .replace(/Ms$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** A row of blocks, one a value, as high as its share of `max`. */
export function sparkline(values: readonly number[], max: number): string {
  const blocks = '▁▂▃▄▅▆▇█';
  return values
    .map((value) => blocks[max <= 0 ? 0 : Math.min(blocks.length - 1, Math.floor((value / max) * blocks.length))])
    .join('');
}

/** `harness 31 % of 2 CPUs`: with the store of the run, and without its nodes. */
export function harnessShare({ cpus, ofCpus }: { readonly cpus: number; readonly ofCpus: number }): string {
  return `harness ${Math.round((100 * cpus) / ofCpus)} % of ${ofCpus} CPUs`;
}
