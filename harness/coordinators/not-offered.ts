/**
 * What a generator finds where the cluster's coordinator does not offer what it asks for, or there is no coordinator:
 * every call is refused.
 */
import type { Coordination } from '../core/generator.ts';
import type { Ranges } from '../core/ranges.ts';
import { CoordinationRefused } from './coordination-errors.ts';

const refuse = (): Promise<never> =>
  Promise.reject(new CoordinationRefused('the cluster has no coordinator that offers this'));

/** Of a cluster without leases. */
export const NO_COORDINATION: Coordination = {
  range: refuse,
  txn: refuse,
  grant: refuse,
  keepAlive: refuse,
  revoke: refuse,
};

/** Of a cluster without a database. */
export const NO_RANGES: Ranges = { next: refuse, highest: refuse, setHighest: refuse };
