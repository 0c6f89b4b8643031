/** How uniqueness was established, in one sentence; and which IDs are repeated beyond those that witnesses tell of. */
import type { Finding } from './finding.ts';
import { counted, grouped } from './phrases.ts';

/** Sentences about the findings that say how they were come by. Pure. */
export function methodWords(
  findings: readonly Pick<Finding, 'guarantee' | 'method' | 'repeated'>[],
): readonly string[] {
  return findings.flatMap(({ guarantee, method, repeated = [] }) => {
    if (method === undefined) return [];
    const { by, ids, compared } = method;
    const how =
      by === 'order of all IDs'
        ? `${counted(ids, 'ID')} sorted and compared with their neighbours`
        : `${counted(ids, 'ID')} by run certificate, ${grouped(compared)} of them compared one by one`;
    const list =
      repeated.length === 0
        ? ''
        : ` run.json lists the repeated IDs and who minted them (${grouped(repeated.length)}, lowest first).`;
    return [`How ${guarantee} was judged: ${how}.${list}`];
  });
}
