/** Time in which what nodes did not say proves nothing. */
import type { RecoverWindow } from '../../core/history.ts';
import type { RunNs } from '../../core/time.ts';

type Deaf = Pick<RecoverWindow, 'deaf'>;

/** Whether a request to this node was open at such a time. */
export function wasDeaf({ deaf = [] }: Deaf, node: string, sent: RunNs, received: RunNs): boolean {
  return deaf.some((span) => isOf(span, node) && sent <= span.to && received >= span.from);
}

/** `wasDeaf` over the columns of the table `requests`. */
export function sqlWasDeaf({ deaf = [] }: Deaf, nodes: readonly string[]): string {
  const spans = deaf.map(({ node, from, to }) => {
    const ofNode = node === undefined ? '' : `node = ${nodes.indexOf(node)} and `;
    return `(${ofNode}sent <= ${to} and received >= ${from})`;
  });
  return spans.length === 0 ? 'false' : `(${spans.join(' or ')})`;
}

/** How much of a time was such for any of these nodes, in nanoseconds. */
export function deafNs({ deaf = [] }: Deaf, from: RunNs, to: RunNs, nodes: readonly string[]): number {
  const spans = deaf
    .filter((span) => span.node === undefined || nodes.includes(span.node))
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .toSorted((a, b) => a.from - b.from);
  let [sum, until] = [0, from];
  for (const span of spans) {
    sum += Math.max(0, span.to - Math.max(span.from, until));
    until = Math.max(until, span.to);
  }
  return sum;
}

function isOf({ node }: { readonly node?: string }, whom: string): boolean {
  return node === undefined || node === whom;
}
