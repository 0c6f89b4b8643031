/**
 * The one place where lease IDs come in from a generator: what is not spelled as the coordinator spelled it is refused
 * before anything is sent or logged, on the real coordinator as on the simulated one.
 */
import type { Coordination, Operation } from '../core/generator.ts';
import { isLeaseId } from '../core/lease-id.ts';
import { CoordinationRefused } from './coordination-errors.ts';

/** Fails as `inner` does, and with CoordinationRefused where a lease ID is none. */
export function refusingOddLeases(inner: Coordination): Coordination {
  return {
    range: (prefix, deadlineMs) => inner.range(prefix, deadlineMs),
    grant: (ttlMs, deadlineMs) => inner.grant(ttlMs, deadlineMs),
    txn: (compares, onSuccess, onFailure, deadlineMs) =>
      checked([...onSuccess, ...onFailure].flatMap(leaseIn), () =>
        inner.txn(compares, onSuccess, onFailure, deadlineMs),
      ),
    keepAlive: (lease, deadlineMs) => checked([lease], () => inner.keepAlive(lease, deadlineMs)),
    revoke: (lease, deadlineMs) => checked([lease], () => inner.revoke(lease, deadlineMs)),
  };
}

function leaseIn(operation: Operation): readonly string[] {
  return 'put' in operation && operation.lease !== undefined ? [operation.lease] : [];
}

function checked<T>(leases: readonly string[], send: () => Promise<T>): Promise<T> {
  const odd = leases.find((lease) => !isLeaseId(lease));
  if (odd === undefined) return send();
  return Promise.reject(
    new CoordinationRefused(`${JSON.stringify(odd)} is no lease ID: a string of decimal digits, as it was granted`),
  );
}
