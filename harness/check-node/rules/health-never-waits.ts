/** Health has a path of its own through the node. */
import type { Burst } from '../evidence.ts';
import { isBehind, isStarved } from '../health-patience.ts';
import type { Judgement, Rule } from '../rule.ts';
import { failed, notJudged, ok } from '../rule.ts';

/** A client that does nothing more stays for ever: this is no matter of speed. */
const STUCK_MS = 5000;

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
    const said = ({ requests, tookMs, healthMs }: Burst): string =>
      `with ${requests} requests open for ${inMs(tookMs)} /health took ${inMs(healthMs)}`;
    const inTime = bursts.find((burst) => !isBehind(burst));
    if (inTime !== undefined) return ok(said(inTime));
    const judged = bursts.filter((burst) => !isStarved(burst));
    const [burst] = judged;
    // Twice: what stood still once, for whatever reason, does not do so from the beginning of another burst to its end.
    return burst === undefined || judged.length < 2
      ? notJudged(`${said(bursts[0] as Burst)}, and its threads or ours waited for a CPU: the machine is too busy`)
      : failed(`${said(burst)}, and came no sooner than their answers, in each of ${bursts.length} tries`);
  },
} satisfies Rule<'backlog'>;
