/**
 * What a node's shell tells of the leases and keys whose end it asks for: the same around the real coordinator and the
 * simulated one, for the end of a lease is laid at the door of whoever revoked it or deleted its key. Asked is not done: a
 * request may be refused, match nothing, or stay without an answer.
 */
import type { Operation, TxnResult } from '../core/generator.ts';
import { deletedKeys } from '../core/generator.ts';
import { CoordinationRefused } from './coordination-errors.ts';

export interface DeletionLog {
  /** Told before it is sent: it may take effect although no answer comes. */
  deleting(key: string): void;
  /** It was carried out, at this revision. */
  deleted(key: string, revision: string): void;
  /** It was certainly not carried out, or the key was not there. */
  notDeleted(key: string): void;
}

export interface RevokeLog {
  /** Told before it is sent: it may take effect although no answer comes. */
  givenUp(): void;
  /** The lease is gone. */
  revoked(): void;
  /** It was certainly not carried out. */
  notGivenUp(): void;
}

/** Sends a transaction with `send` and tells `log` of each key that one of its branches deletes. Fails as `send` does. */
export async function tellingDeletions(
  onSuccess: readonly Operation[],
  onFailure: readonly Operation[],
  log: DeletionLog,
  send: () => Promise<TxnResult>,
): Promise<TxnResult> {
  const keys = deletedKeys([...onSuccess, ...onFailure]);
  for (const key of keys) log.deleting(key);
  try {
    const result = await send();
    for (const key of keys) {
      if (result.deleted.includes(key)) log.deleted(key, result.revision);
      else log.notDeleted(key);
    }
    return result;
  } catch (error) {
    if (error instanceof CoordinationRefused) for (const key of keys) log.notDeleted(key);
    throw error;
  }
}

/** Revokes a lease with `send` and tells `log` of it. Fails as `send` does. */
export async function tellingRevoke(log: RevokeLog, send: () => Promise<void>): Promise<void> {
  log.givenUp();
  try {
    await send();
  } catch (error) {
    if (error instanceof CoordinationRefused) log.notGivenUp();
    throw error;
  }
  log.revoked();
}
