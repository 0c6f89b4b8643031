/**
 * The commands, a row each: the options that it takes, and what becomes of its words. All wiring of parts is in the files
 * of the commands, and each of them is loaded when it is called: by then Node keeps what it compiles, which takes two
 * thirds off a start (0.9 s of CPU time to 0.3 s).
 */
import type { ExitCode } from '../core/errors.ts';
import { badInput } from '../core/errors.ts';
import { nearestName } from '../core/nearest-name.ts';
import { WAY_FLAG_NAMES } from '../core/way-in.ts';
import { KINDS } from './kinds.ts';
import type { OptionName, Values } from './options.ts';
import { wayWords } from './options.ts';
import type { Output } from './output.ts';

export interface Command {
  /** Beside --json, --help and --version. */
  readonly takes: readonly OptionName[];
  /** `rest`: the words after the name of the command. */
  carryOut(rest: readonly string[], values: Values, output: Output): Promise<ExitCode>;
}

const run: Command = {
  takes: [
    ...(['driver', 'generator', 'seed', 'store', 'runs', 'without-disturbances', 'fail-fast'] as const),
    ...(['slo', 'load', 'metrics-port'] as const),
    ...(['junit', 'summary', 'unknown', 'waivers', 'matrix'] as const),
    ...WAY_FLAG_NAMES,
  ],
  carryOut: async (rest, values, output) => {
    const command = await import('./run.ts');
    return command.run(
      {
        scenarios: rest.length === 0 ? ['storm'] : rest,
        driver: values.driver,
        generator: values.generator,
        way: wayWords(values),
        seed: values.seed,
        store: values.store,
        load: values.load,
        runs: values.runs ?? 'runs',
        withoutDisturbances: values['without-disturbances'] ?? false,
        failFast: values['fail-fast'] ?? false,
        slo: values.slo,
        metricsPort: values['metrics-port'],
        junit: values.junit,
        summary: values.summary,
        unknown: values.unknown,
        waivers: values.waivers,
        matrix: values.matrix,
      },
      output,
    );
  },
};

const init: Command = {
  takes: ['generator', ...WAY_FLAG_NAMES, 'nodes', 'rate', 'out', 'force', 'yes'],
  carryOut: async (rest, values, output) => {
    none(rest, 'init', 'What starts your generator goes behind --generator.');
    const command = await import('./init.ts');
    const { generator, nodes, rate, out = 'snowglobe', force = false, yes = false } = values;
    return command.init({ generator, way: wayWords(values), nodes, rate, out, force, yes }, output);
  },
};

const judge: Command = {
  takes: ['store'],
  carryOut: async (rest, { store }, output) => {
    const folder = only(rest, 'judge', 'RUN, the folder of a run');
    const { judgeRun } = await import('./judge.ts');
    return judgeRun(folder, store, output);
  },
};

const audit: Command = {
  takes: [
    ...(['from', 'format', 'column', 'node-column', 'form', 'layout', 'signed', 'lenient'] as const),
    ...(['report', 'suspects'] as const),
  ],
  carryOut: async (files, values, output) => {
    const { auditCommand } = await import('./audit.ts');
    return auditCommand(
      {
        files,
        from: values.from,
        format: values.format,
        column: values.column,
        nodeColumn: values['node-column'],
        form: one(values.form, 'form'),
        layout: one(values.layout, 'layout'),
        signed: values.signed ?? false,
        lenient: values.lenient ?? false,
        report: values.report,
        suspects: values.suspects,
      },
      output,
    );
  },
};

const plan: Command = {
  takes: ['run', 'out'],
  carryOut: async (rest, { run: runs = [], out = 'plans' }, output) => {
    // A shell makes one `--run` and many paths of `--run runs/quiet/*`.
    const [first, ...more] = rest;
    const file = only(runs.length > 0 && first !== undefined ? [first] : rest, 'plan', 'FILE.json, what is planned');
    const command = await import('./plan.ts');
    return command.plan({ file, runs: runs.length > 0 ? [...runs, ...more] : [], out }, output);
  },
};

const report: Command = {
  takes: ['format', 'out'],
  carryOut: async (rest, { format = 'html', out }, output) => {
    const folder = only(rest, 'report', 'RUN, the folder of a run');
    const command = await import('./report.ts');
    return command.report({ run: folder, format, out }, output);
  },
};

const exported: Command = {
  takes: ['to', 'out', 'store', 'force'],
  carryOut: async (rest, { to, out, store, force = false }, output) => {
    const run = only(rest, 'export', 'RUN, the folder of a run');
    const command = await import('./export.ts');
    return command.exportRun({ run, to, out, store, force }, output);
  },
};

const prune: Command = {
  takes: ['runs', 'store', 'older-than', 'keep', 'yes', 'force'],
  carryOut: async (rest, { runs, store, 'older-than': olderThan, keep, yes = false, force = false }, output) => {
    none(rest, 'prune', 'Name the folder with --runs.');
    const command = await import('./prune.ts');
    return command.prune({ runs, store, olderThan, keep, yes, force }, output);
  },
};

const compare: Command = {
  takes: ['tolerance', 'out'],
  carryOut: async ([base, other, ...more], { tolerance, out }, output) => {
    if (base === undefined || other === undefined)
      throw badInput(
        'snowglobe compare needs BASE and RUN, each the folder of a run or of several.',
        'Write: snowglobe compare BASE RUN.',
      );
    none(more, 'compare');
    const { compareRuns } = await import('./compare.ts');
    return compareRuns({ base, run: other, tolerance, out }, output);
  },
};

const list: Command = {
  takes: KINDS,
  carryOut: async (rest, values, output) => {
    const kind = rest.length === 1 ? nearestName(rest[0] as string, KINDS) : undefined;
    none(rest, 'list', kind === undefined ? undefined : `Did you mean --${kind}?`);
    const command = await import('./list.ts');
    return command.list(
      KINDS.filter((kind) => values[kind] === true),
      output,
    );
  },
};

const claims: Command = {
  takes: ['driver'],
  carryOut: async (rest, { driver }, output) => {
    const command = await import('./claims.ts');
    return command.claims(rest, driver, output);
  },
};

const checkNode: Command = {
  takes: ['etcd', 'id-bits', 'rule'],
  carryOut: async (command, { etcd, 'id-bits': idBits, rule: rules = [] }, output) => {
    if (command.length === 0)
      throw badInput(
        'snowglobe check-node needs COMMAND, the program of a node with its arguments.',
        'Write: snowglobe check-node -- COMMAND…; see generators/PROTOCOL.md.',
      );
    const { checkNodeCommand } = await import('./check-node.ts');
    return checkNodeCommand({ command, etcd, idBits, rules }, output);
  },
};

const doctor: Command = {
  takes: [],
  carryOut: async (rest, _, output) => {
    none(rest, 'doctor');
    const command = await import('./doctor.ts');
    return command.doctor(output);
  },
};

const heal: Command = {
  takes: ['run'],
  carryOut: async (rest, values, output) => {
    none(rest, 'heal');
    const command = await import('./heal.ts');
    return command.heal(values.run?.at(-1), output);
  },
};

/** By the name that it is called by, in the order of the help. A map: an object would know a command `constructor` too. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...{ run, init, judge, audit, plan, report, compare, export: exported, list, claims },
    ...{ 'check-node': checkNode, doctor, heal, prune },
  }),
);

function only(rest: readonly string[], command: string, what: string): string {
  const [first, ...more] = rest;
  if (first === undefined)
    throw badInput(`snowglobe ${command} needs ${what}.`, `Write: snowglobe ${command} ${what.split(',')[0]}.`);
  none(more, command);
  return first;
}

/** Of an option that may be given once here, and several times elsewhere. */
function one(values: readonly string[] | undefined, option: string): string | undefined {
  if (values !== undefined && values.length > 1)
    throw badInput(`--${option} is given ${values.length} times.`, 'Give it once.', `--${option}`);
  return values?.[0];
}

function none(rest: readonly string[], command: string, remedy = 'Leave it out.'): void {
  if (rest.length > 0)
    throw badInput(`snowglobe ${command} does not know what to do with "${rest.join(' ')}".`, remedy);
}
