/**
 * Lease IDs: 64 bits without a sign, as a decimal string without leading zeros, never a JS number, which holds 53. One
 * lease has one spelling: a coordinator may read more than one (etcd takes spaces), and what is compared as text would be
 * two leases.
 */
const LEASE_MAX = 2n ** 64n - 1n;

export function isLeaseId(value: unknown): value is string {
  return typeof value === 'string' && /^(0|[1-9]\d{0,19})$/.test(value) && BigInt(value) <= LEASE_MAX;
}
