import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator } from './shared/made.ts';
import { commandText, programName, startedBy } from './shared/program.ts';

export default {
  prefix: 'native',
  summary: 'a program that speaks generators/PROTOCOL.md itself: it taps each ID, and snowglobe sees them all',
  example: '--generator native:"./node"',
  takes: ['env', ...ANY_NODE],

  make(rest, flags) {
    const program = startedBy(rest, flags);
    const { command } = program;
    return madeGenerator(
      {
        called: programName(command),
        summary: `${commandText(command)}, which taps its own IDs`,
        node: { kind: 'native', ...program },
      },
      flags,
    );
  },
} satisfies WayIn;
