/** What stands at the end of a row in docs/TORTURE.md. Pure. */
import type { Trial } from './trial.ts';

/** More names than these do not fit into a row. */
const NAMED_MAX = 16;

/**
 * What each generator did: how often it was caught, and for which guarantees. Of many that only passed their number, and
 * what was counted of them.
 */
export function remarks(runs: readonly Trial[]): string {
  const all = [...Map.groupBy(runs, ({ generator }) => generator)];
  const worthALine =
    all.length <= NAMED_MAX ? all : all.filter(([, mine]) => mine.some((run) => run.verdict !== 'pass'));
  const others = all.filter((one) => !worthALine.includes(one));
  return worthALine
    .map(([generator, mine]) => {
      const failed = mine.filter(({ verdict }) => verdict === 'fail');
      const guarantees = [...new Set(failed.flatMap(({ broken }) => broken))].map(
        (name) => `${name} ${failed.filter(({ broken }) => broken.includes(name)).length}`,
      );
      const unknown = mine.filter(({ verdict }) => verdict === 'unknown');
      const why = [...new Set(unknown.flatMap(({ doubts }) => doubts))].join(', ');
      return [
        `${generator}: ${mine.length} runs`,
        ...(failed.length > 0
          ? [`${failed.length} failed (${guarantees.join(', ')}; first seed ${failed[0]?.seed})`]
          : []),
        ...sums(mine),
        ...(unknown.length > 0 ? [`${unknown.length} unknown (${why}; first seed ${unknown[0]?.seed})`] : []),
        ...ratesOf(mine),
      ].join(', ');
    })
    .concat(
      others.length === 0
        ? []
        : [`${others.length} more, each of which passed`, ...sums(others.flatMap(([, mine]) => mine))].join(', '),
    )
    .join('; ');
}

/** `28 tries`. */
function sums(runs: readonly Trial[]): string[] {
  const names = new Set(runs.flatMap(({ counted = {} }) => Object.keys(counted)));
  return [...names].map((name) => `${runs.reduce((sum, { counted }) => sum + (counted?.[name] ?? 0), 0)} ${name}`);
}

/** The range of the rates that were reached, where trials tell of one. */
function ratesOf(runs: readonly Trial[]): readonly string[] {
  const rates = runs.flatMap(({ idsPerSecond = [] }) => idsPerSecond).toSorted((a, b) => a - b);
  const [least, median, most] = [rates.at(0), rates.at(Math.floor(rates.length / 2)), rates.at(-1)].map(millions);
  return rates.length === 0 ? [] : [`${least} to ${most} million IDs/s at the moments of the kills, median ${median}`];
}

const millions = (idsPerSecond = 0): string => (idsPerSecond / 1e6).toFixed(2);
