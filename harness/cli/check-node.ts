/** `snowglobe check-node`: whether a program keeps the rules of generators/PROTOCOL.md. */
import type { Judged } from '../check-node/check-node.ts';
import { checkNode, verdictOf } from '../check-node/check-node.ts';
import type { Rule } from '../check-node/rule.ts';
import { parseEndpoint } from '../coordinators/etcd-endpoint.ts';
import type { ExitCode } from '../core/errors.ts';
import { badInput, environmentLacks, EXIT, messageOf, problem, SnowglobeError } from '../core/errors.ts';
import { chooseAmong } from '../core/nearest-name.ts';
import { programHere } from '../drivers/agent/node-command.ts';
import { loadRules } from '../registry.ts';
import { fitted } from '../telemetry/text.ts';
import type { Output } from './output.ts';

export interface CheckNodeArguments {
  readonly command: readonly string[];
  /** Client URLs of a coordinator, comma-separated. */
  readonly etcd: string | undefined;
  /** '64' or '128'. */
  readonly idBits: string | undefined;
  /** Only these rules; none: all. */
  readonly rules: readonly string[];
}

const EXIT_OF = { pass: EXIT.pass, fail: EXIT.guaranteeBroken, unknown: EXIT.unknown } as const;
const MARKS = { ok: 'ok', failed: 'FAILED', 'not judged': 'not judged' } as const;
const MARK_WIDTH = 12;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function checkNodeCommand(args: CheckNodeArguments, output: Output): Promise<ExitCode> {
  const { command, etcd } = args;
  const all = await loadRules();
  const rules = args.rules.length === 0 ? [...all.values()] : args.rules.map((name) => ruleNamed(name, all));
  const idBits = readIdBits(args.idBits);
  if (etcd !== undefined) checkEtcd(etcd);
  if (process.platform !== 'linux')
    throw environmentLacks(
      'A node is checked against CLOCK_MONOTONIC and /proc of Linux.',
      'Run snowglobe check-node in a Linux container or virtual machine, as nodes run there too.',
    );
  // Before anything starts: else every act would tell of it in its own way.
  programHere(command[0] as string);

  const width = Math.max(...rules.map(({ name }) => name.length));
  const { columns } = output.stream;
  output.text(`checks against generators/PROTOCOL.md: ${command.join(' ')}`);
  const interruption = onSignal();
  try {
    const tell = (judged: Judged): void =>
      output.text(
        lines(judged, width)
          .flatMap((line) => fitted(line, columns, MARK_WIDTH + width + 2))
          .join('\n'),
      );
    const judged = await checkNode(
      { command, idBits, ...(etcd !== undefined && { etcd }) },
      rules,
      interruption.signal,
      tell,
    );
    const verdict = verdictOf(judged);
    const count = (wanted: Judged['verdict']): number => judged.filter((one) => one.verdict === wanted).length;
    output.document(
      { command, idBits, verdict, rules: judged },
      `${count('ok')} rules kept, ${count('failed')} broken, ${count('not judged')} not judged: ${verdict}`,
    );
    return EXIT_OF[verdict];
  } finally {
    interruption.dispose();
  }
}

function lines({ name, section, says, verdict, seen }: Judged, width: number): readonly string[] {
  const first = `${MARKS[verdict].padEnd(MARK_WIDTH)}${name.padEnd(width)}  ${seen}`;
  return verdict === 'failed' ? [first, `${' '.repeat(MARK_WIDTH)}PROTOCOL.md, "${section}": ${says}`] : [first];
}

function ruleNamed(name: string, all: ReadonlyMap<string, Rule>): Rule {
  const rule = all.get(name);
  if (rule === undefined) throw badInput(`There is no rule "${name}".`, chooseAmong(name, [...all.keys()]), '--rule');
  return rule;
}

function readIdBits(text = '64'): 64 | 128 {
  if (text === '64') return 64;
  if (text === '128') return 128;
  throw badInput(`IDs have 64 or 128 bits, and not "${text}".`, 'Write --id-bits 64 or --id-bits 128.', '--id-bits');
}

function checkEtcd(urls: string): void {
  try {
    for (const url of urls.split(',')) parseEndpoint(url.trim());
  } catch (error) {
    throw badInput(`${messageOf(error)}.`, 'Write --etcd http://127.0.0.1:2379.', '--etcd');
  }
}

/** Nodes lead process groups of their own: what a terminal sends to ours does not reach them. */
function onSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const listener = (): void =>
    controller.abort(
      new SnowglobeError(EXIT.interrupted, [
        problem('Interrupted by a signal.', 'The nodes were killed, and their folders removed.'),
      ]),
    );
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
