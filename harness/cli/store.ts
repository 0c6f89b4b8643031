/** Which store a run is collected into, checked before anything starts. */
import { join } from 'node:path';
import type { Driver } from '../core/driver.ts';
import { idBitsOf } from '../core/layout.ts';
import { badInput, EXIT, refuse } from '../core/errors.ts';
import { STORE_FOLDER } from '../engine/record.ts';
import type { OpenAfresh } from '../engine/made-anew.ts';
import type { OpenStore } from '../engine/run-request.ts';

/** A run in this process is judged in memory and needs no store. */
export async function chooseStore(driver: Driver, url: string | undefined): Promise<OpenStore> {
  if (driver.inProcess === true) {
    if (url === undefined) return () => Promise.reject(new Error(`the driver ${driver.name} writes no taps`));
    throw badInput(
      `The driver ${driver.name} judges in memory and uses no store.`,
      'Leave --store out, or take another driver.',
      '--store',
    );
  }
  return storeOpener(url);
}

/** The store at this URL, or an embedded one; loaded here, for a simulated run has none. */
export async function storeOpener(url: string | undefined): Promise<OpenStore> {
  if (url === undefined) {
    const { openEmbedded, requireChdb } = await import('../stores/clickhouse/embedded.ts');
    requireChdb();
    return ({ folder, runId, layout }) =>
      openEmbedded({ folder: join(folder, STORE_FOLDER), runId, idBits: idBitsOf(layout) });
  }
  const { openServer, probeStore } = await import('../stores/clickhouse/server.ts');
  const { problems } = await probeStore(url);
  refuse(EXIT.environment, problems);
  return ({ runId, layout }) => openServer({ url, runId, idBits: idBitsOf(layout) });
}

/** How the store of a run is made anew from its taps; undefined for a server, whose tables are not ours to drop. */
export async function afreshOpener(url: string | undefined): Promise<OpenAfresh | undefined> {
  if (url !== undefined) return undefined;
  const { openAfresh } = await import('../stores/clickhouse/embedded.ts');
  return ({ folder, runId, layout }) =>
    openAfresh({ folder: join(folder, STORE_FOLDER), runId, idBits: idBitsOf(layout) });
}
