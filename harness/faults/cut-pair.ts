/**
 * Two members of the cluster cannot reach one another; everybody else reaches both. A node that lost one of three
 * coordinator members should not notice for longer than it takes to ask another.
 */
import { cutFault } from '../core/links.ts';
import { z } from '../core/schema.ts';
import { memberTarget } from '../core/targets.ts';

export default cutFault({
  name: 'cut-pair',
  summary: 'packets between two members, nodes or coordinator members, are dropped',
  options: z
    .strictObject({ one: memberTarget, other: memberTarget })
    .refine(({ one, other }) => one !== other, 'a member cannot be cut from itself'),
  example: { one: 'n1', other: 'etcd2' },
  reach: ({ one, other }, { nodes }) => nodes.filter((node) => node === one || node === other),
  cuts: ({ one, other }) => [{ from: one, peers: [other] }],
});
