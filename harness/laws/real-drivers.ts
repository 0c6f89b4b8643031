/**
 * The real drivers that this machine has, for tests. What is missing is listed, and is a failure under CI=true: there a
 * test that did not run must not look like one that passed.
 */
import { describe } from 'vitest';
import { loadDriver } from '../registry.ts';

const missing = new Map<string, string>();
const ready: string[] = [];
for (const name of ['local', 'docker']) {
  const { problems } = await (await loadDriver(name)).readiness();
  if (problems.length === 0) ready.push(name);
  else missing.set(name, problems.map(({ what, remedy }) => `${what} ${remedy}`).join(' '));
}

/**
 * A suite for each real driver, side by side: for what waits more than it works, and needs no exact times. The tests of
 * one driver keep their order.
 */
export function onRealDrivers(what: string, suite: (driver: string) => void | Promise<void>): void {
  describe.concurrent.each(realDrivers(what))('on %s', (driver) => {
    describe('one after another', { concurrent: false }, () => suite(driver));
  });
}

export function realDrivers(what: string): readonly string[] {
  for (const [name, why] of missing) {
    const line = `not run: ${what} on ${name}: ${why}`;
    if (process.env['CI'] === 'true') throw new Error(line);
    process.stderr.write(`${line}\n`);
  }
  return ready;
}
