/**
 * An audit of IDs that were emitted elsewhere: brings them to raw segments, has them judged exactly, reads what their
 * fields tell, and says what came of it. All effects come in as tools.
 */
import type { ExitCode } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, problem, refuse, SnowglobeError } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { grouped, times } from '../core/phrases.ts';
import { idBitsOf, isOpaque } from '../core/layout.ts';
import { layoutText } from '../core/layout-spec.ts';
import type { Verdict } from '../core/verdict.ts';
import type { ExactOptions, ExactResult, Segment } from '../exact/segment.ts';
import type { Audit } from './audit-schema.ts';
import { AUDIT_VERSION } from './audit-schema.ts';
import { clockOffsets, HOW } from './clocks.ts';
import { duplicateOf, fieldFacts, lineOf } from './facts.ts';
import type { Fields } from './fields.ts';
import { fieldsTogether } from './fields.ts';
import type { Gathered, InputRefusal } from './gather.ts';
import { gather, InputError } from './gather.ts';
import type { InputQuestion, InputTools, LookedAt } from './inputs.ts';
import { LENIENT, lookAt, shapeOfAll, unreadInput } from './inputs.ts';
import { NODES_MAX } from './part-writer.ts';
import { refusalText } from './refusals.ts';
import type { Source, Sources } from './sources.ts';
import { findSuspectSet } from './suspect-set.ts';
import { tasksPerOwner } from './tasks.ts';
import { WorkError, workOn } from './work.ts';

export interface AuditQuestion extends InputQuestion {
  readonly sources: Sources;
  /** Further inputs, of a table: looked at by whoever asks. */
  readonly tables: readonly LookedAt[];
  /** Where the suspect set is written. */
  readonly suspectsFile?: string;
  /** How to ask it again. */
  readonly command: string;
  /** How many duplicates, and backward steps of a line, are told one by one; 1000 when left out. */
  readonly witnesses?: number;
  readonly memoryBytes?: number;
  /** How long the ranges are that large files are read in; 32 MiB when left out. */
  readonly rangeBytes?: number;
}

export interface AuditTools extends InputTools {
  exact(segments: readonly Segment[], options: ExactOptions): Promise<ExactResult>;
  readonly threads: number;
  /** What is done from now on, with so many bytes to read where that is known. */
  phase(what: string, bytes: number): void;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Of as little, threads would take longer to start than to work. */
const WITHOUT_THREADS_BYTES = 1 << 23;

export async function audit(question: AuditQuestion, tools: AuditTools): Promise<Audit> {
  const began = tools.now();
  const { looked, layout } = await lookAtAll(question, tools);
  const shape = shapeOfAll(looked, question);
  if ('what' in shape) throw new SnowglobeError(EXIT.badInput, [shape]);
  const bytes = looked.reduce((sum, { input }) => sum + input.bytes, 0);
  // Whoever asks for ranges asks for those who read them.
  const isSmall = bytes < WITHOUT_THREADS_BYTES && question.rangeBytes === undefined;
  const threads = isSmall ? 0 : tools.threads;
  const work = { threads, onBytes: tools.onBytes, ...(tools.signal !== undefined && { signal: tools.signal }) };
  const toRead = looked.filter(({ input }) => input.what === 'read');
  tools.phase(
    'reading',
    toRead.reduce((sum, { input }) => sum + input.bytes, 0),
  );
  const gathered = await gather(
    looked.map(({ input }) => input),
    {
      ...work,
      folder: tools.folder,
      shape,
      lenient: question.lenient,
      ...(question.rangeBytes !== undefined && { rangeBytes: question.rangeBytes }),
      ...(layout !== undefined && { layout }),
    },
  ).catch((error: unknown) => {
    throw toldError(error, tools.folder);
  });
  const idBytes = gathered.segments.reduce((sum, { count }) => sum + count, 0) * (shape.idBits / 8);
  const result =
    idBytes === 0
      ? undefined
      : await judged(
          gathered.segments,
          { idBits: shape.idBits, ...(layout !== undefined && { layout }) },
          question,
          tools,
        );
  const fields =
    layout === undefined ? [] : await readAllFields(gathered, layout, idBytes, { ...work, ...tools, threads });
  const orderJudged = question.tables.length === 0;
  const told = gathered.owners.map((owner, index) => lineOf(owner, index, result, fields[index], layout));
  const suspects =
    layout === undefined
      ? undefined
      : await findSuspectSet(gathered, fields, layout, question.suspectsFile, {
          ...work,
          folder: tools.folder,
          phase: tools.phase,
        });
  const offsets = layout === undefined ? [] : clockOffsets(gathered.neighbours, layout.tickMs);
  const refused = refusedOf(gathered);
  const tornBytes = looked.reduce((sum, one) => sum + (one.tornBytes ?? 0), 0);
  const { verdict, reasons } = verdictOf(gathered, refused, result);
  const ids = gathered.segments.reduce((sum, { count }) => sum + count, 0);
  const seconds = (tools.now() - began) / 1000;
  return {
    version: AUDIT_VERSION,
    verdict,
    exitCode: EXIT_OF[verdict],
    reasons,
    command: question.command,
    inputs: gathered.inputs,
    idBits: shape.idBits,
    form: shape.form,
    ...(layout !== undefined && { layout: layoutText(layout) }),
    ids: String(ids),
    ...(result !== undefined && {
      unique: {
        method: result.method,
        ...(result.why !== undefined && { why: result.why }),
        checked: String(result.checked),
        surplus: String(result.surplus),
        repeated: String(result.repeated),
        duplicates: result.duplicates.map((one) => duplicateOf(one, gathered, layout, shape)),
      },
    }),
    orderJudged,
    lines: told,
    ...(layout !== undefined && fieldFacts(fields, gathered.owners, layout)),
    ...(offsets.length > 0 && { clocks: { how: HOW, nodes: offsets } }),
    ...(suspects !== undefined && { suspects }),
    refused,
    ...(tornBytes > 0 && { tornBytes }),
    took: { seconds, idsPerSecond: seconds > 0 ? ids / seconds : 0 },
  };
}

const EXIT_OF: Readonly<Record<Verdict, ExitCode>> = {
  pass: EXIT.pass,
  fail: EXIT.guaranteeBroken,
  unknown: EXIT.unknown,
};

async function lookAtAll(
  question: AuditQuestion,
  tools: AuditTools,
): Promise<{ readonly looked: readonly LookedAt[]; readonly layout: Layout | undefined }> {
  const { sources, unread, problems } = question.sources;
  refuse(EXIT.badInput, problems);
  if (!question.lenient)
    refuse(
      EXIT.badInput,
      unread.map(({ name, kind, detail }) =>
        problem(
          `${kind === 'endless' ? 'Has no end: ' : 'Cannot be read: '}${detail}.`,
          `Mend it, or leave it out. ${LENIENT}`,
          name,
        ),
      ),
    );
  tools.phase('looking at the inputs', engineBytes(sources));
  const { looked, problems: unfit } = await lookAt(sources, question, tools);
  refuse(EXIT.badInput, unfit);
  return {
    looked: [
      ...looked,
      ...question.tables,
      ...unread.map(({ name, kind, detail }) => ({ input: unreadInput(name, 0, kind, detail) })),
    ],
    // Of an opaque layout there is nothing to read but how long its IDs are.
    layout: question.layout === undefined || isOpaque(question.layout) ? undefined : question.layout,
  };
}

/** Of inputs that are read while they are looked at. */
function engineBytes(sources: readonly Source[]): number {
  return sources
    .filter(({ what, name }) => what === 'folder of taps' || name.endsWith('.parquet'))
    .reduce((sum, { size }) => sum + size, 0);
}

/** As what a user can mend; anything else is a defect. */
function toldError(error: unknown, folder: string): unknown {
  if (error instanceof InputError) {
    const { input, line, hasLines, kind, text } = error.refusal;
    return badInput(
      `${kind === 'empty' ? 'The line ' : ''}${refusalText(kind, text)}.`.replace(/^./, (first) => first.toUpperCase()),
      `${REMEDY[kind] ?? 'Mend it, or say what the file is (--format, --column, --form).'} ${LENIENT}`,
      hasLines ? `${input}:${line}` : input,
    );
  }
  if (!(error instanceof WorkError)) return error;
  if (error.failure.what === 'too many nodes')
    return badInput(
      `The column of nodes has more than ${NODES_MAX} names.`,
      'Name the column that says which node minted an ID.',
      '--node-column',
    );
  if (error.failure.what === 'not written')
    return environmentLacks(
      `What was read cannot be written: ${error.failure.message}.`,
      'Make room, or name another folder in TMPDIR: 8 bytes an ID, or 16 of 128 bits.',
      folder,
    );
  return error;
}

const REMEDY: Partial<Record<InputRefusal['kind'], string>> = {
  'leading zeros': 'Where these are hexadecimal digits, say --form hex.',
  minus: 'Where it comes from a signed column, say --signed.',
  'missing column': 'Name it with --column.',
  'no node': 'Name the column with --node-column, or leave that out.',
  'cut off': 'Copy the file whole; where it is whole, end its last line.',
};

async function judged(
  segments: readonly Segment[],
  about: Pick<ExactOptions, 'idBits' | 'layout'>,
  { witnesses, memoryBytes }: AuditQuestion,
  tools: AuditTools,
): Promise<ExactResult> {
  const bytesPerId = about.idBits / 8;
  let [done, total] = [0n, 0n];
  return tools.exact(segments, {
    ...about,
    threads: tools.threads,
    ...(witnesses !== undefined && { witnesses }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(tools.signal !== undefined && { signal: tools.signal }),
    onProgress: (read, of) => {
      if (of !== total) {
        tools.phase('comparing', Number(of) * bytesPerId);
        [total, done] = [of, 0n];
      }
      tools.onBytes(Number(read - done) * bytesPerId);
      done = read;
    },
  });
}

/** What the fields tell, by owner. */
async function readAllFields(
  { owners, segments }: Gathered,
  layout: Layout,
  bytes: number,
  work: {
    readonly threads: number;
    readonly onBytes: (bytes: number) => void;
    readonly signal?: AbortSignal;
    phase: AuditTools['phase'];
  },
): Promise<readonly (Fields | undefined)[]> {
  work.phase('reading fields', bytes);
  const tasks = tasksPerOwner(segments, idBitsOf(layout));
  const done = await workOn(
    'fields',
    tasks.map(({ spans }) => ({ layout, spans })),
    work,
  );
  const byOwner = owners.map((): Fields[] => []);
  for (const [index, { owner }] of tasks.entries()) {
    const one = done[index]!;
    if (one instanceof WorkError) throw one;
    byOwner[owner]!.push(one);
  }
  return byOwner.map(fieldsTogether);
}

function refusedOf({ refusals, shown }: Gathered): Audit['refused'] {
  return {
    total: [...refusals.values()].reduce((sum, count) => sum + count, 0),
    byKind: Object.fromEntries(refusals),
    shown: shown.map(({ input, line, hasLines, kind, text }) => ({
      input,
      ...(hasLines && { line }),
      kind,
      text,
    })),
  };
}

/** A duplicate is a fact whatever else could not be read; but of numbers that were rounded none is one. */
function verdictOf(
  { rounded, roundedInputs, inputs }: Gathered,
  refused: Audit['refused'],
  result: ExactResult | undefined,
): { readonly verdict: Verdict; readonly reasons: string[] } {
  const reasons: string[] = [];
  if (rounded !== undefined) {
    const where = roundedInputs.length === 0 ? inputs.map(({ name }) => name) : roundedInputs;
    const named = where.length > 3 ? `${where.slice(0, 3).join(', ')} and ${where.length - 3} more` : where.join(', ');
    reasons.push(
      `Rounded by the producer: all ${grouped(rounded.above)} unquoted integers above 2^53 in ${named} are multiples of the spacing of doubles at their size, although not all of them begin a tick. The IDs that were minted cannot be told from these: write them as strings.`,
    );
    return { verdict: 'unknown', reasons };
  }
  const repeated = result?.repeated ?? 0n;
  if (repeated > 0n)
    reasons.push(
      `Not unique: ${grouped(repeated)} ${repeated === 1n ? 'ID was' : 'IDs were'} emitted more than once, ${times(Number(result!.surplus))} too often in all.`,
    );
  if (refused.total > 0)
    reasons.push(
      `${grouped(refused.total)} ${refused.total === 1 ? 'record was' : 'records were'} no ID and left out: who knows which ID stood there.`,
    );
  if (result === undefined) reasons.push('There is no ID in the input.');
  return { verdict: repeated > 0n ? 'fail' : reasons.length > 0 ? 'unknown' : 'pass', reasons };
}
