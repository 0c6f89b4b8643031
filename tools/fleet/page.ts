/** FLEET.md, from what is documented of generators and what came out of their runs. Pure. */
import type { Generator } from '../../harness/core/generator.ts';
import { GUARANTEES } from '../../harness/core/guarantee.ts';
import type { Published, Trial } from '../../generators/published/programs/fleet.ts';
import type { Broken, GeneratorRecord, Outcome, TrialRecord } from './outcome.ts';

export interface Entry {
  readonly generator: Generator;
  readonly published: Published;
  readonly record: GeneratorRecord;
}

/** `schedules`: of each scenario, in words. */
export function fleetPage(entries: readonly Entry[], schedules: ReadonlyMap<string, string>): string {
  return [INTRODUCTION, summary(entries), ...entries.map((entry) => section(entry, schedules))].join('\n\n') + '\n';
}

const INTRODUCTION = `# The first fleet: published generators, unmodified

<!-- Written by \`npm run fleet\` from docs/fleet.json; edit tools/fleet/, not this file. -->

Generators that were not written for snowglobe, at the versions named here, downloaded from their registries and unmodified, run as real processes by the driver local. Each is judged by what its own documentation promises, quoted with its place, and by three things that are asked of all, documented or not: nothing but IDs is given out as IDs (\`fails-closed\`), clients receive what was minted (\`faithful-encoding\`), and 3 s after nothing is wrong any more it mints (\`recovers\`). What a generator does not promise is not held against it: where a guarantee is wider than its words, or its documentation asks of its operator what a scenario does not give, the result stands in a column of its own, with why.

A result says what was seen in these runs, on the machine named, and no more. A program around each generator (\`generators/published/programs/\`) calls it as its documentation shows; it is ours, and so may be mistakes in it. To repeat all: \`npm run fleet -- --times 10\`. To repeat one finding: \`npm run fleet -- --build\` once, and the command that stands with it (exit code 10: a guarantee is broken; 11: an SLO is missed; 0: all promises were kept).`;

function summary(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => {
    const { published, record } = entry;
    const { what } = published;
    const title = `[${what.name}](#${anchor(entry)}) ${what.version}`;
    const kept = record.trials.filter(isKept).map(({ scenario, outcomes }) => `${scenario} (${outcomes.length})`);
    const isOutside = ({ scenario }: TrialRecord): boolean => trialOf(published, scenario)?.outside !== undefined;
    const broken = record.trials.filter(isBroken);
    const open = record.trials.filter((trial) => !isKept(trial) && !isBroken(trial));
    const cells = [kept, told(broken.filter((one) => !isOutside(one))), told(broken.filter(isOutside)), told(open)];
    return `| ${[title, what.registry, ...cells.map((cell) => cell.join('; ') || '–')].join(' | ')} |`;
  });
  const head = [
    'generator',
    'from',
    'kept its promises in (runs)',
    'broke one in',
    'broke outside of its documentation',
    'unknown',
  ];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
}

const told = (trials: readonly TrialRecord[]): readonly string[] =>
  trials.map((trial) => `${trial.scenario}: ${brokenInShort(trial)}`);

const trialOf = ({ trials }: Published, name: string): Trial | undefined =>
  trials.find(({ scenario }) => scenario === name);

function section(entry: Entry, schedules: ReadonlyMap<string, string>): string {
  const { generator, published, record } = entry;
  const kept = record.trials.filter(isKept);
  const runs = kept.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  return [
    `## ${headingOf(entry)}`,
    `Used by: ${published.use}. Run on ${record.machine}, with snowglobe at ${record.commit}.`,
    promisesOf(generator, published),
    ...(kept.length === 0
      ? []
      : [
          `Kept its promises in ${runs} of ${runs} runs of these scenarios: ${kept.map(({ scenario, outcomes }) => `${scenario} (${outcomes.length}; ${schedules.get(scenario)})`).join(', ')}.`,
        ]),
    ...record.trials.filter((trial) => !isKept(trial)).map((trial) => finding(entry, trial, schedules)),
  ].join('\n\n');
}

function promisesOf({ promises }: Generator, { documented }: Published): string {
  const rows = promises.map(({ guarantee }) => {
    const own = documented.find((each) => each.guarantee === guarantee);
    const words = own === undefined ? 'asked of all; nothing is quoted for it' : `“${own.says}” (${own.where})`;
    return `| \`${guarantee}\` | ${words} |`;
  });
  return ['| judged | its documentation |', '| --- | --- |', ...rows].join('\n');
}

function finding({ generator, published }: Entry, trial: TrialRecord, schedules: ReadonlyMap<string, string>): string {
  const { scenario, outcomes } = trial;
  const known = trialOf(published, scenario);
  const example = outcomes.find(({ broken }) => broken.length > 0);
  const doubts = [...new Set(outcomes.flatMap((outcome) => outcome.doubts))];
  return [
    `### ${scenario}: ${brokenInShort(trial)}`,
    `Schedule: ${schedules.get(scenario)}.`,
    ...whatsBroken(outcomes).map((name) => [seen(name, outcomes), ...promiseOf(published, name)].join(' ')),
    ...(example?.broken ?? []).flatMap(({ witness, what }) =>
      witness === undefined ? [] : [`For example (\`${what}\`, seed ${example!.seed}): ${witness}`],
    ),
    ...(known?.outside === undefined
      ? []
      : [`Outside of what its documentation promises or asks for: ${known.outside}`]),
    ...(known?.note === undefined ? [] : [`Note: ${known.note}`]),
    ...(doubts.length === 0 ? [] : [`Runs that are unknown: ${doubts.join(' ')}`]),
    `\`\`\`sh\nnpx snowglobe run scenarios/published/${scenario}.ts --driver local --generator generators/published/${generator.name}.ts\n\`\`\``,
  ].join('\n\n');
}

/** Whose word was broken; of an SLO the note tells. */
function promiseOf({ documented }: Published, name: string): readonly string[] {
  const own = documented.find(({ guarantee }) => guarantee === name);
  if (own !== undefined) return [`Its documentation: “${own.says}” (${own.where}).`];
  return name in GUARANTEES ? ['Its documentation does not promise this: it is asked of all.'] : [];
}

/** In how many runs, how often, and as what. */
function seen(name: string, outcomes: readonly Outcome[]): string {
  const these = outcomes.flatMap(({ broken }) => broken.filter(({ what }) => what === name));
  const counts = these.flatMap(({ violations }) => violations ?? []);
  const among = these[0]?.among;
  const meaning = name in GUARANTEES ? ` (${GUARANTEES[name as keyof typeof GUARANTEES]})` : '';
  const range =
    counts.length === 0
      ? ''
      : `; ${spanOf(counts)} violations in a run${among === undefined ? '' : `, of ${among} in the first`}`;
  return `\`${name}\`${meaning} was broken in ${these.length} of ${outcomes.length} runs${range}${causesOf(these)}.`;
}

function causesOf(these: readonly Broken[]): string {
  const causes = [...new Set(these.flatMap(({ cause }) => cause ?? []))];
  return causes.length === 0 ? '' : `; what the first violations show: ${causes.join(', ')}`;
}

function brokenInShort(trial: TrialRecord): string {
  const { outcomes } = trial;
  const names = whatsBroken(outcomes).map((name) => {
    const times = outcomes.filter(({ broken }) => broken.some(({ what }) => what === name)).length;
    return `\`${name}\` broken in ${times} of ${outcomes.length}`;
  });
  const unknown = outcomes.filter(({ verdict }) => verdict === 'unknown').length;
  const parts = [...names, ...(unknown === 0 ? [] : [`unknown in ${unknown} of ${outcomes.length}`])];
  return parts.join(', ');
}

const whatsBroken = (outcomes: readonly Outcome[]): readonly string[] => [
  ...new Set(outcomes.flatMap(({ broken }) => broken.map(({ what }) => what))),
];

const isBroken = ({ outcomes }: TrialRecord): boolean => outcomes.some(({ broken }) => broken.length > 0);
const isKept = ({ outcomes }: TrialRecord): boolean => outcomes.every(({ verdict }) => verdict === 'pass');

function spanOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)].map((count) => count.toLocaleString('en'));
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** Two entries may use one package in two ways. */
const headingOf = ({ generator, published: { what } }: Entry): string =>
  `${generator.name}: ${what.name} ${what.version} (${what.registry})`;

/** As GitHub makes it of a heading. */
const anchor = (entry: Entry): string =>
  headingOf(entry)
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
