/**
 * Packets pass one way only: they are dropped where they arrive, so that their senders are not heard and know nothing of
 * it. A node that its coordinator does not hear loses its lease; one that does not hear its coordinator may go on
 * renewing a lease of which it learns nothing.
 */
import { linkFault } from '../core/link-faults.ts';
import { z } from '../core/schema.ts';
import { memberTarget } from '../core/targets.ts';

/** Enough that an open direction shows on a machine that is busy. */
const PROBE = { packets: 5, bytes: 32, waitMs: 300 };

export default linkFault({
  name: 'cut-one-way',
  summary: 'packets from some members to others are dropped on arrival; those the other way pass',
  options: z
    .strictObject({
      from: z.array(memberTarget).min(1).describe('the members who are not heard'),
      to: z.array(memberTarget).min(1).describe('the members who do not hear them'),
    })
    .refine(({ from, to }) => !from.some((name) => to.includes(name)), 'nobody can be on both ends'),
  example: { from: ['n1'], to: ['etcd1', 'etcd2', 'etcd3'] },
  need: 'network.one-way',
  reach: ({ from, to }, { nodes, coordinatorMembers }) =>
    // Between members of the coordinator leaders are lost, and so all nodes feel it.
    [from, to].every((side) => side.some((name) => coordinatorMembers.includes(name)))
      ? nodes
      : nodes.filter((node) => from.includes(node) || to.includes(node)),
  links: ({ from, to }) => to.map((member) => ({ from: member, peers: from })),
  ends: 'from',
  trouble: () => ({ what: 'deaf' }),
  async measure({ from, to }) {
    const [there, back] = await Promise.all([from.network.probe(to.name, PROBE), to.network.probe(from.name, PROBE)]);
    const figures = { arrived: there.length, backArrived: back.length };
    // Nothing either way may be a link that is cut, or a machine that is too slow to tell.
    return { took: there.length > 0 ? false : back.length > 0 ? true : undefined, figures };
  },
});
