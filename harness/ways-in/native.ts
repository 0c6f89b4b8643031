import type { WayIn } from '../core/way-in.ts';
import { ANY_NODE, madeGenerator } from './shared/made.ts';
import { commandWords, programName } from './shared/program.ts';

export default {
  prefix: 'native',
  summary: 'a program that speaks generators/PROTOCOL.md itself: it taps each ID, and snowglobe sees them all',
  example: '--generator native:"./node"',
  takes: ['env', ...ANY_NODE],

  make(rest, flags) {
    const command = commandWords(rest);
    const { environment } = flags;
    return madeGenerator(
      {
        called: programName(command),
        summary: `the program ${command[0]}, which taps its own IDs`,
        node: { kind: 'native', command, ...(environment !== undefined && { environment }) },
      },
      flags,
    );
  },
} satisfies WayIn;
