import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator, OVER_HTTP } from './shared/made.ts';
import { askOf, commandText, programName, refuseDeaf, startedBy } from './shared/program.ts';

export default {
  prefix: 'command',
  summary: 'a program of yours that serves IDs over HTTP: one process a node, asked through the recorder',
  example: '--generator command:"./my-service --port {port}" --ask /id',
  takes: ['port', 'env', ...OVER_HTTP, ...ANY_NODE],

  make(rest, flags) {
    const program = startedBy(rest, flags);
    const { command } = program;
    const { lanes } = flags;
    refuseDeaf(program, flags);
    return madeGenerator(
      {
        called: programName(command),
        summary: `${commandText(command)}, asked over HTTP`,
        node: { kind: 'service', ...program, ask: askOf(flags), ...(lanes !== undefined && { lanes }) },
      },
      flags,
    );
  },
} satisfies WayIn;
