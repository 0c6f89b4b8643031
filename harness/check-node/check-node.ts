/**
 * Checks a command against the rules of generators/PROTOCOL.md, from outside: carries out the acts that the rules need and
 * lets each rule judge by what was seen.
 */
import { messageOf } from '../core/errors.ts';
import { ACTS } from './acts.ts';
import { Bench, NotSeen } from './bench.ts';
import type { Setting } from './bench.ts';
import type { Evidence } from './evidence.ts';
import type { Judgement, Rule } from './rule.ts';
import { notJudged, SECTIONS } from './rule.ts';

export type Judged = Pick<Rule, 'name' | 'section' | 'says'> & Judgement;

/** Whether all rules were kept; `unknown`: none was broken, and of some nobody can tell. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** Rules in the order of PROTOCOL.md. `tell` is called with each as it is judged. Rejects with the signal's reason. */
export async function checkNode(
  setting: Setting,
  rules: Iterable<Rule>,
  signal: AbortSignal,
  tell: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  using bench = new Bench(setting, ACTS);
  const interrupt = (): void => bench.killAll();
  signal.addEventListener('abort', interrupt);
  const all: Judged[] = [];
  try {
    for (const rule of inOrder(rules)) {
      const judgement = await judge(rule, bench);
      signal.throwIfAborted();
      const { name, section, says } = rule;
      const judged = { name, section, says, ...judgement };
      all.push(judged);
      tell(judged);
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
  return all;
}

export function verdictOf(all: readonly Pick<Judgement, 'verdict'>[]): Verdict {
  if (all.some(({ verdict }) => verdict === 'failed')) return 'fail';
  return all.length > 0 && all.every(({ verdict }) => verdict === 'ok') ? 'pass' : 'unknown';
}

function inOrder(rules: Iterable<Rule>): readonly Rule[] {
  const place = ({ section }: Rule): number => SECTIONS.indexOf(section);
  return [...rules].toSorted((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

async function judge(rule: Rule, bench: Bench): Promise<Judgement> {
  const needs = new Set(rule.needs);
  // A command that does not come up is waited for once, and not by every act.
  if (!needs.has('start') && !(await bench.see('start')).served) return notJudged('it does not serve');
  const seen: Partial<Record<keyof Evidence, unknown>> = {};
  for (const need of needs) {
    try {
      seen[need] = await bench.see(need);
    } catch (error) {
      if (error instanceof NotSeen) return notJudged(messageOf(error));
      throw error;
    }
  }
  return rule.judge(seen as Evidence);
}
