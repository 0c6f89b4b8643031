/**
 * A minter that calls the function of a module. Each lane is a thread or a process with an instance of the module to
 * itself, and so is a single one: a function that waits in a loop for its clock must not keep the node from saying how it
 * is. What that costs a batch is in the tests beside this file.
 */
import type { GeneratorEnv, Holding, Minter } from '../../harness/core/generator.ts';
import { idBitsOf } from '../../harness/core/layout.ts';
import { workerOf } from '../../harness/core/template.ts';
import { isWorkerId } from '../../harness/core/worker-id.ts';
import type { ShellConfig } from '../shell/config.ts';
import type { DescribedNode } from '../shell/described-node.ts';
import type { LaneStart } from './lane-protocol.ts';
import { type ModuleLane, startProcessLane, startThreadLane } from './module-lane.ts';

/** Resolves when all lanes can be called. Rejects with a GeneratorFault where the module is of no use. */
export async function startModule(
  { node, layout }: DescribedNode,
  { clockPrefix }: Pick<ShellConfig, 'clockPrefix'>,
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
        context: { node: host.name, index: host.index, worker, lane, options },
      };
      return lanesAre === 'threads' ? startThreadLane(start) : startProcessLane(start, clockPrefix);
    }),
  );
  // Only a factory is told a worker ID; what a function carries in its IDs is its own affair.
  const holding: Holding =
    call === 'factory' && layout.workerBits > 0 && isWorkerId(worker) ? { workerId: worker } : {};
  const minters = started.map((lane, index) => minterOf(lane, index, holding, env, answersInNumbers));
  const [first, ...moreLanes] = minters as [Minter, ...Minter[]];
  const whole: Minter = { ...first, moreLanes };
  /** From the first number on that is no safe integer, answers have such IDs as the numbers that they were. */
  function answersInNumbers(): void {
    whole.encode ??= (ids) => asGiven(ids, idBits);
  }
  whole.close = async () => {
    for (const lane of started) lane.close();
  };
  return whole;
}

function minterOf(lane: ModuleLane, index: number, holding: Holding, env: GeneratorEnv, onNumbers: () => void): Minter {
  let logged = '';
  return {
    async mint(into, count) {
      const { minted, error, inNumbers } = await lane.mint(into, count);
      if (inNumbers === true) onNumbers();
      if (error === undefined) return minted;
      if (minted === 0) throw new Error(error);
      // The IDs before it are good: the client gets fewer, and the next call that gives none at all is an error.
      if (error !== logged) env.log(`lane ${index} gave ${minted} of ${count} IDs: ${error}`);
      logged = error;
      return minted;
    },
    holding: () => holding,
    close: async () => undefined,
  };
}

/**
 * IDs that a number above 2^53 holds exactly were given as one: a bigint of the same function may be among them, which is
 * told apart in 1 of 2 cases at the least; both are of the same function.
 */
function asGiven(ids: BigUint64Array, idBits: 64 | 128): readonly (bigint | number)[] {
  const perId = idBits / 64;
  return Array.from({ length: ids.length / perId }, (_, at) => {
    const id = perId === 1 ? ids[at]! : (ids[2 * at + 1]! << 64n) | ids[2 * at]!;
    const number = Number(id);
    return !Number.isSafeInteger(number) && BigInt(number) === id ? number : id;
  });
}
