/** What a node says of itself at `GET /health`. Pure. */
import type { Exchange } from './evidence.ts';
import { parseJsonObject } from './json-answer.ts';

export type Health = Readonly<Record<string, unknown>>;

/** Undefined: no answer with 200 and a JSON object. */
export function healthOf({ reply }: Exchange): Health | undefined {
  return reply?.status === 200 ? parseJsonObject(reply.body) : undefined;
}

const STATUSES = ['minting', 'waiting', 'refusing'];

const isDigits = (value: unknown): boolean => typeof value === 'string' && /^\d+$/.test(value);
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isRatio = (value: unknown): boolean => isNumber(value) && (value as number) >= 0;

interface Field {
  readonly is: (value: unknown) => boolean;
  readonly should: string;
  readonly isOptional?: true;
}

const DIGITS = { is: isDigits, should: 'is a string of decimal digits' };

/** The table of PROTOCOL.md. */
export const HEALTH_FIELDS: Readonly<Record<string, Field>> = {
  protocol: { is: (value) => value === 1, should: 'is the number 1' },
  status: { is: (value) => STATUSES.includes(value as string), should: `is one of ${STATUSES.join(', ')}` },
  reason: { is: (value) => typeof value === 'string' && value !== '', should: 'is a word', isOptional: true },
  incarnation: { is: (value) => isWhole(value) && value !== 0, should: 'is a number from 1 on' },
  workerId: { is: isWhole, should: 'is a number from 0 on', isOptional: true },
  lease: { ...DIGITS, isOptional: true },
  createRevision: { ...DIGITS, isOptional: true },
  leaseSpent: { is: isRatio, should: 'is a number from 0 on', isOptional: true },
  wallMs: { is: isNumber, should: 'is a number' },
  monotonicNs: DIGITS,
  monotonicBeforeNs: { ...DIGITS, isOptional: true },
  cpuWaitMs: { is: isRatio, should: 'is a number from 0 on', isOptional: true },
  overflowWaits: { ...DIGITS, isOptional: true },
  minted: {
    is: (value) => Array.isArray(value) && value.every(isDigits),
    should: 'is an array of strings of decimal digits, one for each lane',
  },
  pid: { is: (value) => isWhole(value) && value !== 0, should: 'is a number', isOptional: true },
};

/** What is wrong with fields and types. */
export function fieldProblems(health: Health): readonly string[] {
  const problems = Object.entries(HEALTH_FIELDS).flatMap(([name, { is, should, isOptional }]) => {
    const value = health[name];
    if (value === undefined) return isOptional === true ? [] : [`${name} is missing`];
    return is(value) ? [] : [`${name} is ${JSON.stringify(value)}, and ${should}`];
  });
  const needsReason = health['status'] === 'waiting' || health['status'] === 'refusing';
  return needsReason && health['reason'] === undefined
    ? [...problems, `reason is missing beside ${String(health['status'])}`]
    : problems;
}
