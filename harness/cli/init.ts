/**
 * `snowglobe init`: finds out how a generator of the user is started and asked, tries it once, and writes a generator file
 * and a scenario file that run. It asks on a terminal; elsewhere flags say it all.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { badInput, EXIT } from '../core/errors.ts';
import type { Generator } from '../core/generator.ts';
import { isOpaque } from '../core/layout.ts';
import { parseLayout } from '../core/layout-spec.ts';
import { quotedWord } from '../core/shell-words.ts';
import type { WayWords } from '../core/way-in.ts';
import { programHere } from '../drivers/agent/node-command.ts';
import type { Answers, Given } from '../init/answers.ts';
import { askHow, askLayout, askRest, isYes, nodesFrom, rateFrom, USUAL } from '../init/answers.ts';
import { GENERATOR_FILE, generatorFile, jsonText, SCENARIO_FILE, scenarioFile } from '../init/files.ts';
import type { FoundForm } from '../init/choose-form.ts';
import type { Guess } from '../init/guess-layout.ts';
import { type Interview, onTerminal } from '../init/interview.ts';
import { misfitOf, type SaidLayout, tried } from '../init/tried.ts';
import { tryForms } from '../init/try-forms.ts';
import { withFoundModule } from '../module-probe.ts';
import { loadScenario } from '../registry.ts';
import { generatorSource } from './generator-source.ts';
import type { Output } from './output.ts';

export interface InitArguments {
  readonly generator: readonly string[] | undefined;
  readonly way: WayWords;
  readonly nodes: string | undefined;
  readonly rate: string | undefined;
  /** The folder to write to. */
  readonly out: string;
  /** What is there is written over. */
  readonly force: boolean;
  /** Nothing is asked, on a terminal neither. */
  readonly yes: boolean;
}

const SCHEMAS = 'node_modules/snowglobe/docs';

export async function init(args: InitArguments, output: Output): Promise<ExitCode> {
  const out = resolve(args.out);
  const files = [GENERATOR_FILE, SCENARIO_FILE].map((name) => join(out, name)) as [string, string];
  refuseOverwriting(files, args.force);
  const given: Given = {
    generator: args.generator,
    way: args.way,
    nodes: args.nodes === undefined ? undefined : nodesFrom(args.nodes, '--nodes'),
    idsPerSecond: args.rate === undefined ? undefined : rateFrom(args.rate, '--rate'),
  };
  const interview =
    args.yes || output.json || !process.stdin.isTTY ? undefined : onTerminal(process.stdin, process.stdout);
  try {
    const { answers, outcome, ids } =
      interview === undefined ? await withoutAsking(given, output.text) : await asking(interview, given);
    const generator = await make(answers.generator, answers.way);
    const like = await loadScenario('first-look');
    const [layout] = answers.way.layout ?? [];
    const wanted = { ...answers, generator, layout, like, ...seenFrom(out) };
    mkdirSync(out, { recursive: true });
    for (const [file, content] of [
      [files[0], generatorFile(wanted)],
      [files[1], scenarioFile(wanted)],
    ] as const)
      writeFileSync(file, jsonText(content));
    const shown = files.map((file) => relative(process.cwd(), file));
    const command = `npx snowglobe run ${quotedWord(asPath(shown[1] as string))}`;
    const wrong = whatIsWrong(ids, answers.way, shown[0] as string);
    const document = {
      files: shown,
      command,
      generator: generator.name,
      trial: outcome,
      ...(wrong !== undefined && { wrong }),
    };
    const then = wrong === undefined ? `Run it:  ${command}` : `! ${wrong}\nThen run it:  ${command}`;
    output.document(document, `\nWritten: ${shown.join(', ')}.\n${then}`);
    return wrong === undefined ? EXIT.pass : EXIT.unknown;
  } finally {
    interview?.close();
  }
}

function refuseOverwriting(files: readonly string[], force: boolean): void {
  const there = force ? undefined : files.find((file) => existsSync(file));
  if (there !== undefined)
    throw badInput('is there already.', 'Take another folder with --out, or write over it with --force.', there);
}

/** Why a run of what was written proves nothing, and what to mend; undefined: nothing is known against it. */
function whatIsWrong(ids: Found['ids'], { layout: [text] = [] }: WayWords, file: string): string | undefined {
  if (ids === 'none')
    return `A run of it is bound to fail: it gave no ID. Mend it, or \`node\` in ${file} (how it is started and asked), or begin again with --force.`;
  if (ids === 'untried' || text === undefined || misfitOf(ids, saidLayout(text)) === undefined) return undefined;
  return `A run of it is bound to misjudge its IDs: the layout ${text} does not fit them. Mend \`layout\` in ${file} (snowglobe list --layouts; opaque where it is unknown), or begin again with --force.`;
}

function saidLayout(text: string): SaidLayout {
  return { text, layout: parseLayout(text) };
}

/** What the trial came to: what it gave, or why it gave nothing. */
type Outcome = readonly string[];

interface Found {
  readonly answers: Answers;
  readonly outcome: Outcome;
  /** The IDs that it gave. */
  readonly ids: FoundForm | 'none' | 'untried';
}

async function withoutAsking(given: Given, tell: (line: string) => void): Promise<Found> {
  const { generator, way = {}, nodes = USUAL.nodes, idsPerSecond = USUAL.idsPerSecond } = given;
  if (generator === undefined)
    throw badInput(
      'Nothing says what starts your generator, and nobody can be asked: standard input is no terminal, or --yes was given.',
      'Give at least --generator command:"./my-service --port {port}" and --ask /id; see snowglobe --help.',
    );
  const found = await trying({ generator, way, nodes, idsPerSecond }, tell);
  const [guess] = found.guesses;
  if (way.layout !== undefined || guess === undefined) return found;
  tell(`Layout: ${guess.layout}, by its time; --layout says another one, or opaque.`);
  return { ...found, answers: { ...found.answers, way: { ...found.answers.way, layout: [guess.layout] } } };
}

async function asking(interview: Interview, given: Given): Promise<Found> {
  const { tell } = interview;
  let found: (Found & Tried) | undefined;
  do {
    found = await trying(await askHow(interview, given, { make, makeReady, before: found?.answers }), tell);
  } while (found.ids === 'none' && (await again(interview)));
  const { ids } = found;
  const guesses = found.guesses.map(({ layout }) => layout);
  const misfit = (text: string): string | undefined =>
    typeof ids === 'string' ? undefined : misfitOf(ids, saidLayout(text));
  const way = await askLayout(interview, found.answers, guesses, make, misfit);
  return { ...found, answers: await askRest(interview, { ...found.answers, way }, given, make) };
}

function again(interview: Interview): Promise<boolean> {
  return interview.ask({ text: 'Answer again? (yes, or no to write the files as they are)', fallback: 'yes' }, isYes);
}

interface Tried {
  readonly guesses: readonly Guess[];
}

/** Starts it once and asks for IDs; what they show goes into the words. */
async function trying(answers: Answers, tell: (line: string) => void): Promise<Found & Tried> {
  const { way } = answers;
  const generator = await makeReady(answers.generator, way);
  const untried = whyUntried(generator, way);
  const found = untried ?? (await tryForms(generator, way.form !== undefined));
  const outcome = (lines: Outcome): Outcome => {
    for (const line of lines) tell(`  ${line}`);
    return lines;
  };
  if (typeof found === 'string') {
    const why = untried === undefined ? `! It gave no ID: ${found.replace(/\.?$/, '.')}` : found;
    return { answers, guesses: [], ids: untried === undefined ? 'none' : 'untried', outcome: outcome([why]) };
  }
  const { form, idBits } = found;
  const [text] = way.layout ?? [];
  const said = tried(found, text === undefined ? undefined : saidLayout(text));
  const withForm: WayWords = way.form === undefined && form !== 'decimal' ? { ...way, form: [form] } : way;
  // Numbers that 64 bits do not hold, of which nothing else is known; and whoever said "opaque" did not say how long.
  const isLong =
    idBits === 128 &&
    (text === undefined ? form === 'decimal' && said.guesses.length === 0 : isOpaque(parseLayout(text)));
  const wayFound: WayWords = isLong ? { ...withForm, layout: ['opaque:128'] } : withForm;
  return { answers: { ...answers, way: wayFound }, guesses: said.guesses, ids: found, outcome: outcome(said.lines) };
}

/** As sentences; undefined: it can be tried here. */
function whyUntried({ node, coordinator }: Generator, { layout }: WayWords): string | undefined {
  const hint =
    layout === undefined
      ? ' Give --layout to say how its IDs are laid out (snowglobe list --layouts), and --form how they are written: else they are decimal numbers of which nothing is known.'
      : '';
  if (coordinator === 'etcd') return `It was not tried: it needs etcd, which a run starts beside it.${hint}`;
  return 'image' in node && node.image !== undefined
    ? `It was not tried: an image is started by a run.${hint}`
    : undefined;
}

/** As it can be started here. Throws (exit 2) where its program or its module is not there. */
export async function makeReady(words: readonly string[], way: WayWords): Promise<Generator> {
  const generator = await make(words, way);
  const { node } = generator;
  const isImage = 'image' in node && node.image !== undefined;
  if ('command' in node && node.command !== undefined && !isImage) programHere(node.command[0] ?? '', node.folder);
  return (await withFoundModule({ generator, file: '', from: words.join(' ') })).generator;
}

async function make(words: readonly string[], way: WayWords): Promise<Generator> {
  const { generator } = await generatorSource(words, way);
  if (generator.node.kind !== 'shell') return generator;
  throw badInput(
    `${generator.name} is a generator that snowglobe brings, or a file of code: it needs no description.`,
    `Run it: snowglobe run --generator ${words.join(' ')}. To describe what is yours, give a way in, such as command:"…".`,
    '--generator',
  );
}

/** Paths as the files have them: seen from their folder. */
function seenFrom(out: string): {
  readonly generatorSchema: string;
  readonly scenarioSchema: string;
  readonly folder: string;
  seen(path: string): string;
} {
  const seen = (path: string): string => asPath(relative(out, path));
  const root = dirname(findPackageJSON(import.meta.url) as string);
  const below = relative(process.cwd(), root);
  const isHere = !below.startsWith('..') && !isAbsolute(below);
  const schemas = isHere ? join(root, 'docs') : resolve(SCHEMAS);
  return {
    generatorSchema: seen(join(schemas, 'generator.schema.json')),
    scenarioSchema: seen(join(schemas, 'scenario.schema.json')),
    folder: seen(process.cwd()),
    seen,
  };
}

/** With a dot before it, so that it is no name. */
function asPath(path: string): string {
  return path.startsWith('.') || isAbsolute(path) ? path : `./${path}`;
}
