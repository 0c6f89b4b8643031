/**
 * What the kernel can do to links beyond dropping all that comes: tried on throw-away rules and qdiscs, because neither
 * its version nor its modules tell.
 */
import type { Ability } from '../../core/cluster.ts';
import { HANDLE } from './link-rules.ts';

const CLEAR_ROOT = '{ tc qdisc del dev lo root || true; }';

/** What shaping of links stands on, by the word that the trial prints where it is there. */
const HTB = 'sch_htb';
const GROUND: Readonly<Record<string, string>> = {
  tc: 'command -v tc',
  [HTB]: [CLEAR_ROOT, rootHtb()].join(' && '),
};

/**
 * Ability, the shell commands that succeed where it is there, and what is missing where they fail; `shapedBy`: the module
 * of the kernel that is to be there beside tc and sch_htb.
 */
const TRIES: readonly {
  readonly ability: Ability;
  readonly commands: string;
  readonly lacks: string;
  readonly shapedBy?: string;
}[] = [
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
    lacks: 'no limits of bandwidth',
    shapedBy: 'sch_tbf',
  },
  {
    ability: 'network.delay',
    commands: classWith(2, 'netem delay 1ms'),
    lacks: 'no latency',
    shapedBy: 'sch_netem',
  },
];

function classWith(minor: number, qdisc: string): string {
  return [
    CLEAR_ROOT,
    rootHtb(),
    `tc class add dev lo parent ${HANDLE}: classid ${HANDLE}:${minor} htb rate 10gbit quantum 60000`,
    `tc qdisc add dev lo parent ${HANDLE}:${minor} ${qdisc}`,
  ].join(' && ');
}

function rootHtb(): string {
  return `tc qdisc add dev lo root handle ${HANDLE}: htb`;
}

function printsIf(word: string, commands: string): string {
  return `if { ${commands}; } >/dev/null 2>&1; then printf '%s ' ${word}; fi`;
}

/** A shell script for a throw-away network namespace: prints a line with the names of what works. */
export const TRY_LINKS = [
  ...Object.entries(GROUND).map(([word, commands]) => printsIf(word, commands)),
  ...TRIES.map(({ ability, commands }) => printsIf(ability, commands)),
  'echo',
].join('\n');

/** What such a line leaves out: the abilities that are not there, and a note on each for `doctor`. */
export function lackingLinks(line: string): {
  readonly abilities: ReadonlySet<Ability>;
  readonly notes: readonly string[];
} {
  const works = line.split(' ');
  const lacking = TRIES.filter(({ ability }) => !works.includes(ability));
  return {
    abilities: new Set(lacking.map(({ ability }) => ability)),
    notes: lacking.map(({ lacks, shapedBy }) =>
      shapedBy === undefined ? lacks : `${noShaping(shapedBy, works)}: ${lacks}`,
    ),
  };
}

/** The first that is missing: what stands on it cannot be tried. */
function noShaping(module: string, works: readonly string[]): string {
  if (!works.includes('tc')) return 'there is no tc (iproute2)';
  const missing = works.includes(HTB) ? module : HTB;
  return `tc is there, and the kernel has no ${missing} (modprobe ${missing}, where there is such a module)`;
}
