/** Whether the module of a generator is of use: asked of a process that is thrown away, before anything starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { GeneratorSource } from './core/driver.ts';
import { EXIT, problem, refuse } from './core/errors.ts';
import type { ModuleNode } from './core/node-program.ts';

/** The same that generator files are given to load in. */
const LOAD_MAX_MS = 30_000;
const PROBE = join(import.meta.dirname, `../generators/module/probe${extname(import.meta.filename)}`);
/** Of Node: its event loop has nothing left to do, and the top level of a module still waits. */
const NEVER_SETTLED = 13;

/** The answer of generators/module/probe.ts. */
interface Answer {
  readonly module?: string;
  readonly what?: string;
  readonly remedy?: string;
}

/**
 * The same generator with its module as a real path, looked for from `from`; one of another kind as it is. Throws (exit 2)
 * where the module cannot be found or loaded, or has no such function.
 */
export async function withFoundModule(source: GeneratorSource, from = process.cwd()): Promise<GeneratorSource> {
  const { generator, file, from: words = generator.name } = source;
  const { node } = generator;
  if (node.kind !== 'module') return source;
  const { module, what, remedy } = await ask(node, from);
  if (what !== undefined)
    refuse(EXIT.badInput, [
      problem(
        `The module ${module ?? node.module} ${what}.`,
        remedy ?? NO_ADVICE,
        file === '' ? `--generator ${words}` : file,
      ),
    ]);
  return { ...source, generator: { ...generator, node: { ...node, module: module ?? node.module } } };
}

const NO_ADVICE = 'Load it with `node` alone to see more.';

async function ask(node: ModuleNode, from: string): Promise<Answer> {
  const question = { module: node.module, ...(node.export !== undefined && { export: node.export }), from };
  const child = spawn(
    process.execPath,
    ['--experimental-import-meta-resolve', '--no-warnings', PROBE, JSON.stringify(question)],
    { cwd: from, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: LOAD_MAX_MS, killSignal: 'SIGKILL' },
  );
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  const [said, complaints, [code, signal]] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stderr as Readable),
    ended,
  ]);
  if (said !== '') return JSON.parse(said) as Answer;
  return { what: endInWords(code, signal, complaints), remedy: 'Mend the module: it is loaded once in each lane.' };
}

function endInWords(code: number | null, signal: string | null, complaints: string): string {
  if (code === NEVER_SETTLED || signal === 'SIGKILL')
    return `is never loaded: its top level waits for what does not come (at most ${LOAD_MAX_MS / 1000} s)`;
  const last = complaints
    .trim()
    .split('\n')
    .find((line) => /^\w*Error\b/.test(line));
  return `ended the process that loaded it (${signal ?? `exit ${code}`}${last === undefined ? '' : `, ${last}`})`;
}
