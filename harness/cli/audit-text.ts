/** What an audit found, as text: like the verdict of a run. Pure. */
import type { Audit, AuditLine } from '../audit/audit-schema.ts';
import { refusalText } from '../audit/refusals.ts';
import { counted, times } from '../core/phrases.ts';
import { visible } from '../core/visible.ts';
import { count, duration } from '../telemetry/format.ts';
import type { Line, Tone } from '../telemetry/text.ts';
import { painter, span, wrap } from '../telemetry/text.ts';

export interface AuditTextOptions {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number };
  /** The file of the report, as the user wrote it. */
  readonly report: string | undefined;
}

const WIDTH_MAX = 100;
const INDENT = 3;
const TONE = { pass: 'good', fail: 'bad', unknown: 'doubt' } as const;
const MARK = { pass: '✔', fail: '✘', unknown: '?' } as const;
/** Lists are cut: all is in the report and in --json. */
const SHOWN = 5;
const LINES_SHOWN = 12;

export function auditText(audit: Audit, { stream, report }: AuditTextOptions): string {
  const width = Math.min(WIDTH_MAX, stream.columns || WIDTH_MAX) - 1;
  const sections = [
    head(audit),
    uniqueness(audit),
    order(audit),
    fields(audit),
    clocks(audit),
    suspects(audit),
    refused(audit),
  ].filter((lines) => lines.length > 0);
  const paint = painter(stream);
  const lines = [
    ...sections.flatMap((section): readonly Line[] => [
      [],
      ...section.flatMap((line) => wrap(shown(line), width, INDENT)),
    ]),
    [],
    ...(report === undefined ? [] : [[span(' report  ', 'faint'), span(report, 'accent')]]),
    [span(' repeat  ', 'faint'), span(audit.command)],
  ];
  return `${lines.map(paint).join('\n')}\n\n`;
}

/** Names of nodes and files are those of the input, whatever is in them. */
function shown(line: Line): Line {
  return line.map(({ text, tone }) => span(visible(text), tone));
}

function head({ verdict, exitCode, ids, lines, inputs, reasons, idBits, form, took }: Audit): readonly Line[] {
  const what = inputs.length === 1 ? inputs[0]!.name : counted(inputs.length, 'input');
  return [
    [
      span(` ${MARK[verdict]} ${verdict.toUpperCase()}`, TONE[verdict]),
      span(`  audit of ${what}`, 'strong'),
      span(`, ${counted(Number(ids), 'ID')} of ${counted(new Set(lines.map(({ node }) => node)).size, 'node')}`),
      span(`  exit ${exitCode}`, 'faint'),
    ],
    ...reasons.map((reason) => indented(reason, 'plain')),
    indented(`${idBits} bits, ${form}; ${duration(took.seconds * 1000)}, ${rate(took.idsPerSecond)}`),
  ];
}

function rate(idsPerSecond: number): string {
  return idsPerSecond >= 1e6 ? `${(idsPerSecond / 1e6).toFixed(1)} M IDs/s` : `${count(idsPerSecond)} IDs/s`;
}

function uniqueness({ unique, verdict }: Audit): readonly Line[] {
  if (unique === undefined) return [];
  const { method, why, checked, repeated, surplus, duplicates } = unique;
  const isUnique = repeated === '0';
  const tone: Tone = isUnique ? 'good' : verdict === 'fail' ? 'bad' : 'doubt';
  return [
    title('unique', `established by ${method}, exact, for ${counted(Number(checked), 'ID')}`),
    [
      span(isUnique ? ' ✔ ' : ' ✘ ', tone),
      span(
        isUnique
          ? 'no ID is there twice'
          : `${counted(Number(repeated), 'ID is', 'IDs are')} there more than once, ${times(Number(surplus))} too often in all`,
      ),
    ],
    ...(why === undefined ? [] : [indented(`Not by the certificate: ${why}.`)]),
    ...duplicates
      .slice(0, SHOWN)
      .map(({ id, written = id, total, fields: decoded, sightings }): Line => [
        span(' ✘ ', tone),
        span(written, 'strong'),
        span(
          `  ${count(BigInt(total))} times: ${sightings.map((one) => `${one.line} #${count(BigInt(one.position))}`).join(', ')}`,
        ),
        ...(decoded === undefined ? [] : [span(`  ${fieldText(decoded)}`, 'faint')]),
      ]),
    ...more(BigInt(repeated) - BigInt(Math.min(SHOWN, duplicates.length)), 'duplicated ID'),
  ];
}

/** `2026-11-22T10:00:00.000Z, worker 3, sequence 17` */
function fieldText({
  time,
  worker,
  sequence,
}: NonNullable<NonNullable<Audit['unique']>['duplicates'][number]['fields']>): string {
  return [
    ...(time === undefined ? [] : [time]),
    ...(worker === undefined ? [] : [`worker ${worker}`]),
    ...(sequence === undefined ? [] : [`sequence ${sequence}`]),
  ].join(', ');
}

function more(left: bigint, noun: string): readonly Line[] {
  return left > 0n ? [indented(`and ${counted(Number(left), `more ${noun}`)}`)] : [];
}

function order({ lines, orderJudged }: Audit): readonly Line[] {
  if (lines.length === 0) return [];
  if (!orderJudged) return [title('order', 'not judged: the rows of a table come in no order of emission')];
  const backward = lines.filter((line) => line.backward !== '0');
  const name = Math.max(...lines.slice(0, LINES_SHOWN).map((line) => line.name.length));
  const shown = [...backward, ...lines.filter((line) => line.backward === '0')].slice(0, LINES_SHOWN);
  return [
    title(
      'order',
      backward.length === 0
        ? `every ID is greater than the one before it, in ${lines.length === 1 ? 'the one line' : `all ${count(lines.length)} lines`}`
        : `${counted(backward.length, 'line')} of ${count(lines.length)} with backward steps; no promise is held against them`,
    ),
    ...shown.map((line): Line => [
      line.backward === '0' ? span(' ✔ ', 'good') : span(' – ', 'doubt'),
      span(line.name.padEnd(Math.min(40, name))),
      span(`  ${counted(Number(line.ids), 'ID')}`),
      ...(line.backward === '0' ? [] : [span(`  ${backwardText(line)}`)]),
      span(loadText(line), 'faint'),
    ]),
    ...more(BigInt(lines.length - shown.length), 'line'),
  ];
}

function backwardText({ backward, steps, largestInversion: largest }: AuditLine): string {
  const first = steps[0];
  const at = first === undefined ? '' : `, the first at #${count(BigInt(first.position))}`;
  if (largest === undefined) return `${count(BigInt(backward))} backward${at}`;
  const back = largest.ms === undefined ? count(BigInt(largest.highest) - BigInt(largest.after)) : duration(largest.ms);
  return `${count(BigInt(backward))} backward${at}; largest inversion ${back}, at #${count(BigInt(largest.position))}`;
}

function loadText({ perMs, peak, sequence }: AuditLine): string {
  if (perMs === undefined || peak === undefined) return '';
  const full = sequence === undefined ? '' : `, ${percent(sequence.peak)} of the sequence`;
  return `  ${threeDigits(perMs)} a ms, ${peak.atLeast ? 'at least ' : ''}${count(peak.ids)} in its fullest tick${full}`;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
const threeDigits = (value: number): string => String(Number(value.toPrecision(3)));

function fields({ time, workers, misfits, layout }: Audit): readonly Line[] {
  if (layout === undefined) return [];
  return [
    title('fields', layout),
    ...(time === undefined ? [] : [indented(`${time.from} to ${time.to}, ${duration(time.ms)}`, 'plain')]),
    ...(workers === undefined
      ? []
      : [
          workers.tooMany
            ? indented('More worker IDs than any cluster has: is this the layout of these IDs?', 'doubt')
            : indented(
                `${counted(workers.count, 'worker ID')}: ${workers.seen.slice(0, 20).join(', ')}${workers.count > 20 ? ', …' : ''}`,
                'plain',
              ),
        ]),
    ...(misfits === undefined || misfits.ids === 0
      ? []
      : [
          [
            span(' ? ', 'doubt'),
            span(
              `${counted(misfits.ids, 'ID')} with bits that this layout does not have${misfits.first === undefined ? '' : `, the first ${misfits.first.line} #${count(misfits.first.position)}`}`,
            ),
          ],
        ]),
  ];
}

function clocks({ clocks: found }: Audit): readonly Line[] {
  if (found === undefined) return [];
  return [
    title('clocks', 'nodes whose clocks are apart from those beside them'),
    ...found.nodes
      .slice(0, SHOWN)
      .map(({ node, aheadMs, uncertaintyMs, samples }): Line => [
        span(' – ', 'doubt'),
        span(
          `${node}  ${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}, ± ${duration(uncertaintyMs)}`,
        ),
        span(`  ${counted(samples, 'sample')}`, 'faint'),
      ]),
    indented(found.how),
  ];
}

function suspects({ suspects: set, lines }: Audit): readonly Line[] {
  // Of one node there is nothing to tell.
  if (set === undefined || new Set(lines.map(({ node }) => node)).size < 2) return [];
  if (set.overlapsInAll === 0)
    return [title('suspects', 'none: no two nodes minted under one worker ID at once, by the time in their IDs')];
  return [
    title('suspects', 'IDs minted while two nodes minted under one worker ID, by the time in them'),
    [
      span(' ? ', 'doubt'),
      span(`${counted(set.ids, 'ID')} of ${counted(set.workers, 'worker ID')}, ${set.from} to ${set.to}`),
    ],
    ...set.overlaps
      .slice(0, SHOWN)
      .map(({ worker, nodes, from, to, ids }) =>
        indented(`worker ${worker}: ${nodes.join(' and ')}, ${from} to ${to}, ${counted(ids, 'ID')}`, 'plain'),
      ),
    ...more(BigInt(set.overlapsInAll - Math.min(SHOWN, set.overlaps.length)), 'such time'),
    ...(set.coarse
      ? [
          indented(
            'Of nodes that changed their worker ID very often all of its time counts, from the first ID to the last.',
          ),
        ]
      : []),
    ...(set.file === undefined ? [] : [indented(`written to ${set.file}`, 'plain')]),
  ];
}

function refused({ refused: all, tornBytes }: Audit): readonly Line[] {
  const torn =
    tornBytes === undefined
      ? []
      : [indented(`${count(tornBytes)} bytes of taps behind the last committed batch: nobody was answered with them.`)];
  if (all.total === 0) return torn;
  return [
    title('no IDs', `${counted(all.total, 'record')} left out, by --lenient`),
    ...Object.entries(all.byKind).map(([kind, times]): Line => [
      span(' ? ', 'doubt'),
      span(`${kind}  ${count(times)}`),
    ]),
    ...all.shown
      .slice(0, SHOWN)
      .map(({ input, line, kind, text }) =>
        indented(`${input}${line === undefined ? '' : `:${line}`} ${refusalText(kind, text)}`),
      ),
    ...torn,
  ];
}

function title(text: string, aside: string): Line {
  return [span(` ${text}`, 'strong'), span(`  ${aside}`, 'faint')];
}

function indented(text: string, tone: Tone = 'faint'): Line {
  return [span(`${' '.repeat(INDENT)}${text}`, tone)];
}
