/** Waits until the members of a cluster answer, and says why one does not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Member } from '../../core/cluster.ts';
import { badInput, environmentLacks, messageOf } from '../../core/errors.ts';
import { AgentNode } from '../agent/agent-cluster.ts';
import { generatorFault } from '../agent/last-words.ts';

const POLL_MS = 25;

export interface UpContext {
  readonly withinMs: number;
  /** For messages. */
  readonly generator: string;
  /** It is code for the shell, which the simulator runs too. */
  readonly isCode: boolean;
  /** The user's image that runs in nodes. */
  readonly image: string | undefined;
  readonly logFolder: string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Asks until there is an answer. A process that ended will never answer, and its log says why. */
export async function untilUp(member: Member, ask: () => Promise<unknown>, context: UpContext): Promise<void> {
  const giveUp = performance.now() + context.withinMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const ended = !(await member.process.alive());
      if (ended || performance.now() > giveUp)
        throw await whyNotUp(member, ended ? 'ended' : `does not answer (${messageOf(error)})`, context);
    }
    await context.sleep(POLL_MS);
  }
}

async function whyNotUp(
  member: Member,
  how: string,
  { generator, isCode, image, logFolder }: UpContext,
): Promise<Error> {
  const { name } = member;
  const fault = generatorFault(await readLog(logFolder, name), generator);
  if (fault !== undefined) return fault;
  const log = join(logFolder, `${name}.log`);
  if (image !== undefined && member instanceof AgentNode && how === 'ended')
    return badInput(
      `ended before it served: ${(await member.lastWords()) ?? 'in order'}.`,
      `See that it runs by itself (docker run --rm ${image}), or correct command and environment of the generator. Its whole log is ${log}.`,
      image,
    );
  return environmentLacks(
    `${name} ${how}: ${await lastLines(logFolder, name)}`,
    `Its whole log is in the file.${isCode ? ' If it is the generator that fails, try it with --driver sim.' : ''}`,
    log,
  );
}

async function lastLines(logFolder: string, name: string): Promise<string> {
  return (await readLog(logFolder, name)).trim().split('\n').slice(-8).join('\n');
}

const readLog = (logFolder: string, name: string): Promise<string> => readFile(join(logFolder, `${name}.log`), 'utf8');
