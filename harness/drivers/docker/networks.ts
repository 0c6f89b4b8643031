/**
 * The two networks of a run. The data network carries the cluster's own traffic, which faults cut; the control network
 * carries the harness's, which no fault touches. They take addresses of 198.18.0.0/15 (RFC 2544), which no user's own
 * network has.
 */
import { randomInt } from 'node:crypto';
import { BlockList, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { environmentLacks } from '../../core/errors.ts';
import type { Docker } from './engine.ts';
import { statusOf } from './engine.ts';
import { partName } from './labels.ts';

export interface Networks {
  readonly control: string;
  readonly data: string;
  /**
   * Whether the control network's bridge is on this machine, as where the engine runs natively: then the harness reaches
   * pods by their addresses. A published port costs a process of the engine a third of what the node itself takes.
   */
  readonly controlIsHere: boolean;
  /** The first three numbers of the data network: `198.18.7`. */
  readonly dataPrefix: string;
}

/** A free /24 is drawn anew so many times: by then half of the block is taken. */
const DRAWS = 64;
const FIRST_NODE = 10;
const FIRST_MEMBER = 200;

/** One after the other: the engine takes several times as long for two at once. */
export async function createNetworks(docker: Docker, runId: string, labels: Record<string, string>): Promise<Networks> {
  const control = partName(runId, 'control');
  const data = partName(runId, 'data');
  const controlPrefix = await createNetwork(docker, { Name: control, Labels: labels, Internal: false }, '198.19');
  const controlIsHere = await isOwn(gatewayOf(controlPrefix));
  // Internal: the engine publishes ports on the control network alone, and the data network leads nowhere else.
  const dataPrefix = await createNetwork(docker, { Name: data, Labels: labels, Internal: true }, '198.18');
  return { control, data, controlIsHere, dataPrefix };
}

/** Fixed addresses, so that every member's command line is known before any container is. */
export const nodeAddress = (prefix: string, index: number): string => `${prefix}.${FIRST_NODE + index}`;
export const memberAddress = (prefix: string, index: number): string => `${prefix}.${FIRST_MEMBER + index}`;

const gatewayOf = (prefix: string): string => `${prefix}.1`;

async function createNetwork(
  docker: Docker,
  options: { readonly Name: string; readonly Labels: Record<string, string>; readonly Internal: boolean },
  block: string,
): Promise<string> {
  const taken = ownAddresses();
  for (let draw = 0; draw < DRAWS; draw++) {
    // Not the run's seed: two runs of one seed may live side by side.
    const prefix = `${block}.${randomInt(256)}`;
    if (taken.check(gatewayOf(prefix))) continue;
    try {
      await docker.createNetwork({
        ...options,
        Driver: 'bridge',
        CheckDuplicate: true,
        IPAM: { Driver: 'default', Config: [{ Subnet: `${prefix}.0/24`, Gateway: gatewayOf(prefix) }] },
      });
      return prefix;
    } catch (error) {
      if (statusOf(error) !== 403) throw error;
    }
  }
  throw environmentLacks(
    `No free network was found in ${block}.0.0/16 in ${DRAWS} draws.`,
    'Remove networks that are not in use: `docker network prune`, `snowglobe heal`.',
  );
}

/** Whether this machine has the address, be it on a bridge without a member yet, which the list of its interfaces leaves out. */
function isOwn(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port: 0 }, () => server.close(() => resolve(true)));
  });
}

function ownAddresses(): BlockList {
  const taken = new BlockList();
  for (const { cidr, family } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) {
    const [address, bits] = (cidr ?? '').split('/');
    if (family === 'IPv4' && address !== undefined && bits !== undefined) taken.addSubnet(address, Number(bits));
  }
  return taken;
}
