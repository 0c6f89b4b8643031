/** docs/FALSE-ALARMS.md: the figure, and the rows that it is made of, which are read again from there. Pure. */
import { grouped } from '../../harness/core/phrases.ts';
import { upperBound } from './bound.ts';
import { type Counts, distinct, type Evidence, NONE, plus } from './evidence.ts';

const HEADS = ['date', 'commit', 'source', 'driver', 'runs', 'pass', 'fail', 'unknown', 'seeds', 'key'] as const;

/** Evidence is in the order of its rows. */
export function pageText(evidence: readonly Evidence[]): string {
  const counted = distinct(evidence);
  const all = counted.reduce(plus, NONE);
  const ofDrivers = [...Map.groupBy(counted, ({ driver }) => driver)].toSorted(byName);
  const ofCommits = [...Map.groupBy(counted, ({ driver, commit }) => `${driver} | ${commit}`)].toSorted(byName);
  const left = evidence.length - counted.length;
  return `# False alarms

How often snowglobe accuses a generator that keeps its word. Written by \`npm run torture\`, \`npm run scoreboard\` and \`node tools/false-alarms.ts\`; the figures are made from the rows at the end.

**${figureText(all)}**

A fail of an honest generator is a false alarm until it is shown to be a bug of the generator. An unknown is neither pass nor fail: it accuses nobody and proves nothing, is in no rate, and stands apart. The bound is the exact one of Clopper and Pearson, one-sided: at a greater rate, so few fails in so many judged runs would be seen less than 5 times in 100. It holds for runs like these: for these scenarios and generators, on such machines.

## By driver

${table(['driver', 'runs', 'pass', 'fail', 'unknown', 'fails at most (95 %)'], [...ofDrivers.map(figuresOf), ['all', ...figures(all)]])}

## By driver and commit

${table(['driver', 'commit', 'runs', 'pass', 'fail', 'unknown', 'fails at most (95 %)'], ofCommits.map(figuresOf))}

## Evidence

One row for each slice of torture and each scoreboard. Seeds: a simulated run is known again by slice, commit and seed, and counts once; ${left === 0 ? 'no row is left out for that' : `rows left out for that: ${left}`}. Key: a digest of what the row was read from, by which nothing is added twice.

${table(
  HEADS,
  evidence.map((one) => HEADS.map((head) => String(one[head]))),
)}
`;
}

/** `12,345 judged runs of honest generators: 0 failed, …` */
export function figureText(counts: Counts): string {
  const judged = counts.pass + counts.fail;
  return `${grouped(judged)} judged runs of honest generators: ${grouped(counts.fail)} failed, so that at most ${boundText(counts)} do (95 %). ${grouped(counts.unknown)} more proved nothing.`;
}

/** The rows of a page. Throws where one is none: a figure must not be made of half of them. */
export function readPage(markdown: string): readonly Evidence[] {
  const rows = markdown
    .slice(markdown.indexOf('\n## Evidence'))
    .split('\n')
    .filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [date = '', commit = '', source = '', driver = '', , , , , seeds = '', key = ''] = cells;
    const [runs, pass, fail, unknown] = cells.slice(4, 8).map(Number) as [number, number, number, number];
    const isWhole = [runs, pass, fail, unknown].every(Number.isSafeInteger) && pass + fail + unknown === runs;
    if (cells.length !== HEADS.length || !isWhole)
      throw new Error(`docs/FALSE-ALARMS.md: this is no row of evidence: ${line}`);
    return { date, commit, source, driver, runs, pass, fail, unknown, seeds, key };
  });
}

/** `0.060 %` of judged runs. */
function boundText({ pass, fail }: Counts): string {
  const percent = 100 * upperBound(fail, pass + fail);
  return `${percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2)} %`;
}

const figures = (counts: Counts): readonly string[] => [
  ...[counts.runs, counts.pass, counts.fail, counts.unknown].map(grouped),
  boundText(counts),
];

const figuresOf = ([name, mine]: readonly [string, readonly Evidence[]]): readonly string[] => [
  ...name.split(' | '),
  ...figures(mine.reduce<Counts>(plus, NONE)),
];

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
