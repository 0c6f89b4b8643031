/** A way into the pods of a run past the harness, for tests: as somebody else on the machine would go. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Runs a command in the network namespace of a node, and returns its output. */
export function insidePod(driver: string, runId: string, node: string, ...command: string[]): string {
  const [program = '', ...args] = [...way(driver, runId, node), ...command];
  return execFileSync(program, args, { encoding: 'utf8' });
}

function way(driver: string, runId: string, node: string): readonly string[] {
  if (driver === 'docker') return ['docker', 'exec', `snowglobe-${runId}-${node}-pod`];
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', '-t', pidOf(runId, node), '--net', ...user, '--'];
}

/** The process of a node of the local driver, by its environment. */
function pidOf(runId: string, node: string): string {
  const wanted = [`SNOWGLOBE_SANDBOX=${runId}`, `SNOWGLOBE_WORKLOAD=${node}`];
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      return wanted.every((entry) => environment.includes(entry));
    } catch {
      return false; // ended meanwhile, or of another user
    }
  });
  if (found === undefined) throw new Error(`there is no process of ${node} in run ${runId}`);
  return found;
}
