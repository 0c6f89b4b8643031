/** Hooks as commands of `sh`, and the book of what is owed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { HookEnd, Hooks } from '../../core/hooks.ts';
import { killGroup, OWN_GROUP } from '../agent/own-group.ts';
import { keepOwed, owedBy } from './traces.ts';

/** Where commands find a folder for files of their own; it goes with the run. */
export const FOLDER_VARIABLE = 'SNOWGLOBE_HOOKS';
/** Of what a command says. */
const SAID_CHARACTERS = 400;
/** A sweep does not wait longer for a command that puts something right. */
const OWED_MS = 60_000;

export function hooksOf(runId: string, folder: string): Hooks {
  const change = (act: (owed: Map<string, string>) => void): void => {
    const owed = new Map(Object.entries(owedBy(runId)));
    act(owed);
    keepOwed(runId, Object.fromEntries(owed));
  };
  return {
    run: (command, timeoutMs) => runHook(command, folder, timeoutMs),
    owe: (key, command) => change((owed) => owed.set(key, command)),
    owes: (key) => owedBy(runId)[key] !== undefined,
    settle: (key) => change((owed) => owed.delete(key)),
  };
}

/** Runs all that a run still owes, and says what it ran. Throws where one did not end well, when all were tried: it is owed still. */
export async function payOwed(runId: string, folder: string): Promise<readonly string[]> {
  const hooks = hooksOf(runId, folder);
  const paid: string[] = [];
  const unpaid: string[] = [];
  for (const [key, command] of Object.entries(owedBy(runId))) {
    const { exit, said } = await hooks.run(command, OWED_MS);
    if (exit === 0) {
      hooks.settle(key);
      paid.push(`hook ${key}: ${command}`);
    } else
      unpaid.push(`the heal command of ${key} did not end well: ${command}${said === '' ? '' : ` (it said: ${said})`}`);
  }
  if (unpaid.length > 0) throw new Error(unpaid.join('; '));
  return paid;
}

async function runHook(command: string, folder: string, timeoutMs: number): Promise<HookEnd> {
  const child = spawn('sh', ['-c', command], {
    ...OWN_GROUP,
    env: { ...process.env, [FOLDER_VARIABLE]: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer): void => void (said = `${said}${chunk.toString()}`.slice(-SAID_CHARACTERS));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const timer = setTimeout(() => killGroup(child.pid), timeoutMs);
  // Its end, not that of its pipes: what it leaves running in the background may hold them.
  const [exit] = (await once(child, 'exit').finally(() => clearTimeout(timer))) as [number | null];
  return { exit: exit ?? undefined, said: said.trim() };
}
