/**
 * Proves on throw-away parts what this machine can do: makes a sandbox with a pod and an nft rule in it, and skews the
 * clock of a Node process there; or listens at an address of the loopback, where the user wants no namespaces. Nothing of
 * it stays.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { faketimeText, libfaketime } from '../agent/clocks/libfaketime.ts';
import { TRY_LINKS } from '../agent/link-abilities.ts';
import { outputOf, ProgramFailed } from '../agent/own-group.ts';
import { wantsTcpLinks } from './chosen-links.ts';
import { claimAddress, BLOCKS } from './loopback.ts';
import { SEARCH_PATH, findLibfaketime } from './programs.ts';
import { PLAIN } from './sandbox-protocol.ts';
import { unshareCommand, type Mode } from './sandbox.ts';

export interface Proof {
  /** How sandboxes can be made here, or undefined: they cannot. */
  readonly mode: Mode | undefined;
  /** Why not, in the words of the tools; empty when they can. */
  readonly refusal: string;
  /** Whether libfaketime moves the clock of a Node process. */
  readonly skews: boolean;
  /** The line that TRY_LINKS printed. */
  readonly links: string;
}

type NamespaceMode = Exclude<Mode, typeof PLAIN>;

const SKEW_MS = -86_400_000;
const CLOCK_TEXT = faketimeText({ offsetMs: SKEW_MS, rate: 1 }, 0);
const TOLERANCE_MS = 60_000;
const PROOF_MS = 10_000;

/** The steps by which a real sandbox is made, then a skewed clock is read. The first line of output says the first part worked. */
const SCRIPT = `
set -e
mount -t tmpfs snowglobe /run
mount -t tmpfs snowglobe /dev/shm
ip netns add probe
ip link add probe type veth peer name eth0 netns probe
ip link add br0 type bridge
ip link set probe master br0
nsenter --net=/run/netns/probe nft 'add table inet snowglobe; add set inet snowglobe cut { type ipv4_addr; flags timeout; }'
echo sandbox
${TRY_LINKS}
printf '%s\\n' "$1" >/run/clock
shift
exec env "$@"
`;

let proved: Promise<Proof> | undefined;

/** Proved once in the life of this process. */
export function prove(): Promise<Proof> {
  return (proved ??= wantsTcpLinks()
    ? tryPlain()
    : firstThatWorks(process.getuid?.() === 0 ? ['root', 'rootless'] : ['rootless']));
}

/** Root in a container without its capabilities may still be allowed a user namespace. */
async function firstThatWorks(modes: readonly NamespaceMode[]): Promise<Proof> {
  const refusals = [];
  for (const mode of modes) {
    const proof = await tryMode(mode);
    if (proof.mode !== undefined) return proof;
    refusals.push(proof.refusal);
  }
  return { mode: undefined, refusal: refusals.join('; '), skews: false, links: '' };
}

async function tryMode(mode: NamespaceMode): Promise<Proof> {
  const script = ['sh', '-c', SCRIPT, 'proof', CLOCK_TEXT, ...clockReader('/run/clock')];
  const { output, complaints } = await saidBy([...unshareCommand(mode), ...script]);
  const [sandbox, links = '', clock] = output.split('\n');
  if (sandbox !== 'sandbox')
    return { mode: undefined, refusal: complaints.trim() || 'unshare says nothing', skews: false, links: '' };
  return { mode, refusal: '', skews: isSkewed(clock), links };
}

async function tryPlain(): Promise<Proof> {
  const refusal = await listenAt(claimAddress(BLOCKS.first));
  if (refusal !== undefined) return { mode: undefined, refusal, skews: false, links: '' };
  const folder = mkdtempSync(join(tmpdir(), 'snowglobe-proof-'));
  try {
    const file = join(folder, 'clock');
    writeFileSync(file, `${CLOCK_TEXT}\n`);
    const { output } = await saidBy(['env', ...clockReader(file)]);
    return { mode: PLAIN, refusal: '', skews: isSkewed(output), links: '' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Why nobody can listen at an address; undefined: somebody can. */
function listenAt(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => resolve(error.message));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(undefined)));
  });
}

/** What comes after `env` so that the wall clock of Node is printed as it is under the setting of a file. */
function clockReader(settingFile: string): readonly string[] {
  const library = findLibfaketime();
  const skewed = library === undefined ? undefined : libfaketime.wrap(library, settingFile);
  return [
    ...Object.entries(skewed?.environment ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(skewed?.prefix ?? []),
    process.execPath,
    '-p',
    'Date.now()',
  ];
}

function isSkewed(clock: string | undefined): boolean {
  return Math.abs(Number(clock) - (Date.now() + SKEW_MS)) < TOLERANCE_MS;
}

/** What a program said, also where it ended badly. */
async function saidBy([program, ...args]: readonly [string, ...string[]]): Promise<{
  readonly output: string;
  readonly complaints: string;
}> {
  try {
    const output = await outputOf(program, args, { env: { PATH: SEARCH_PATH }, timeout: PROOF_MS });
    return { output, complaints: '' };
  } catch (error) {
    return error instanceof ProgramFailed
      ? { output: error.stdout, complaints: error.stderr }
      : { output: '', complaints: messageOf(error) };
  }
}
