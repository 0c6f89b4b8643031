import { badInput } from '../core/errors.ts';
import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator } from './shared/made.ts';
import { exportText, moduleNode, moduleWords, OF_MODULES } from './shared/module-node.ts';

/** A package, and perhaps an entry of its exports. */
const PACKAGE = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(\/[\w./-]+)?$/;

export default {
  prefix: 'npm',
  summary: 'a function of a package that is installed here, which returns an ID each time',
  example: '--generator npm:uuid#v7 --form uuid --layout uuidv7',
  takes: [...OF_MODULES, ...ANY_NODE],

  make(rest, flags) {
    const words = moduleWords(rest);
    const { module } = words;
    if (!PACKAGE.test(module))
      throw badInput(
        `"${module}" is no name of a package.`,
        /.@/.test(module)
          ? 'Leave the version out: what `npm install` put here is taken.'
          : 'Give its name, or the path of a file with module:./ids.mjs.',
      );
    return madeGenerator(
      {
        called: words.name === undefined ? module : `${module}-${words.name}`,
        summary: `${exportText(words)} of the package ${module}`,
        node: moduleNode(words, flags),
      },
      flags,
    );
  },
} satisfies WayIn;
