/** The monotonic factory of `ulid`. */
import { createRequire } from 'node:module';
import { NPM } from '../fleet.ts';

export function create(): () => string {
  const { monotonicFactory } = createRequire(NPM)('ulid') as { monotonicFactory(): () => string };
  const ulid = monotonicFactory();
  return () => ulid();
}
