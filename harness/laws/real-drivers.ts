/**
 * The real drivers that this machine has, for tests. What is missing is listed, and is a failure under CI=true: there a
 * test that did not run must not look like one that passed.
 */
import { loadDriver } from '../registry.ts';

const missing = new Map<string, string>();
const ready: string[] = [];
for (const name of ['local', 'docker']) {
  const { problems } = await (await loadDriver(name)).readiness();
  if (problems.length === 0) ready.push(name);
  else missing.set(name, problems.map(({ what, remedy }) => `${what} ${remedy}`).join(' '));
}

export function realDrivers(what: string): readonly string[] {
  for (const [name, why] of missing) {
    const line = `not run: ${what} on ${name}: ${why}`;
    if (process.env['CI'] === 'true') throw new Error(line);
    process.stderr.write(`${line}\n`);
  }
  return ready;
}
