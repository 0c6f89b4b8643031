/**
 * What this machine lacks for the local driver, and what the driver can do here.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { type Ability, CONTROLS } from '../../core/cluster.ts';
import type { Readiness } from '../../core/driver.ts';
import { problem, type Problem } from '../../core/errors.ts';
import { findPostgres, NO_POSTGRES } from '../agent/postgres-program.ts';
import { etcdVersion, namedEtcdProblems, NO_ETCD, restorerOf } from '../agent/etcd-program.ts';
import { lackingLinks } from '../agent/link-abilities.ts';
import { SLOW_SYNC_MISSING, trySlowSync } from '../agent/disks/slow-sync.ts';
import { clockAbilities } from '../agent/clocks/choose-clock.ts';
import { programAt } from '../agent/clocks/program.ts';
import { choiceProblems, LINKS_VARIABLE, NO_POSTGRES_ON_TCP, wantsTcpLinks } from './chosen-links.ts';
import { BLOCKS, claimAddress } from './loopback.ts';
import {
  findClockTools,
  findEtcd,
  findLibfaketime,
  findProgram,
  libfaketimeVersion,
  PROGRAMS,
  type Program,
} from './programs.ts';
import { prove } from './proof.ts';
import { PLAIN } from './sandbox-protocol.ts';
import type { Mode } from './sandbox.ts';

const NODE_MAJOR = 24;
const NAMESPACE_PROGRAMS: readonly Program[] = ['ip', 'nft', 'unshare', 'nsenter', 'mount'];
const PLAIN_PROGRAMS: readonly Program[] = ['setpriv'];

const GROUND_NOTES: Readonly<Record<Mode, string>> = {
  root: `namespaces as root (${LINKS_VARIABLE}=tcp does without, on TCP links)`,
  rootless: `namespaces without root, in a user namespace (${LINKS_VARIABLE}=tcp does without, on TCP links)`,
  [PLAIN]: `no namespaces (${LINKS_VARIABLE}=tcp): plain processes, TCP links on the loopback, etcd only`,
};

/** A link in user space can do everything to connections, and knows no packets. */
const LACKING_TCP_LINKS = {
  abilities: new Set<Ability>(['network.loss']),
  notes: ['TCP links lose nothing: the kernel would send it again before anybody in user space saw it'],
};

/** The first etcd with a JSON gateway at /v3. */
const ETCD_OLDEST = [3, 4] as const;

export async function readiness(): Promise<Readiness> {
  if (process.platform !== 'linux')
    return notReady([
      problem(`The local driver needs Linux, and this is ${process.platform}.`, 'Take --driver docker or sim.'),
    ]);
  const missing = [...choiceProblems(), ...missingParts(), ...namedEtcdProblems()];
  if (missing.length === 0) missing.push(...oldParts());
  if (missing.length > 0) return notReady(missing);
  const { mode, refusal, skews, links } = await prove();
  if (mode === undefined) return notReady([wantsTcpLinks() ? noLoopback(refusal) : noNamespaces(refusal)]);
  const etcd = findEtcd();
  const restores = etcd !== undefined && restorerOf(etcd) !== undefined;
  const lacking = mode === PLAIN ? LACKING_TCP_LINKS : lackingLinks(links);
  const { tools, note, slowSync } = await findClockTools(skews);
  const quickDisks = slowSync === undefined ? SLOW_SYNC_MISSING : await trySlowSync(slowSync);
  const clocks = clockAbilities(programAt(process.execPath), tools);
  const abilities = CONTROLS.filter(
    (ability) =>
      !lacking.abilities.has(ability) &&
      (ability !== 'coordinator.slow-disk' || quickDisks === undefined) &&
      (ability !== 'coordinator.restore' || restores) &&
      (!ability.startsWith('clock.') || clocks.has(ability)),
  );
  const noEtcd = etcdProblem(etcd);
  const noPostgres = mode === PLAIN ? NO_POSTGRES_ON_TCP : findPostgres() === undefined ? NO_POSTGRES : undefined;
  const versions = { ...programVersions(), ...(etcd !== undefined && { etcd: etcdVersion(etcd) }) };
  return {
    problems: [],
    abilities: new Set(abilities),
    lacksCoordinators: new Map([
      ...(noEtcd === undefined ? [] : [['etcd', noEtcd] as const]),
      ...(noPostgres === undefined ? [] : [['postgres', noPostgres] as const]),
    ]),
    notes: [
      GROUND_NOTES[mode],
      ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
      ...(restores || etcd === undefined
        ? []
        : ['no etcdctl or etcdutl beside etcd: no snapshot is restored (apt-get install etcd-client)']),
      ...lacking.notes,
      ...(quickDisks === undefined ? [] : [`disks of the coordinator cannot be slowed: ${quickDisks}`]),
      note,
      ...(skews ? [] : ['libfaketime does not move the clock of Node']),
    ],
  };
}

/** For the report: what a local cluster runs on, whatever coordinator it has. */
export function programVersions(): Record<string, string> {
  return {
    node: process.versions.node,
    libfaketime: libfaketimeVersion(findLibfaketime() as string),
    kernel: release(),
  };
}

function notReady(problems: readonly Problem[]): Readiness {
  return { problems, abilities: new Set(), notes: [] };
}

/** One problem for all of them: one command mends it. */
function missingParts(): Problem[] {
  const needed = wantsTcpLinks() ? PLAIN_PROGRAMS : NAMESPACE_PROGRAMS;
  const programs = needed.filter((name) => findProgram(name) === undefined);
  const library = findLibfaketime() === undefined;
  const names = [...programs, ...(library ? ['libfaketimeMT.so.1'] : [])];
  if (names.length === 0) return [];
  const packages = [...new Set([...programs.map((name) => PROGRAMS[name]), ...(library ? ['libfaketime'] : [])])];
  return [
    problem(
      `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not installed.`,
      `Run: apt-get install -y ${packages.join(' ')} (on other systems, the packages of these names).`,
    ),
  ];
}

function oldParts(): Problem[] {
  return Number(process.versions.node.split('.')[0]) < NODE_MAJOR
    ? [problem(`Node ${process.versions.node} is too old.`, `Run snowglobe with Node ${NODE_MAJOR} or newer.`)]
    : [];
}

/** Why no cluster can have this etcd; undefined: it can. */
function etcdProblem(etcd: string | undefined): Problem | undefined {
  if (etcd === undefined) return NO_ETCD;
  const version = etcdVersion(etcd);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < ETCD_OLDEST[0] || (major === ETCD_OLDEST[0] && minor < ETCD_OLDEST[1])
    ? problem(`etcd ${version} at ${etcd} is too old.`, `Install etcd ${ETCD_OLDEST.join('.')} or newer.`)
    : undefined;
}

function noLoopback(refusal: string): Problem {
  return problem(
    `Nobody can listen at ${claimAddress(BLOCKS.first)} here: ${refusal}.`,
    'All of 127.0.0.0/8 has to be on the loopback, as Linux has it; or take --driver docker or sim.',
  );
}

function noNamespaces(refusal: string): Problem {
  return problem(
    `Namespaces cannot be made here: ${refusal}.`,
    `${namespaceRemedy()} Or set ${LINKS_VARIABLE}=tcp: links are in user space then, and some faults are refused.`,
  );
}

/** Which switch of the kernel forbids it, as far as it tells. */
function namespaceRemedy(): string {
  const orRoot =
    'or run as root on the machine itself (a container needs --privileged), or take --driver docker or sim.';
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1')
    return `Run: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, ${orRoot}`;
  if (setting('kernel/unprivileged_userns_clone') === '0')
    return `Run: sysctl -w kernel.unprivileged_userns_clone=1, ${orRoot}`;
  if (setting('user/max_user_namespaces') === '0') return `Run: sysctl -w user.max_user_namespaces=10000, ${orRoot}`;
  return 'Run as root on the machine itself (a container needs --privileged), or take --driver docker or sim.';
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined; // this kernel has no such switch
  }
}
