/**
 * The links of a pod, in the hands of its agent: it holds what was asked under each key, and the kernel holds the union,
 * in a table and qdiscs of its own.
 */
import { spawn } from 'node:child_process';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { LinkRules, Troubled } from './link-rules.ts';
import { HANDLE, linkRules, NO_TABLE, renewalScript, shapeBatch, tableScript } from './link-rules.ts';

/** What was asked heals by itself this long after its last renewal: the answer to an agent that was killed or stopped. */
const LASTS_S = 5;

export class Links {
  #byKey: ReadonlyMap<string, Troubled> = new Map();
  #rules: LinkRules = linkRules([]);
  /** The interfaces that have a qdisc of this agent. */
  readonly #slowed = new Set<string>();
  #turn: Promise<void> = Promise.resolve();

  /** Begins with nothing, whatever an earlier agent left. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      for (const device of Object.keys(networkInterfaces())) await removeOwnQdisc(device);
      await nft(tableScript(this.#rules, LASTS_S));
    });
  }

  /** Replaces what was asked under this key; no address takes it away. */
  set(key: string, asked: Troubled): Promise<void> {
    const wrong = asked.addresses.find((address) => !isIPv4(address));
    if (wrong !== undefined) return Promise.reject(new Error(`"${wrong}" is no IPv4 address`));
    return this.#change((byKey) => (asked.addresses.length === 0 ? byKey.delete(key) : byKey.set(key, asked)));
  }

  mend(key: string): Promise<void> {
    return this.#change((byKey) => byKey.delete(key));
  }

  clear(): Promise<void> {
    return this.#change((byKey) => byKey.clear());
  }

  /** Starts all timeouts anew. */
  renew(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#rules.sets.size > 0) await nft(renewalScript(this.#rules, LASTS_S));
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await nft(NO_TABLE);
      for (const device of this.#slowed) await removeOwnQdisc(device);
    });
  }

  /** What is remembered changes only when the kernel has taken it. */
  #change(change: (byKey: Map<string, Troubled>) => void): Promise<void> {
    return this.#inTurn(async () => {
      const byKey = new Map(this.#byKey);
      change(byKey);
      const rules = linkRules([...byKey.values()]);
      // First the classes, then the rules that send packets through them.
      if (JSON.stringify(rules.shapes) !== JSON.stringify(this.#rules.shapes)) await this.#reshape(rules);
      await nft(tableScript(rules, LASTS_S));
      this.#byKey = byKey;
      this.#rules = rules;
    });
  }

  async #reshape({ shapes }: LinkRules): Promise<void> {
    // Rules that name a class which is gone let packets pass at full speed: for the moment that this takes.
    for (const device of this.#slowed) await removeOwnQdisc(device);
    this.#slowed.clear();
    for (const [device, there] of Map.groupBy(shapes, ({ address }) => deviceTo(address))) {
      await tc(shapeBatch(device, there));
      this.#slowed.add(device);
    }
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined); // the one who asked hears of it
    return done;
  }
}

/** The interface in whose network an address lies. */
function deviceTo(address: string): string {
  for (const [device, own = []] of Object.entries(networkInterfaces()))
    for (const { family, cidr } of own) {
      const [network, bits] = (cidr ?? '').split('/');
      if (family !== 'IPv4' || network === undefined || bits === undefined) continue;
      const subnet = new BlockList();
      subnet.addSubnet(network, Number(bits));
      if (subnet.check(address)) return device;
    }
  throw new Error(`no interface of this pod leads straight to ${address}`);
}

/** A root qdisc with another handle is somebody else's. A machine without tc has none of ours. */
async function removeOwnQdisc(device: string): Promise<void> {
  const shown = await run('tc', ['qdisc', 'show', 'dev', device]).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (shown.split('\n').some((line) => line.startsWith(`qdisc htb ${HANDLE}: root`)))
    await run('tc', ['qdisc', 'del', 'dev', device, 'root']);
}

/** One script, which the kernel takes as a whole or not at all. */
const nft = (script: string): Promise<unknown> => run('nft', ['-f', '-'], script);
/** One command after the other, until one fails. */
const tc = (batch: string): Promise<unknown> => run('tc', ['-batch', '-'], batch);

function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${program}: ${errors.trim() || `exit ${code}`}`)),
    );
    child.stdin.on('error', () => undefined); // a program that ended early tells why on stderr
    child.stdin.end(input);
  });
}
