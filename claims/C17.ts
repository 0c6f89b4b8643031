import type { Claim, Judgement } from '../harness/core/claim.ts';

const [EVERY_S, TIMEOUT_S, FAILURES, ELSEWHERE_S] = [10, 2, 3, 0.1];

/** A node may fail just before a check, and refuse at once, or just after one, and say nothing until the last one times out. */
function detection(): Judgement {
  const least = (FAILURES - 1) * EVERY_S;
  const most = FAILURES * EVERY_S + TIMEOUT_S;
  const figures = `${FAILURES} checks that fail, ${EVERY_S} s apart, the last of which may take ${TIMEOUT_S} s to time out: ${least} to ${most} s`;
  return least > ELSEWHERE_S
    ? { outcome: 'broken', because: 'The figures of the health check itself say otherwise.', witness: `${figures}.` }
    : { outcome: 'held', because: `${figures}.` };
}

export default {
  name: 'C17',
  claim:
    'A health check every 10 s with a timeout of 2 s: 3 failures and a node is down, 2 successes and it is up; healthy is an answer of 200 within 100 ms, drift below 100 ms and a synchronised clock. Elsewhere: failures are detected in 0.1 s.',
  note: 'By these figures a node at 60 ms of drift pages somebody (F4) and is healthy.',
  parts: [
    { kind: 'calculation', says: 'A failure is detected in 0.1 s', judge: detection },
    {
      kind: 'unjudged',
      says: 'Three failures take a node out, and two successes bring it back',
      because: 'It takes a health checker before the nodes, and there is none yet.',
    },
  ],
} satisfies Claim;
