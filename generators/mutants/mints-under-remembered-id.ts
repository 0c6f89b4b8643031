/** Takes a new worker ID after each restart, and puts the one that it remembers into its IDs. */
import type { Generator, GeneratorEnv } from '../../harness/core/generator.ts';
import remembered, { RememberingMinter } from '../snowflake-remembered.ts';
import { start } from '../snowflake.ts';

/** The file in which it keeps the worker ID of its first life. */
const FILE = 'first-worker-id';

class NostalgicMinter extends RememberingMinter {
  #first: number | undefined;

  constructor(env: GeneratorEnv) {
    super(env);
    void env.disk.read(FILE).then((bytes) => {
      if (bytes !== undefined) this.#first = Number(new TextDecoder().decode(bytes));
    });
  }

  protected override compose(unixMs: number, workerId: number, sequence: number): bigint {
    if (this.#first === undefined) {
      this.#first = workerId;
      void this.env.disk.write(FILE, new TextEncoder().encode(String(workerId)));
    }
    return super.compose(unixMs, this.#first, sequence);
  }
}

export default {
  ...remembered,
  name: 'mints-under-remembered-id',
  summary: 'Snowflake that leases a new worker ID after a restart, and mints under its first.',
  node: { kind: 'shell', create: (env) => start(new NostalgicMinter(env)) },
  mutant: {
    breaks: ['well-formed', 'unique', 'increasing-across-lives'],
    because: 'worker ID of an earlier tenure',
    shownBy: ['restart-new-id'],
  },
} satisfies Generator;
