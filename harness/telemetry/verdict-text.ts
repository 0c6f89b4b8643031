/**
 * The verdict of a run as text: what was promised and kept, what was done to the cluster, what the evidence is worth,
 * and how to see it again.
 */
import type { Witness } from '../core/finding.ts';
import { disturbing } from '../core/disturbing.ts';
import { EXIT } from '../core/errors.ts';
import { coordinatorLabel, tellLeases } from '../core/lease-totals.ts';
import { counted, disturbanceLabel, generatorLabel } from '../core/phrases.ts';
import { reasonsInShort } from '../core/reasons-in-short.ts';
import type { DisturbanceRecord, Run } from '../core/run.ts';
import { recordedAs } from '../core/scope.ts';
import { missingSelfLoad } from '../core/self-load.ts';
import { figureText, objectiveText, whereText } from '../core/slo-words.ts';
import { nsToMs } from '../core/time.ts';
import type { Verdict } from '../core/verdict.ts';
import { subjectOf, verdictBesideWaived } from '../core/waived.ts';
import { clock, count, duration } from './format.ts';
import type { Line, Tone } from './text.ts';
import { painter, span, wrap } from './text.ts';

export interface VerdictTextOptions {
  /** Where the text goes: it decides colours and width. */
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** The run's folder, as the user would type it. */
  readonly folder: string;
  /** What the command makes of the run's exit code: `exit 12, as a warning: 0`; '': it is not decided yet. */
  readonly exit?: string;
}

const WIDTH_MAX = 100;
/** Where text begins, right of the marks. */
const INDENT = 3;
const TONE: Readonly<Record<Verdict, Tone>> = { pass: 'good', fail: 'bad', unknown: 'doubt' };
const MARK: Readonly<Record<Verdict, string>> = { pass: '✔', fail: '✘', unknown: '?' };

/** Ends with a line break. */
export function verdictText(run: Run, { stream, folder, exit }: VerdictTextOptions): string {
  // A terminal that does not know its size says 0.
  const width = Math.min(WIDTH_MAX, stream.columns || WIDTH_MAX) - 1;
  const sections = [
    headLines(run, exit),
    guaranteeLines(run),
    sloLines(run),
    waivedLines(run),
    disturbanceLines(run),
    hazardLines(run),
    evidenceLines(run),
    leaseLines(run),
    doubtLines(run),
    witnessLines(run),
  ].filter((lines) => lines.length > 0);
  const paint = painter(stream);
  const lines = [
    ...sections.flatMap((section): readonly Line[] => [[], ...section.flatMap((line) => wrap(line, width, INDENT))]),
    [],
    // Never wrapped: they are there to be copied.
    ...whereLines(run, folder),
  ];
  return `${lines.map(paint).join('\n')}\n\n`;
}

function headLines(run: Run, exit = `exit ${run.exitCode}`): readonly Line[] {
  const verdict = verdictBesideWaived(run);
  return [
    [
      span(` ${MARK[verdict]} ${verdict.toUpperCase()}${passedHow(run, verdict)}`, TONE[verdict]),
      span(`  ${run.scenario.name}`, 'strong'),
      span(`, ${generatorLabel(run.generator)} on ${run.driver}${coordinator(run)}`),
      ...(exit === '' ? [] : [span(`  ${exit}`, 'faint')]),
      ...(run.attempt === undefined ? [] : [span(`  attempt ${run.attempt.number} of ${run.attempt.of}`, 'faint')]),
    ],
    ...(run.exitCode === EXIT.interrupted ? [indented(INTERRUPTED, 'plain')] : []),
    ...reasonsInShort(run).map((reason) => indented(reason)),
    ...scopeLines(run),
  ];
}

/** Where evidence is not the usual: each ID as it was minted. */
function scopeLines({ generator: { evidence } }: Run): readonly Line[] {
  return evidence === undefined || evidence.gathered === 'minted' ? [] : [indented(`Evidence: ${evidence.says}`)];
}

/** Its version, where it is a real one: what it keeps of its word differs. */
function coordinator(run: Run): string {
  const version = run.measured.versions['coordinator'];
  return version === undefined || version === 'virtual' ? '' : ` with ${coordinatorLabel(run)}`;
}

/**
 * A pass says what it is worth less for: violations that need a broken assumption, that nothing was disturbed, and that
 * nodes which were to drive themselves did not. What is waived is told of every verdict.
 */
function passedHow(run: Run, verdict: Verdict): string {
  const { findings, disturbances, waived = [] } = run;
  const sum = findings.reduce((total, finding) => total + (finding.promised ? finding.outsideAssumptions : 0), 0);
  const less = [
    ...(sum > 0 ? [`${count(sum)} outside assumptions`] : []),
    ...(disturbing(disturbances).length === 0 ? ['nothing was disturbed'] : []),
    ...(missingSelfLoad(run) === undefined ? [] : ['without the load of the question']),
  ];
  const told = [...(waived.length > 0 ? [`${count(waived.length)} waived`] : []), ...(verdict === 'pass' ? less : [])];
  return told.length > 0 ? ` (${told.join(', ')})` : '';
}

/** What is broken and no failure of the command, with the words of whoever waived it. */
function waivedLines({ waived = [] }: Run): readonly Line[] {
  if (waived.length === 0) return [];
  return [
    title('waived', 'broken, known of, and no failure until the day that is named'),
    ...waived.flatMap((known): readonly Line[] => [
      [span(' – ', 'doubt'), span(subjectOf(known)), span(`  ${counted(known.violations, 'violation')}`, 'faint')],
      ...known.by.map(({ reason, ticket, expires }) =>
        indented(`${reason.replaceAll(/\s+/g, ' ').trim()} (${ticket}, until ${expires})`),
      ),
    ]),
  ];
}

/** Beside a failure; where there is none, the reasons of the verdict tell them all. */
function doubtLines({ verdict, unknowns }: Run): readonly Line[] {
  if (verdict !== 'fail' || unknowns.length === 0) return [];
  return [
    title('doubts', `beside what is broken: ${counted(unknowns.length, 'thing')} that could not be known`),
    ...[...Map.groupBy(unknowns, ({ reason }) => reason)].map(([reason, [first, ...others]]): Line => {
      const more = others.length === 0 ? '' : ` And ${count(others.length)} more of this.`;
      return [span(' ? ', 'doubt'), span(`${reason}: ${first?.detail ?? ''}${more}`, 'faint')];
    }),
  ];
}

function guaranteeLines({ findings, unjudged = [] }: Run): readonly Line[] {
  if (findings.length === 0) return [];
  const names = [
    ...findings.map(({ guarantee, scope }) => (scope === undefined ? guarantee : `${guarantee} (${scope})`)),
    ...unjudged.map(({ guarantee }) => guarantee),
  ];
  const nameWidth = Math.max(...names.map(({ length }) => length));
  const rows = findings.map((finding, index): Line => {
    const { promised, verdict } = finding;
    // What was never promised is no pass, and a breach of it is no failure.
    const tone = promised ? TONE[verdict] : 'faint';
    return [
      span(` ${promised ? MARK[verdict] : '–'} `, tone),
      span((names[index] ?? '').padEnd(nameWidth)),
      span(`  ${(promised ? KEPT[verdict] : 'not promised').padEnd(12)}`, tone),
      span(`  ${figures(finding)}`, finding.violations > 0 && promised ? 'plain' : 'faint'),
    ];
  });
  const notJudged = unjudged.map(({ guarantee, because }): Line => [
    span(' – ', 'faint'),
    span(guarantee.padEnd(nameWidth)),
    span(`  ${'not judged'.padEnd(12)}`, 'faint'),
    span(`  ${because}`, 'faint'),
  ]);
  return [title('guarantees'), ...rows, ...notJudged];
}

const INTERRUPTED = 'Interrupted, hence the exit code, and healed: the verdict is about what happened until then.';

const KEPT: Readonly<Record<Verdict, string>> = { pass: 'kept', fail: 'BROKEN', unknown: 'unknown' };

function figures({
  guarantee,
  checked,
  unit,
  violations,
  outsideAssumptions,
  undecided,
}: Run['findings'][number]): string {
  return [
    `${counted(violations, 'violation')} in ${count(checked)} ${unit}`,
    ...(outsideAssumptions > 0 ? [`${count(outsideAssumptions)} outside assumptions`] : []),
    // All else of these IDs was judged.
    ...(undecided > 0
      ? [guarantee === 'well-formed' ? `worker ID of ${count(undecided)} not judged` : `${count(undecided)} undecided`]
      : []),
  ].join(', ');
}

/** One line each: the value, what was asked, and of what; why it is not known below it. */
function sloLines({ slos = [] }: Run): readonly Line[] {
  if (slos.length === 0) return [];
  const rows = slos.map(({ name, unit, value, objective }) => ({
    name,
    value: value === undefined ? 'no value' : figureText(unit, value),
    asked: objectiveText(unit, objective),
  }));
  const width = (of: (row: (typeof rows)[number]) => string): number => Math.max(...rows.map((row) => of(row).length));
  const [nameWidth, valueWidth, askedWidth] = [
    width((row) => row.name),
    width((row) => row.value),
    width((row) => row.asked),
  ];
  const met = slos.filter(({ verdict }) => verdict === 'pass').length;
  return [
    title('SLOs', `${met} of ${slos.length} met`),
    ...slos.flatMap(({ verdict, what, where, samples, detail, because }, index): readonly Line[] => {
      const { name, value, asked } = rows[index]!;
      const part = where === whereText('whole') ? '' : `; ${where}`;
      return [
        [
          span(` ${MARK[verdict]} `, TONE[verdict]),
          span(name.padEnd(nameWidth)),
          span(`  ${value.padStart(valueWidth)}`, verdict === 'pass' ? 'plain' : TONE[verdict]),
          span(`  ${asked.padEnd(askedWidth)}  ${what}${part}; ${counted(samples, 'sample')}`, 'faint'),
        ],
        ...(verdict === 'unknown' && detail !== undefined ? [indented(detail, 'doubt')] : []),
        ...(verdict === 'fail' && because !== undefined ? [indented(because)] : []),
      ];
    }),
  ];
}

function disturbanceLines({ disturbances }: Run): readonly Line[] {
  if (disturbances.length === 0) return [];
  const labels = disturbances.map(disturbanceLabel);
  const labelWidth = Math.max(...labels.map(({ length }) => length));
  const asked = disturbing(disturbances);
  const bit = asked.filter((disturbance) => disturbance.bit).length;
  return [
    title(
      'disturbances',
      asked.length === 0 ? 'nothing goes wrong by them' : `${bit} of ${asked.length} bit, measured from outside`,
    ),
    ...disturbances.flatMap((disturbance, index): readonly Line[] => [
      [
        isClear(disturbance) ? span(' ✔ ', 'good') : span(' ? ', 'doubt'),
        span((labels[index] ?? '').padEnd(labelWidth)),
        span(`  ${spanOf(disturbance)}`, 'faint'),
      ],
      ...[disturbance.missed, disturbance.unhealed].flatMap((why) =>
        why === undefined ? [] : [indented(why, 'doubt')],
      ),
    ]),
  ];
}

function isClear({ bit, unhealed }: DisturbanceRecord): boolean {
  return bit && unhealed === undefined;
}

function spanOf({ injected, healed }: DisturbanceRecord): string {
  if (injected === undefined) return 'never injected';
  const from = clock(nsToMs(injected));
  return healed === undefined
    ? `from ${from}, no heal told`
    : `${from} – ${clock(nsToMs(healed))}  ${duration(nsToMs(healed - injected))}`;
}

function hazardLines({ hazards }: Run): readonly Line[] {
  if (hazards.length === 0) return [];
  const reached = hazards.filter((hazard) => hazard.reached).length;
  return [
    title('hazards', `${reached} of ${hazards.length} reached`),
    ...hazards.flatMap(({ reached: wasReached, summary, at, detail }): readonly Line[] => [
      [
        span(wasReached ? ' ✔ ' : ' ? ', wasReached ? 'good' : 'doubt'),
        span(wasReached ? summary : `not reached: ${summary}`),
        span(at === undefined ? '' : `  at ${clock(nsToMs(at))}`, 'faint'),
      ],
      ...(detail === undefined ? [] : [indented(detail)]),
    ]),
  ];
}

function evidenceLines({ generator, evidence, load, figures = [] }: Run): readonly Line[] {
  const recorded = recordedAs(generator);
  const { minted, stored, acknowledged, batches, tornBytes, requests } = evidence;
  const whole = minted === stored;
  const told = [
    `${count(requests.sent)} requests: ${count(requests.ok)} answered, ${count(requests.refused)} refused`,
    `${count(requests.errors)} errors, ${count(requests.noAnswer)} without an answer`,
  ].join(', ');
  // They are no part of the total: they were to be sent, and came too late.
  const unsent = requests.dropped === 0 ? '' : `; ${count(requests.dropped)} more were not sent`;
  return [
    title('evidence'),
    [
      span(whole ? ' ✔ ' : ' ? ', whole ? 'good' : 'doubt'),
      span(`${count(BigInt(minted))} ${recorded} ${whole ? '=' : '≠'} ${count(BigInt(stored))} stored`),
      span(`, ${count(BigInt(acknowledged))} acknowledged to clients`, 'faint'),
    ],
    indented(`${count(batches)} batches${tornBytes > 0 ? `, ${count(tornBytes)} torn bytes` : ''}; ${told}${unsent}`),
    ...(load === undefined ? [] : [indented(tellLoad(load, recorded))]),
    ...tellPace(figures),
  ];
}

/** How the harness kept up with the nodes; of the run as a whole. */
function tellPace(figures: NonNullable<Run['figures']>): readonly Line[] {
  const valueOf = (name: string): number | undefined => figures.find((figure) => figure.name === name)?.value;
  const [lagMs, liveLagMs, share] = [valueOf('collector-lag'), valueOf('live-lag'), valueOf('harness-share')];
  if (lagMs === undefined || liveLagMs === undefined || share === undefined) return [];
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return [
    indented(
      `stored within ${seconds(lagMs)} and looked at within ${seconds(liveLagMs)} of its commit; the harness took ${Math.round(100 * share)} % of the machine's CPUs`,
    ),
  ];
}

/** `load by k6 1.8.1: p50 1.2 ms, p99 8.4 ms; all 30,296 answers compared with what was minted` */
function tellLoad(
  { client, version, compared, answered, sample, p50Ms, p99Ms }: NonNullable<Run['load']>,
  recorded: string,
): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const latency = p50Ms === undefined || p99Ms === undefined ? '' : `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}; `;
  const share = compared === answered ? `all ${count(answered)}` : `${count(compared)} of ${count(answered)}`;
  const why = sample === undefined ? '' : ` (${sample})`;
  return `load by ${version ?? `the ${client} client`}: ${latency}${share} answers compared with what was ${recorded}${why}`;
}

/** Also that it never broke its word: how often it was not seen is a fact about its version, too. */
function leaseLines(run: Run): readonly Line[] {
  const told = tellLeases(run);
  if (told.length === 0) return [];
  return [
    title('leases of the coordinator'),
    ...told.flatMap(({ coordinator: which, ownDoing, others, keptItsWord }): readonly Line[] => [
      [
        keptItsWord ? span(' ✔ ', 'good') : span(' ✘ ', 'bad'),
        span(`${which}: `),
        span(ownDoing, keptItsWord ? 'faint' : 'plain'),
      ],
      ...(others === '' ? [] : [indented(others)]),
    ]),
  ];
}

/** The story of the gravest finding's clearest witness: `explain` puts it first. */
function witnessLines({ findings }: Run): readonly Line[] {
  const broken =
    findings.find(({ promised, verdict, witnesses }) => promised && verdict === 'fail' && witnesses.length > 0) ??
    findings.find(({ promised, witnesses }) => promised && witnesses.length > 0);
  const witness = broken?.witnesses[0];
  if (broken === undefined || witness === undefined) return [];
  return [
    title('clearest witness', `${broken.guarantee}, at ${clock(nsToMs(witness.at), true)}`),
    ...(witness.cause === undefined ? [] : [[span(' ✘ ', 'bad'), span(witness.cause, 'strong')]]),
    ...storyOf(witness).map((text) => indented(text, 'plain')),
  ];
}

function storyOf({ what, explanation }: Witness): readonly string[] {
  return explanation === undefined ? [what] : [what, explanation];
}

function whereLines({ command }: Run, folder: string): readonly Line[] {
  return [
    [span(' report  ', 'faint'), span(`${folder}/report.html`, 'accent')],
    [span(' repeat  ', 'faint'), span(command)],
  ];
}

function title(text: string, aside?: string): Line {
  return aside === undefined ? [span(` ${text}`, 'strong')] : [span(` ${text}`, 'strong'), span(`  ${aside}`, 'faint')];
}

function indented(text: string, tone: Tone = 'faint'): Line {
  return [span(`${' '.repeat(INDENT)}${text}`, tone)];
}
