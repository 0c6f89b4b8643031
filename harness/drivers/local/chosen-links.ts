/**
 * What the links of a local cluster are made of, as the user chose: network namespaces, which need root or a user
 * namespace, or TCP links in user space, which need neither and can do less.
 */
import { problem, type Problem } from '../../core/errors.ts';
import type { NodeKind } from '../../core/generator.ts';
import { hasPlace } from '../../core/template.ts';

/** The environment variable by which they are chosen. */
export const LINKS_VARIABLE = 'SNOWGLOBE_LOCAL_LINKS';

const CHOICES = ['namespaces', 'tcp'] as const;

/** Namespaces, where nothing was chosen. */
export function wantsTcpLinks(): boolean {
  return process.env[LINKS_VARIABLE] === 'tcp';
}

/** Told before anything starts, and by a launch that nobody asked for readiness before. */
export const NO_POSTGRES_ON_TCP = problem(
  'Without network namespaces the local driver starts no PostgreSQL.',
  `Unset ${LINKS_VARIABLE}, or take --driver docker or sim.`,
);

/**
 * Nodes that would all listen at one port of this machine, each at whatever address it likes: one would be asked in place of
 * another. Undefined: they do not.
 */
export function sharedPortProblem(node: NodeKind, nodes: number): Problem | undefined {
  if (node.kind !== 'service' || node.ask.over !== 'http' || node.ask.port === undefined || nodes < 2) return undefined;
  const told = [...(node.command ?? []), ...Object.values(node.environment ?? {})];
  if (told.some((template) => hasPlace(template, 'host'))) return undefined;
  return problem(
    `Without network namespaces all nodes are on one machine, and each would listen at its port ${node.ask.port}.`,
    `Let the service listen at {port}, or at {host} alone; or unset ${LINKS_VARIABLE}, or take --driver docker.`,
  );
}

/** What is wrong with the choice, if anything is. */
export function choiceProblems(): readonly Problem[] {
  const chosen = process.env[LINKS_VARIABLE] ?? '';
  return chosen === '' || CHOICES.some((choice) => choice === chosen)
    ? []
    : [problem(`${LINKS_VARIABLE} is "${chosen}".`, `Set it to ${CHOICES.join(' or ')}, or unset it.`)];
}
