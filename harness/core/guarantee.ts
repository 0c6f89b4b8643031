/**
 * Guarantees: what a generator may promise, and what a checker judges. The meaning of each is in ARCHITECTURE.md.
 */
export const GUARANTEES = {
  unique: 'No ID is minted twice.',
  'increasing-per-node': 'Within one life of a node, each ID is greater than the one before.',
  'increasing-across-lives': 'IDs of a later holder of a worker ID (or later life of a node) exceed all earlier ones.',
  'owns-worker-id': 'At no time do two nodes mint under one worker ID, and none mints after its lease.',
  'time-honest': "The time inside an ID is the node's own wall-clock time of the call.",
  'well-formed': 'Each ID has the bits that its layout allows, and carries the worker ID that its node held.',
  'fails-closed': 'A refusal carries no ID, and no error value or sentinel passes as an ID.',
  'faithful-encoding': 'Clients receive exactly the IDs that were minted, each of them once.',
  recovers: 'After all faults are healed, every worker ID mints again within the declared time.',
} as const;

export type Guarantee = keyof typeof GUARANTEES;

export const GUARANTEE_NAMES = Object.keys(GUARANTEES) as readonly Guarantee[];

/** Assumptions under which a promise holds; a violation that needs one broken is `outside assumptions`. */
export const ASSUMPTIONS = {
  'coordinator never rolls back': 'The coordinator never loses a write that it acknowledged.',
  'coordinator keeps leases': 'The coordinator never ends a lease before the last accepted keep-alive plus its TTL.',
} as const;

export type Assumption = keyof typeof ASSUMPTIONS;

interface Assuming {
  readonly assuming?: readonly Assumption[];
}

/** A guarantee with its bounds. The trailing underscore tells it from the language's own Promise. */
export type Promise_ =
  | ({
      readonly guarantee:
        'unique' | 'increasing-per-node' | 'owns-worker-id' | 'well-formed' | 'fails-closed' | 'faithful-encoding';
    } & Assuming)
  /** Scope `worker-id`: a later holder of the worker ID. Scope `node`: a later life of the node. */
  | ({ readonly guarantee: 'increasing-across-lives'; readonly scope: 'worker-id' | 'node' } & Assuming)
  /** How far the embedded time may lie before or after the node's own clock around the call, in milliseconds. */
  | ({ readonly guarantee: 'time-honest'; readonly pastMs: number; readonly futureMs: number } & Assuming)
  /** Milliseconds from the last heal until each worker ID mints again. */
  | ({ readonly guarantee: 'recovers'; readonly withinMs: number } & Assuming);

/** The promise of one guarantee, with its bounds. */
export type PromiseOf<G extends Guarantee, P extends Promise_ = Promise_> = P extends Promise_
  ? G extends P['guarantee']
    ? P
    : never
  : never;
