/** Who held what when a batch was called. */
import { healthOf } from '../health-answer.ts';
import type { Rule } from '../rule.ts';
import { notJudged, ok, unlessAny } from '../rule.ts';
import { soundRecords } from '../tap-files.ts';

const NONE = -1;
const TWO = -2;

export default {
  name: 'worker-id',
  section: 'The tap',
  says: 'Worker ID, lease, create revision, fence and limit are what the node held just before the call',
  needs: ['quiet'],
  judge({ quiet: { health, tap } }) {
    const [before, after] = health.map(healthOf);
    if (before === undefined || after === undefined) return notJudged('its /health told nothing');
    const records = soundRecords(tap);
    if (records.length === 0) return notJudged('there is no sound record');
    const said = after['workerId'] ?? NONE;
    const problems = records.map(({ segment, at, record }) => {
      const where = `${segment.name}.batches, byte ${at}:`;
      const { workerId, lease, createRevision, fenceNs, limitMs } = record;
      if (workerId < TWO) return `${where} worker ID ${workerId}`;
      if (workerId === TWO && (lease !== 0n || createRevision !== 0n || fenceNs !== 0n || limitMs !== 0n))
        return `${where} worker ID -2 with a lease, a revision, a fence or a limit`;
      const heldThroughout = before['workerId'] === after['workerId'] && before['lease'] === after['lease'];
      if (!heldThroughout) return undefined;
      if (workerId !== said)
        return `${where} worker ID ${workerId}, and /health says ${said === NONE ? 'none' : JSON.stringify(said)} before and after`;
      const named = lease === 0n ? undefined : String(lease);
      return named === after['lease']
        ? undefined
        : `${where} lease ${lease}, and /health says ${JSON.stringify(after['lease'] ?? 'none')} before and after`;
    });
    if (before['workerId'] !== after['workerId'])
      return problems.some((problem) => problem !== undefined)
        ? unlessAny(problems, '')
        : notJudged('it held another worker ID after the requests than before');
    return said === NONE && problems.every((problem) => problem === undefined)
      ? ok(`none, in /health and in ${records.length} records`)
      : unlessAny(problems, `${JSON.stringify(said)} in /health and in ${records.length} records`);
  },
} satisfies Rule<'quiet'>;
