/**
 * A minter that calls the function of a module. Each lane is a thread or a process with an instance of the module to
 * itself, and so is a single one: a function that waits in a loop for its clock must not keep the node from saying how it
 * is.
 */
import type { GeneratorEnv, Holding, Minter, Written } from '../../harness/core/generator.ts';
import { carriesOneWorkerId, idBitsOf } from '../../harness/core/layout.ts';
import { workerOf } from '../../harness/core/template.ts';
import { isWorkerId } from '../../harness/core/worker-id.ts';
import type { ShellConfig } from '../shell/config.ts';
import type { DescribedNode } from '../shell/described-node.ts';
import type { LaneStart } from './lane-protocol.ts';
import { type ModuleLane, startProcessLane, startThreadLane } from './module-lane.ts';

/** Resolves when all lanes can be called. Rejects with a GeneratorFault where the module is of no use. */
export async function startModule(
  { node, layout }: DescribedNode,
  { clockPrefix, asWritten = false }: Pick<ShellConfig, 'clockPrefix' | 'asWritten'>,
  env: GeneratorEnv,
): Promise<Minter> {
  if (node.kind !== 'module') throw new TypeError(`a node of kind ${node.kind} is no module`);
  const { host, options } = env;
  const { module, call = 'function', form = 'decimal', lanes = 1, lanesAre = 'threads' } = node;
  const idBits = idBitsOf(layout);
  const worker = workerOf({ index: host.index, options });
  const started = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const start: LaneStart = {
        module,
        ...(node.export !== undefined && { export: node.export }),
        call,
        form,
        idBits,
        asWritten,
        context: { node: host.name, index: host.index, worker, lane, options },
      };
      return lanesAre === 'threads' ? startThreadLane(start) : startProcessLane(start, clockPrefix);
    }),
  );
  // Only a factory is told a worker ID; what a function carries in its IDs is its own affair.
  const holding: Holding =
    call === 'factory' && carriesOneWorkerId(layout) && isWorkerId(worker) ? { workerId: worker } : {};
  const [first, ...moreLanes] = started.map((lane, index) => minterOf(lane, index, { holding, idBits, env })) as [
    Minter,
    ...Minter[],
  ];
  return {
    ...first,
    moreLanes,
    close: async () => {
      for (const lane of started) lane.close();
    },
  };
}

interface OfNode {
  readonly holding: Holding;
  readonly idBits: 64 | 128;
  readonly env: GeneratorEnv;
}

function minterOf(lane: ModuleLane, index: number, { holding, idBits, env }: OfNode): Minter {
  let logged = '';
  /** In the last call, a function gave a number that is no safe integer. */
  let wasInNumbers = false;
  let asItWas: readonly Written[] | undefined;
  return {
    async mint(into, count) {
      const { minted, error, inNumbers = false, written } = await lane.mint(into, count);
      wasInNumbers = inNumbers;
      asItWas = written;
      if (error === undefined) return minted;
      if (minted === 0) throw new Error(error);
      // The IDs before it are good: the client gets fewer, and the next call that gives none at all is an error.
      if (error !== logged) env.log(`lane ${index} gave ${minted} of ${count} IDs: ${error}`);
      logged = error;
      return minted;
    },
    encode: (ids) => (wasInNumbers ? asGiven(ids, idBits) : undefined),
    written: () => asItWas,
    holding: () => holding,
    close: async () => undefined,
  };
}

/**
 * IDs of a call that gave numbers, those above 2^53 as the numbers that they were. A bigint of the same call that a number
 * would hold exactly is taken for one: who gives both gives numbers.
 */
function asGiven(ids: BigUint64Array, idBits: 64 | 128): readonly (bigint | number)[] {
  const perId = idBits / 64;
  return Array.from({ length: ids.length / perId }, (_, at) => {
    const id = perId === 1 ? ids[at]! : (ids[2 * at + 1]! << 64n) | ids[2 * at]!;
    const number = Number(id);
    return !Number.isSafeInteger(number) && BigInt(number) === id ? number : id;
  });
}
