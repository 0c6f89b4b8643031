/** A plan as Markdown, for a pull request or a wiki. */
import type { CapacityPlan } from '../../harness/plan/capacity-plan.ts';
import { answersOf, headlineOf } from '../../harness/plan/answers.ts';
import type { Answer, Tone } from '../../harness/plan/answers.ts';
import type { PlanReporter } from '../../harness/plan/plan-reporter.ts';
import type { Block, Cell } from './page/document.ts';
import { sectionsOf, subject } from './page/document.ts';

export default {
  name: 'markdown',
  render: (plan) => ({ file: `${plan.name}.md`, content: page(plan) }),
} satisfies PlanReporter;

const MARK: Readonly<Record<Tone, string>> = { good: '✔ ', bad: '✘ ', unsure: '! ', plain: '' };

function page(plan: CapacityPlan): string {
  const { text, tone } = headlineOf(plan);
  const parts = [
    `# Capacity of ${plain(plan.name)}`,
    `**${MARK[tone]}${plain(text)}** – ${plain(subject(plan))}.`,
    answersOf(plan).map(line).join('\n'),
    ...sectionsOf(plan).flatMap(({ title, blocks }) => [`## ${plain(title)}`, ...blocks.map(block)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function line({ question, answer, because, tone }: Answer): string {
  return `- ${MARK[tone]}**${plain(question)}**: ${plain(answer)}. ${plain(because)}`;
}

function block(of: Block): string {
  if ('text' in of) return plain(of.text);
  if ('code' in of) {
    const fence = '`'.repeat(Math.max(3, ...[...of.code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
    return `\`${of.file}\`\n\n${fence}yaml\n${of.code}${fence}`;
  }
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(of.head.map(({ text }) => plain(text))),
    row(of.head.map(({ number }) => (number === true ? '---:' : '---'))),
    ...of.rows.map((cells) => row(cells.map(cell))),
  ].join('\n');
}

function cell({ text, note, tone = 'plain' }: Cell): string {
  const mark = tone === 'good' ? '' : MARK[tone];
  return `${mark}${plain(text)}${note === undefined ? '' : ` (${plain(note)})`}`;
}

/** Text that is text: names of runs and machines come from elsewhere, and are hostile input. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\\`*_{}[\]<>|~&]/g, String.raw`\$&`);
}
