import { badInput } from '../core/errors.ts';
import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator } from './shared/made.ts';
import { exportText, moduleNode, moduleWords, OF_MODULES } from './shared/module-node.ts';

export default {
  prefix: 'module',
  summary: 'a function of a JavaScript file of yours, which returns an ID each time',
  example: '--generator module:./ids.mjs#nextId',
  takes: [...OF_MODULES, ...ANY_NODE],

  make(rest, flags) {
    const words = moduleWords(rest);
    const { module } = words;
    if (!/\.[cm]?[jt]s$/.test(module))
      throw badInput(
        `"${module}" is no JavaScript file.`,
        'Give the path of one, such as module:./ids.mjs#nextId; a package is npm:NAME#nextId.',
      );
    const path = /^\.{0,2}\//.test(module) ? module : `./${module}`;
    return madeGenerator(
      {
        called: (module.split('/').at(-1) as string).replace(/\.\w+$/, ''),
        summary: `${exportText(words)} of ${path}`,
        node: moduleNode({ ...words, module: path }, flags),
      },
      flags,
    );
  },
} satisfies WayIn;
