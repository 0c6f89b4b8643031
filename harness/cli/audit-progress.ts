/** How far an audit is, on one line of a terminal: what is done, its rate, and the time that is left. */
import { stripVTControlCharacters } from 'node:util';
import { duration } from '../telemetry/format.ts';

export interface AuditProgress {
  phase(what: string, bytes: number): void;
  bytes(bytes: number): void;
  /** Gives the line back. */
  end(): void;
}

const BAR = 24;
const EVERY_MS = 200;
const MIB = 2 ** 20;

/** Shows nothing where nobody watches. */
export function auditProgress(stream: NodeJS.WriteStream, now: () => number): AuditProgress {
  if (!stream.isTTY || stream.columns === 0)
    return { phase: () => undefined, bytes: () => undefined, end: () => undefined };
  let what = '';
  let [total, done, began, drawn] = [0, 0, 0, 0];
  const draw = (): void => {
    drawn = now();
    const line = progressLine({ what, total, done, ms: drawn - began });
    stream.write(`\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  return {
    phase: (next, bytes) => {
      [what, total, done, began] = [next, bytes, 0, now()];
      draw();
    },
    bytes: (bytes) => {
      done += bytes;
      if (now() - drawn >= EVERY_MS) draw();
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}

/** `reading       ████████░░░░  42 %  310 MiB/s  3.1 s left`; without a known end, what was read. Pure. */
export function progressLine({
  what,
  total,
  done,
  ms,
}: {
  readonly what: string;
  readonly total: number;
  readonly done: number;
  readonly ms: number;
}): string {
  const rate = ms > 0 ? done / (ms / 1000) : 0;
  const rateText = rate > 0 ? `  ${(rate / MIB).toFixed(0)} MiB/s` : '';
  const name = stripVTControlCharacters(what).padEnd(22);
  if (total === 0) return ` ${name}${done > 0 ? `${(done / MIB).toFixed(0)} MiB` : ''}${rateText}`;
  const share = Math.min(1, done / total);
  const full = Math.round(share * BAR);
  const left = rate > 0 && share < 1 ? `  ${duration(((total - done) / rate) * 1000)} left` : '';
  return ` ${name}${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${String(Math.floor(share * 100)).padStart(3)} %${rateText}${left}`;
}
