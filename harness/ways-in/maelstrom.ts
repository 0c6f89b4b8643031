import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator } from './shared/made.ts';
import { commandText, programName, startedBy } from './shared/program.ts';

export default {
  prefix: 'maelstrom',
  summary: 'a node of the Maelstrom workload unique-ids: JSON messages on its standard input and output',
  example: '--generator maelstrom:"./unique-ids" --form text',
  takes: ['env', 'form', 'lanes', ...ANY_NODE],

  make(rest, flags) {
    const program = startedBy(rest, flags);
    const { command } = program;
    const { form, lanes } = flags;
    return madeGenerator(
      {
        called: programName(command),
        summary: `the Maelstrom node ${commandText(command)}`,
        node: {
          kind: 'service',
          ...program,
          ask: { over: 'maelstrom', ...(form !== undefined && { form }) },
          ...(lanes !== undefined && { lanes }),
        },
      },
      flags,
    );
  },
} satisfies WayIn;
