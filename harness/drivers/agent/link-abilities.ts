/**
 * What the kernel can do to links beyond dropping all that comes: tried on throw-away rules and qdiscs, because neither
 * its version nor its modules tell.
 */
import type { Ability } from '../../core/cluster.ts';
import { HANDLE } from './link-rules.ts';

/** Ability, the shell commands that succeed where it is there, and what is missing where they fail. */
const TRIES: readonly { readonly ability: Ability; readonly commands: string; readonly lacks: string }[] = [
  {
    ability: 'network.loss',
    commands: `nft 'add table inet try; add chain inet try c; add rule inet try c numgen random mod 100 < 5 drop'`,
    lacks: 'the kernel has no nft_numgen: no loss',
  },
  {
    ability: 'network.reset',
    commands: `nft 'add table inet try; add chain inet try i { type filter hook input priority 0; }; add rule inet try i meta l4proto tcp reject with tcp reset'`,
    lacks: 'the kernel has no nft_reject_inet: no resets of links',
  },
  {
    ability: 'network.bandwidth',
    commands: classWith(1, 'tbf rate 1mbit burst 3000 latency 400ms'),
    lacks: 'no tc, or a kernel without sch_htb and sch_tbf: no limits of bandwidth',
  },
  {
    ability: 'network.delay',
    commands: classWith(2, 'netem delay 1ms'),
    lacks:
      'no tc, or a kernel without sch_htb and sch_netem: no latency (modprobe sch_netem, where there is such a module)',
  },
];

function classWith(minor: number, qdisc: string): string {
  return [
    `{ tc qdisc del dev lo root || true; }`,
    `tc qdisc add dev lo root handle ${HANDLE}: htb`,
    `tc class add dev lo parent ${HANDLE}: classid ${HANDLE}:${minor} htb rate 10gbit quantum 60000`,
    `tc qdisc add dev lo parent ${HANDLE}:${minor} ${qdisc}`,
  ].join(' && ');
}

/** A shell script for a throw-away network namespace: prints a line with the names of what works. */
export const TRY_LINKS = [
  ...TRIES.map(({ ability, commands }) => `if { ${commands}; } >/dev/null 2>&1; then printf '%s ' ${ability}; fi`),
  'echo',
].join('\n');

/** What such a line leaves out: the abilities that are not there, and a note on each for `doctor`. */
export function lackingLinks(line: string): {
  readonly abilities: ReadonlySet<Ability>;
  readonly notes: readonly string[];
} {
  const works = line.split(' ');
  const lacking = TRIES.filter(({ ability }) => !works.includes(ability));
  return { abilities: new Set(lacking.map(({ ability }) => ability)), notes: lacking.map(({ lacks }) => lacks) };
}
