/** What the evidence takes: measured bytes an ID, beside claim F10. Whole numbers of any size, so nothing is rounded off. */
import type { EvidenceYear, StorageUse } from './capacity-plan.ts';
import type { MeasuredRate } from './measured-rate.ts';
import type { GrowthRow, PlanInput } from './plan-input.ts';
import { EVENT_BYTES, EVENT_COMPRESSION } from './reference-claims.ts';

const SECONDS_PER_DAY = 86_400n;
const DAYS_PER_YEAR = 365n;

type StoreBytes = NonNullable<MeasuredRate['bytes']['store']>;

/** Of the runs, the one whose store tells of the most IDs: what parts and indices take weighs least there. */
export function bytesAnId(rates: readonly MeasuredRate[]): StoreBytes | undefined {
  return rates
    .flatMap(({ bytes: { store } }) => (store === undefined ? [] : [store]))
    .toSorted((one, other) => (BigInt(other.ids) > BigInt(one.ids) ? 1 : -1))[0];
}

export function evidenceOf(
  { year, idsPerSecond }: GrowthRow,
  { keepDays, replicas }: PlanInput['storage'],
  rates: readonly MeasuredRate[],
): EvidenceYear {
  const idsPerDay = BigInt(idsPerSecond) * SECONDS_PER_DAY;
  const keptDays = BigInt(Math.min(keepDays, year * Number(DAYS_PER_YEAR)));
  const use = (bytesOf: (ids: bigint) => bigint): StorageUse => {
    const of = (days: bigint): string => String(bytesOf(idsPerDay * days) * BigInt(replicas));
    return { perDay: of(1n), perYear: of(DAYS_PER_YEAR), kept: of(keptDays) };
  };
  const store = bytesAnId(rates);
  const raw = (ids: bigint): bigint => ids * EVENT_BYTES;
  return {
    idsPerDay: String(idsPerDay),
    idsPerYear: String(idsPerDay * DAYS_PER_YEAR),
    ...(store !== undefined && { measured: use((ids) => (ids * BigInt(store.onDisk)) / BigInt(store.ids)) }),
    claimed: { ...use((ids) => raw(ids) / EVENT_COMPRESSION), rawPerDay: String(raw(idsPerDay) * BigInt(replicas)) },
  };
}
