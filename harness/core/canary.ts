/**
 * The canary: a node that is none. The harness writes its tap among those of the nodes, with a duplicate and a step back
 * planted in it, and has to see both while the run lasts, by the way on which it would see those of a node. What it minted
 * is kept in a database of its own, so that no count, verdict, figure or export ever has it.
 */

/** No node is called so: those of a cluster are n1, n2, … */
export const CANARY = 'canary';

/** Its number in the store, beyond that of any node. */
export const CANARY_NODE = 65_535;
