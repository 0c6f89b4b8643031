/**
 * Nodes that had more to do than they could: they minted without a pause, but for most of the clients that they left
 * without an answer only when these had gone, as under an open load that is beyond a node or its machine. That is slow, and
 * no silence; and as no batch tells whose it was, an answer that was lost on its way looks the same. Once as a fold, once
 * as SQL.
 */
import type { History, RecoverWindow } from '../../core/history.ts';
import { REQUEST_STATUS } from '../../core/history.ts';
import { NS_PER_S, type RunNs } from '../../core/time.ts';

export const NO_ANSWER = REQUEST_STATUS.indexOf('no answer');
const OK = REQUEST_STATUS.indexOf('ok');

/** Batches beyond those that clients received, as a share of the requests without an answer. */
const LATE_SHARE = 0.5;
/** A node that minted nothing for so long was not busy, but hung. */
const PAUSE_NS = NS_PER_S;

/** By index, of the nodes that left a request without an answer which was sent after `since`. */
export function overloadedIn(
  { batches, requests }: History,
  { to, selfLoaded = false }: RecoverWindow,
  since: RunNs,
): ReadonlySet<number> {
  if (selfLoaded) return new Set();
  const nodes = new Map<number, { unanswered: number; late: number; minted: RunNs[] }>();
  const of = (node: number) => {
    const known = nodes.get(node) ?? { unanswered: 0, late: 0, minted: [] };
    nodes.set(node, known);
    return known;
  };
  for (let i = 0; i < requests.length; i++) {
    const [status, node] = [requests.status[i]!, requests.node[i]!];
    if (status === NO_ANSWER && requests.sent[i]! > since) of(node).unanswered++;
    // What was open then may have its batch after it as well.
    else if ((status === NO_ANSWER || status === OK) && requests.received[i]! > since) of(node).late--;
  }
  for (let i = 0; i < batches.length; i++) {
    const returned = batches.returned[i]!;
    if (batches.count[i] === 0 || batches.flags[i] !== 0 || returned <= since) continue;
    const node = of(batches.node[i]!);
    node.late++;
    if (returned <= to) node.minted.push(returned);
  }
  const paused = (minted: readonly RunNs[]): boolean => {
    const moments = [...minted.toSorted((a, b) => a - b), to];
    return moments.some((moment, i) => moment - (moments[i - 1] ?? since) >= PAUSE_NS);
  };
  return new Set(
    [...nodes]
      .filter(
        ([, { unanswered, late, minted }]) => unanswered > 0 && late >= LATE_SHARE * unanswered && !paused(minted),
      )
      .map(([node]) => node),
  );
}

/** A query for the same. */
export function sqlOverloaded({ to, selfLoaded = false }: RecoverWindow, since: RunNs): string {
  if (selfLoaded) return 'select toUInt16(0) where false';
  return `select node from (
    select node, 0 as is_minted, toInt64(status = ${NO_ANSWER} and sent > ${since}) as is_unanswered,
      toInt64(is_unanswered = 0 and status in (${OK}, ${NO_ANSWER}) and received > ${since}) as is_other, 0 as moment
    from requests
    union all
    select node, 1, 0, 0, returned from batches where count > 0 and flags = 0 and returned > ${since}
  ) group by node
  having sum(is_unanswered) > 0 and sum(is_minted) - sum(is_other) >= ${LATE_SHARE} * sum(is_unanswered)
    and arrayMax(arrayDifference(arraySort(
      arrayConcat([${since}, ${to}], groupArrayIf(moment, is_minted = 1 and moment <= ${to}))))) < ${PAUSE_NS}`;
}
