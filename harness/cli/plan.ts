/** `snowglobe plan`: a capacity plan from a growth table and from what runs measured. */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ExitCode, Problem } from '../core/errors.ts';
import { badInput, EXIT, messageOf, problem, SnowglobeError } from '../core/errors.ts';
import { generatorLabel } from '../core/phrases.ts';
import type { Artifact } from '../core/reporter.ts';
import { parseRun } from '../core/run-schema.ts';
import type { Run } from '../core/run.ts';
import type { z } from '../core/schema.ts';
import { shapeProblem } from '../core/shape-problem.ts';
import { RUN_FILE } from '../engine/record.ts';
import { answersOf, headlineOf } from '../plan/answers.ts';
import type { CapacityPlan } from '../plan/capacity-plan.ts';
import { measureRate } from '../plan/measured-rate.ts';
import type { MeasuredRate } from '../plan/measured-rate.ts';
import { planSchema, pricesSchema } from '../plan/plan-input.ts';
import { capacityPlan } from '../plan/plan.ts';
import { loadPlanReporters } from '../registry.ts';
import { fitted } from '../telemetry/text.ts';
import type { Output } from './output.ts';
import { makeRunsFolder } from './runs-folder.ts';

export interface PlanArguments {
  /** The plan file. */
  readonly file: string;
  /** Runs of the command line, in place of those in the file. */
  readonly runs: readonly string[];
  /** The folder to write to. */
  readonly out: string;
}

export async function plan(args: PlanArguments, output: Output): Promise<ExitCode> {
  const made = planOf(args);
  const folder = makeRunsFolder(args.out, 'Plans', '--out');
  const reporters = await loadPlanReporters();
  const written = write(folder, [
    ...[...reporters.values()].map((reporter) => reporter.render(made)),
    ...made.manifests.map(({ file, yaml }) => ({ file, content: yaml })),
  ]);
  output.document(made, summary(made, written, output.stream.columns));
  return EXIT.pass;
}

/** Reads all that is named, and tells of all that is wrong with it at once. */
function planOf(args: PlanArguments): CapacityPlan {
  const { file } = args;
  const input = read(file, 'plan', planSchema);
  const problems: Problem[] = [];
  const attempt = <Value>(act: () => Value): Value | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof SnowglobeError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  // Paths in a file are seen from the file.
  const beside = (path: string): string => resolve(dirname(resolve(file)), path);
  const named =
    args.runs.length > 0
      ? args.runs.map((path) => ({ path: resolve(path), where: `--run ${path}` }))
      : (input.runs ?? []).map((path, index) => ({ path: beside(path), where: `${file}: runs[${index}]` }));
  if (named.length === 0)
    problems.push(
      problem(
        'No run is named: a plan stands on what a run measured.',
        'Give --run runs/SCENARIO/TIME, or name it in the file: "runs": ["…"].',
        file,
      ),
    );
  const { prices: priceFile } = input;
  const prices =
    priceFile === undefined
      ? undefined
      : attempt(() => read(beside(priceFile), 'price file', pricesSchema, `${file}: prices`));
  const runs = named.flatMap(({ path, where }) => {
    const run = attempt(() => readRun(path, where));
    return run === undefined ? [] : [{ run, where }];
  });
  const rates = runs.flatMap(({ run, where }): readonly MeasuredRate[] => {
    const rate = measureRate(run, where);
    if (!('remedy' in rate)) return [rate];
    problems.push(rate);
    return [];
  });
  problems.push(...strangers(runs));
  const [first] = runs;
  if (problems.length > 0 || first === undefined) throw new SnowglobeError(EXIT.badInput, problems);
  const made = capacityPlan({ input, where: file, generator: first.run.generator, rates, prices });
  if ('version' in made) return made;
  throw new SnowglobeError(EXIT.badInput, made);
}

function read<Schema extends z.ZodType>(file: string, kind: string, schema: Schema, where?: string): z.output<Schema> {
  const example = `See docs/${kind === 'plan' ? 'plan' : 'prices'}.example.json.`;
  if (!existsSync(file) || statSync(file).isDirectory())
    throw badInput(
      existsSync(file) ? `${file} is a folder.` : `There is no file ${file}.`,
      `Give the path of a ${kind}. ${example}`,
      where ?? 'FILE.json',
    );
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw badInput(`is not JSON: ${messageOf(error)}.`, 'Mend the file.', file);
  }
  const content = withoutSchemaName(value);
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw badInput(
    `is no ${kind}: ${shapeProblem(content, parsed.error, schema)}.`,
    `Mend these fields. ${example}`,
    file,
  );
}

/** A file may name its schema, for its author's editor. */
function withoutSchemaName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $schema: _, ...content } = value as { readonly $schema?: unknown };
  return content;
}

/** A run is named by its folder, or by the run.json in it. */
function readRun(path: string, where: string): Run {
  const file = basename(path).endsWith('.json') ? path : join(path, RUN_FILE);
  if (!existsSync(file))
    throw badInput(`There is no run: no ${file}.`, 'Give the folder of a run, such as runs/storm/<time>.', where);
  return parseRun(readFileSync(file, 'utf8'), file);
}

/** What two generators measured says nothing of one of them. */
function strangers(runs: readonly { readonly run: Run; readonly where: string }[]): readonly Problem[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const { generator: ours } = first.run;
  return others
    .filter(
      ({ run: { generator: theirs } }) => theirs.name !== ours.name || !isDeepStrictEqual(theirs.layout, ours.layout),
    )
    .map(({ run: { generator: theirs }, where }) => {
      const how = theirs.name === ours.name ? ' with another layout' : '';
      return problem(
        `This run is one of ${generatorLabel(theirs)}, and the first one of ${generatorLabel(ours)}${how}.`,
        'Give runs of one generator.',
        where,
      );
    });
}

function write(folder: string, artifacts: readonly Artifact[]): readonly string[] {
  return artifacts.map(({ file, content }) => {
    const path = join(folder, file);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
    return path;
  });
}

const MARK = { good: '✔', bad: '✘', unsure: '!', plain: ' ' } as const;

function summary(made: CapacityPlan, written: readonly string[], columns: number | undefined): string {
  const { text, tone } = headlineOf(made);
  const answers = answersOf(made);
  const width = Math.max(...answers.map(({ question }) => question.length));
  const lines = [
    ` ${MARK[tone]} ${text}`,
    '',
    ...answers.flatMap((answer) => [
      `   ${MARK[answer.tone]} ${answer.question.padEnd(width)}  ${answer.answer}`,
      `${' '.repeat(width + 7)}${answer.because}`,
    ]),
    '',
    ...written.map((file) => ` written ${relative(process.cwd(), file)}`),
  ];
  return lines.flatMap((line) => fitted(line, columns, width + 7)).join('\n');
}
