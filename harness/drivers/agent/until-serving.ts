/** Waits until every member of a coordinator serves; rejects with what the last one said when `deadlineMs` is over. */
import type { CoordinatorMember } from '../../core/cluster.ts';
import type { Time } from '../../core/time.ts';
import { msToNs } from '../../core/time.ts';

const ASK_MS = 500;
const POLL_MS = 25;

export async function untilServing(
  members: readonly CoordinatorMember[],
  time: Time,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = time.now() + msToNs(deadlineMs);
  for (const member of members) {
    for (;;) {
      const said = await member.status(ASK_MS).then(
        (status) => (status.serving ? undefined : 'it has no leader'),
        (error: unknown) => String(error),
      );
      if (said === undefined) break;
      if (time.now() > end) throw new Error(`${member.name} does not serve after ${deadlineMs} ms: ${said}`);
      await time.sleep(POLL_MS, signal);
    }
  }
}
