/** When the answer to a question after health has waited for requests for IDs. Pure. */
import type { Burst } from './evidence.ts';

/** As long as the harness waits for it: engine/health-monitor.ts. */
const PATIENCE_MS = 400;
/** What comes when nearly all of the requests before it are answered has waited for them. */
const BEHIND_SHARE = 0.8;
/** Of a burst in which a thread waited so much for a CPU, the slowness may be the machine's. */
const STARVED_SHARE = 0.2;

export const isBehind = ({ tookMs, healthMs }: Burst): boolean =>
  healthMs > PATIENCE_MS && healthMs > BEHIND_SHARE * tookMs;

/** Nobody can tell, where the kernel does not. */
export const isStarved = ({ tookMs, starvedMs }: Burst): boolean =>
  starvedMs === undefined || starvedMs > STARVED_SHARE * tookMs;
