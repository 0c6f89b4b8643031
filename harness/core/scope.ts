/**
 * The scope of a run's evidence: how IDs of each kind of node are gathered, and which guarantees cannot be judged of them
 * at all. What nobody can see is neither kept nor broken. Pure.
 */
import type { NodeKind } from './generator.ts';
import type { Guarantee, Promise_ } from './guarantee.ts';
import { GUARANTEE_NAMES } from './guarantee.ts';
import type { Layout } from './layout.ts';
import { isOpaque } from './layout.ts';
import type { IdForm } from './node-program.ts';

/** How evidence is gathered, in one sentence. */
export const GATHERED = {
  minted: 'Each ID as the generator minted it, tapped before its answer.',
  replies:
    'The IDs in replies that reached the recorder beside the service; what the service minted and never answered is not known.',
  clients:
    'Client-side: the IDs in replies that reached this machine, by its clock; restarts of the nodes, and nodes behind one URL, are not seen.',
} as const;

export interface EvidenceScope {
  readonly gathered: keyof typeof GATHERED;
  /** That in words. */
  readonly says: string;
  /** Nodes do not say which worker ID they hold: what an ID carries is compared with nothing, where nothing was said. */
  readonly untoldHolders?: true;
  /** Texts of any form: a digest of 128 bits is kept in place of each ID. */
  readonly digests?: true;
}

/** Of a generator, as far as it tells what can be judged; records of older runs have no `evidence`: it was `minted`. */
export interface Judged {
  readonly layout: Layout;
  readonly evidence?: EvidenceScope;
}

/** A guarantee that is not judged, and why: the end of a sentence. */
export interface Unjudged {
  readonly guarantee: Guarantee;
  readonly because: string;
}

type Of<Kind extends NodeKind['kind']> = (node: Extract<NodeKind, { readonly kind: Kind }>) => EvidenceScope;

const SCOPES: { readonly [Kind in NodeKind['kind']]: Of<Kind> } = {
  shell: () => scope('minted'),
  // A native node writes into its taps what it holds.
  native: () => scope('minted'),
  module: ({ form }) => ({ ...scope('minted'), untoldHolders: true, ...digested(form) }),
  service: ({ urls, ask }) => ({
    ...scope(urls === undefined ? 'replies' : 'clients'),
    untoldHolders: true,
    ...digested(ask.form),
  }),
};

export function scopeOf(node: NodeKind): EvidenceScope {
  return (SCOPES[node.kind] as Of<NodeKind['kind']>)(node);
}

/** How the node's IDs are written; undefined where they do not pass as text. */
export function formOf(node: NodeKind): IdForm | undefined {
  if (node.kind === 'module') return node.form;
  return node.kind === 'service' ? node.ask.form : undefined;
}

/** Why a guarantee cannot be judged of such evidence, as the end of a sentence; undefined: it can. */
export function unjudgeable(guarantee: Guarantee, { layout, evidence }: Judged): string | undefined {
  if (guarantee === 'time-honest' && layout.timeBits === 0)
    return isOpaque(layout) ? UNKNOWN_LAYOUT : 'IDs of this layout carry no time';
  if (guarantee === 'well-formed' && isOpaque(layout)) return UNKNOWN_LAYOUT;
  if (evidence?.digests === true && ORDERS.includes(guarantee))
    return 'a digest is kept in place of each ID, and digests have no order';
  return evidence?.gathered === 'clients' && OF_LIVES.includes(guarantee)
    ? 'restarts of the nodes, and nodes behind one URL, are not seen'
    : undefined;
}

/** All guarantees that cannot be judged, promised or not. */
export function unjudgedOf(generator: Judged): readonly Unjudged[] {
  return GUARANTEE_NAMES.flatMap((guarantee) => {
    const because = unjudgeable(guarantee, generator);
    return because === undefined ? [] : [{ guarantee, because }];
  });
}

/** Of these promises those that can be judged. */
export function judgeableOf(promises: readonly Promise_[], generator: Judged): readonly Promise_[] {
  return promises.filter(({ guarantee }) => unjudgeable(guarantee, generator) === undefined);
}

/** The IDs of such evidence as a participle: of replies nobody knows whether more was minted. */
export function recordedAs({ evidence }: Pick<Judged, 'evidence'>): 'minted' | 'recorded' {
  return evidence === undefined || evidence.gathered === 'minted' ? 'minted' : 'recorded';
}

/** Whether the clocks that were read are those of the nodes; of nodes that run elsewhere they are the recorders', here. */
export function seesClocks(evidence: EvidenceScope | undefined): boolean {
  return evidence?.gathered !== 'clients';
}

/** The sentence of a record, older ones included. */
export function gatheredHow({ evidence }: Pick<Judged, 'evidence'>): string {
  return evidence?.says ?? GATHERED.minted;
}

const UNKNOWN_LAYOUT = 'the layout of the IDs is unknown';

const ORDERS: readonly Guarantee[] = ['increasing-per-node', 'increasing-across-lives'];
/** They need to know which process minted what, and which life of it. */
const OF_LIVES: readonly Guarantee[] = [...ORDERS, 'owns-worker-id', 'recovers'];

function scope(gathered: keyof typeof GATHERED): EvidenceScope {
  return { gathered, says: GATHERED[gathered] };
}

function digested(form: IdForm | undefined): { readonly digests?: true } {
  return form === 'text' ? { digests: true } : {};
}
