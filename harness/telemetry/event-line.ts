/**
 * The line that an event leaves in the log of a run, on a terminal and in CI alike.
 */
import type { ProgressEvent } from '../core/progress.ts';
import { nsToMs } from '../core/time.ts';
import { clock, count, duration, measuredText } from './format.ts';
import type { Line, Span, Tone } from './text.ts';
import { span } from './text.ts';

/** Room for most labels, so that what happened stands in one column. */
const LABEL_WIDTH = 32;

const HAPPENED: Readonly<Record<'asked' | 'bites' | 'healed' | 'failed', { mark: string; tone: Tone }>> = {
  asked: { mark: '○', tone: 'faint' },
  bites: { mark: '●', tone: 'accent' },
  healed: { mark: '✔', tone: 'good' },
  failed: { mark: '✘', tone: 'bad' },
};

/** Where the content of a line begins, and where it goes on if it does not fit. */
export const EVENT_INDENT = 9;

/** Undefined for events that only change the live figures. */
export function eventLine(event: ProgressEvent): Line | undefined {
  const content = contentOf(event);
  if (content === undefined) return undefined;
  return [span(`${clock(nsToMs(event.at), true).padStart(EVENT_INDENT - 2)}  `, 'faint'), ...content];
}

function contentOf(event: ProgressEvent): Line | undefined {
  switch (event.kind) {
    case 'begin':
      return [
        span(event.scenario, 'strong'),
        span(' shakes '),
        span(event.generator, 'strong'),
        span(` on ${event.driver}`),
        span(`  seed ${event.seed}, ${event.nodes.length} nodes, ${duration(event.plannedMs)}`, 'faint'),
      ];
    case 'phase':
      // Launched is told by what is waited for next.
      return event.phase === 'launch' || event.phase === 'done' ? undefined : [span(event.phase, 'strong')];
    case 'waiting':
      return [span(event.text)];
    case 'slot':
      return [
        span(event.slot, 'strong'),
        span(`  slot ${event.index + 1} of ${event.count}`, 'faint'),
        ...(event.holder === undefined ? [] : [span(`, aimed at ${event.holder}`, 'faint')]),
      ];
    case 'disturbance': {
      const { mark, tone } = HAPPENED[event.what];
      return [
        span(`${mark} `, tone),
        span(event.label.padEnd(LABEL_WIDTH)),
        span(`  ${event.what}`, tone),
        ...detail(event),
      ];
    }
    case 'note':
      return [span('! ', 'doubt'), span(event.text)];
    case 'live':
      return [
        span('✘ ', 'bad'),
        span(event.guarantee, 'strong'),
        span(`  ${event.what}${event.found > 1 ? `, and ${count(event.found - 1)} more` : ''}`),
        span(`  seen ${((nsToMs(event.at) - nsToMs(event.emitted)) / 1000).toFixed(1)} s after it was minted`, 'faint'),
      ];
    case 'pace':
    case 'rates':
      return undefined;
  }
}

function detail({
  what,
  detail: told,
  measured = {},
}: Extract<ProgressEvent, { kind: 'disturbance' }>): readonly Span[] {
  const text = [told ?? '', measuredText(measured)].filter((part) => part !== '').join(', ');
  return text === '' ? [] : [span(`  ${text}`, what === 'failed' ? 'bad' : 'faint')];
}
