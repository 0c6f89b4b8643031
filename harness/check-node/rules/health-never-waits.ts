/** Health has a path of its own through the node. */
import type { Burst } from '../evidence.ts';
import type { Judgement, Rule } from '../rule.ts';
import { failed, ok } from '../rule.ts';

/** As long as the harness waits for it: engine/health-monitor.ts. */
const PATIENCE_MS = 400;
/** What comes when nearly all of the requests before it are answered has waited for them. */
const BEHIND_SHARE = 0.8;
/** A client that does nothing more stays for ever: this is no matter of speed. */
const STUCK_MS = 5000;

const isBehind = ({ tookMs, healthMs }: Burst): boolean => healthMs > PATIENCE_MS && healthMs > BEHIND_SHARE * tookMs;
const inMs = (ms: number): string => `${Math.round(ms)} ms`;

export default {
  name: 'health-never-waits',
  section: 'HTTP',
  says: 'The harness asks four times a second on connections of its own, and takes a node that is silent for 400 ms as one that gives no health.',
  needs: ['backlog'],
  judge({ backlog: { bursts, beside } }): Judgement {
    for (const { client, health } of beside) {
      const tookMs = Number(health.cameNs - health.sentNs) / 1e6;
      if (health.reply?.status !== 200 || tookMs > STUCK_MS)
        return failed(
          `beside ${client}, /health is not answered (${health.why ?? health.reply?.status ?? inMs(tookMs)})`,
        );
    }
    const most = bursts.reduce((slowest, burst) => (burst.healthMs > slowest.healthMs ? burst : slowest));
    const seen = `with ${most.requests} requests open for ${inMs(most.tookMs)} /health took ${inMs(most.healthMs)}`;
    // A machine that stands still for a moment does not do so in every burst, from its beginning to its end.
    return bursts.every(isBehind) ? failed(`${seen}, and came when they were answered`) : ok(seen);
  },
} satisfies Rule<'backlog'>;
