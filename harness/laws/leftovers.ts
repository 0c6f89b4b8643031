/** Everything of a run that could stay behind on this machine, seen from outside: for tests. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Containers, networks, processes and namespaces that carry the run's ID, and rules of snowglobe in this namespace. */
export function leftoversOf(runId: string): readonly string[] {
  return [...containers(runId), ...processes(runId), ...namespaces(runId), ...rules()];
}

function containers(runId: string): readonly string[] {
  const list = (...args: string[]): readonly string[] =>
    lines('docker', [...args, '--filter', `label=snowglobe.run=${runId}`, '--format', '{{.ID}}']);
  return [...list('ps', '-a').map((id) => `container ${id}`), ...list('network', 'ls').map((id) => `network ${id}`)];
}

/** Processes whose command line or environment names the run; this test and its own children do not. */
function processes(runId: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`].some((file) => read(file).includes(runId)))
    .map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

function namespaces(runId: string): readonly string[] {
  return lines('ip', ['netns', 'list'])
    .filter((line) => line.includes(runId))
    .map((line) => `namespace ${line}`);
}

function rules(): readonly string[] {
  return lines('nft', ['list', 'tables']).filter((line) => line.includes('snowglobe'));
}

function lines(command: string, args: readonly string[]): readonly string[] {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // No such program here, or no right to ask: then there is nothing of this kind.
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
