/**
 * Figures as people read them.
 */

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

/** A row of blocks, one a value, as high as its share of `max`. */
export function sparkline(values: readonly number[], max: number): string {
  const blocks = '▁▂▃▄▅▆▇█';
  return values
    .map((value) => blocks[max <= 0 ? 0 : Math.min(blocks.length - 1, Math.floor((value / max) * blocks.length))])
    .join('');
}
