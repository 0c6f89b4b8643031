/**
 * What a node's shell tells of the keys that a transaction deletes: the same around the real coordinator and the simulated
 * one, for the end of a lease is laid at the door of whoever deleted its key.
 */
import type { Operation, TxnResult } from '../core/generator.ts';
import { deletedKeys } from '../core/generator.ts';
import { CoordinationRefused } from './coordination-errors.ts';

export interface DeletionLog {
  /** Told before it is sent: it may take effect although no answer comes. */
  deleting(key: string): void;
  /** It was certainly not carried out. */
  notDeleted(key: string): void;
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
    const deleted = deletedKeys(result.succeeded ? onSuccess : onFailure);
    for (const key of keys) if (!deleted.has(key)) log.notDeleted(key);
    return result;
  } catch (error) {
    if (error instanceof CoordinationRefused) for (const key of keys) log.notDeleted(key);
    throw error;
  }
}
