/** What `npm:` and `module:` share: which export of a module mints. */
import { badInput } from '../../core/errors.ts';
import type { ModuleNode } from '../../core/node-program.ts';
import type { WayFlags } from '../../core/way-in.ts';

/** Flags of modules. */
export const OF_MODULES = ['form', 'lanes'] as const;

export interface ModuleWords {
  readonly module: string;
  /** Undefined: the default export. */
  readonly name?: string;
  readonly call: NonNullable<ModuleNode['call']>;
}

/** `PACKAGE#name`, and `PACKAGE#name()` where the export makes the function that mints. */
export function moduleWords(rest: string): ModuleWords {
  const [module = '', fragment, ...more] = rest.split('#');
  const [, name, call] = /^([\w$]+(?:\.[\w$]+)*)?(\(\))?$/.exec(fragment ?? '') ?? [undefined, undefined, 'none'];
  if (module === '' || more.length > 0 || call === 'none')
    throw badInput(
      `"${rest}" is not a module and its export.`,
      'Write the name of the export after #, with () where it has to be called first: #snowflake, #Generator.next, #create().',
    );
  return { module, ...(name !== undefined && { name }), call: call === undefined ? 'function' : 'factory' };
}

export function moduleNode({ module, name, call }: ModuleWords, { form, lanes }: WayFlags): ModuleNode {
  return {
    kind: 'module',
    module,
    ...(name !== undefined && { export: name }),
    ...(call === 'factory' && { call }),
    ...(form !== undefined && { form }),
    ...(lanes !== undefined && { lanes }),
  };
}

export function exportText({ name = 'default', call }: ModuleWords): string {
  return `${name}${call === 'factory' ? '()' : ''}`;
}
