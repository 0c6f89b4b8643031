/** What a record tells of time without IDs. Pure. */
import type { DisturbanceRecord, Run } from '../../harness/core/run.ts';
import { NS_PER_MS } from '../../harness/core/time.ts';

/** The longest time for which a node, or none of all, minted anything while a disturbance was in force, by whole buckets. */
export function longestSilenceMs(run: Run, during: DisturbanceRecord, node?: string): number {
  const { bucketMs, idsByNode } = run.series;
  const counted = idsByNode.filter((series) => node === undefined || series.node === node);
  const bucket = (at: number): number => at / (bucketMs * NS_PER_MS);
  // Of whom nothing is known nobody says that it was silent.
  if (counted.length === 0 || during.injected === undefined || during.healed === undefined) return 0;
  let [longest, length] = [0, 0];
  for (let i = Math.ceil(bucket(during.injected)); i + 1 <= bucket(during.healed); i++) {
    const isSilent = counted.every(({ values }) => (values[i] ?? 0) === 0);
    length = isSilent ? length + 1 : 0;
    longest = Math.max(longest, length);
  }
  return longest * bucketMs;
}

/**
 * From each kill of a holder until another life, of it or of another node, minted under its worker ID; undefined where none
 * did.
 */
export function handOversMs(run: Run): readonly (number | undefined)[] {
  return run.disturbances.flatMap(({ fault, injected, reach: [node] }) => {
    if (fault !== 'kill' || injected === undefined) return [];
    const lost = run.tenures.find(
      (tenure) => tenure.node === node && tenure.from < injected && tenure.to >= injected - 1e9,
    );
    if (lost === undefined) return [];
    const heirs = run.tenures.filter(({ workerId, from }) => workerId === lost.workerId && from > injected);
    return [heirs.length === 0 ? undefined : (Math.min(...heirs.map(({ from }) => from)) - injected) / NS_PER_MS];
  });
}

/** Whether the holder of a slot kept its worker ID from the beginning of the slot to its end. */
export function keptItsWorkerId(run: Run, slotName: string): boolean {
  const slot = run.slots.find(({ name }) => name === slotName);
  const planned = run.scenario.timetable.slots.find(({ name }) => name === slotName);
  if (slot?.workerId === undefined || planned === undefined) return false;
  const to = slot.from + planned.lengthMs * NS_PER_MS;
  const holders = run.tenures.filter(
    (tenure) => tenure.workerId === slot.workerId && tenure.from < to && tenure.to > slot.from,
  );
  return holders.length === 1 && holders[0]!.node === slot.holder && holders[0]!.to >= to;
}
