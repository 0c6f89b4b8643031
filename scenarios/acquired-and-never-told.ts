import type { ScenarioInput } from '../harness/core/scenario.ts';
import { usualSlos } from '../harness/core/usual-slos.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];

/**
 * All nodes restart while packets are lost between all nodes and the coordinator: some acquisitions come through
 * although nobody learns of it.
 */
export default {
  name: 'acquired-and-never-told',
  question: 'Does a worker ID come back when the answer to its acquisition was lost?',
  generator: 'snowflake',
  cluster: { nodes: 6, coordinatorMembers: 3, options: { pool: 5, ttlMs: 5000 } },
  pool: 5,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 1000, mean: 100 } },
  warmUpMs: 6000,
  timetable: {
    order: 'given',
    slots: [
      {
        name: 'lossy',
        lengthMs: 28_000,
        disturbances: [
          ...NODES.map((node) => ({ name: `kill-${node}`, fault: 'kill', options: { node }, atMs: 0, forMs: 1000 })),
          ...NODES.map((one) => ({
            name: `loss-${one}`,
            fault: 'loss',
            options: { one, peers: ['etcd1', 'etcd2', 'etcd3'], percent: 50 },
            atMs: 2500,
            forMs: 15_000,
          })),
        ],
      },
    ],
  },
  recoverMs: 9000,
  slos: usualSlos({ recoveryMs: 8000 + 5000 }),
} satisfies ScenarioInput;
