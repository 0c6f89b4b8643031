/**
 * The part of SOCKS 5 (RFC 1928) by which etcd opens connections to its peers: no authentication, CONNECT to an IPv4
 * address. A member of etcd is called by one and the same URL by everybody, so who calls has to be told in another way:
 * each member has a proxy of its own.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const CONNECT = 1;
const IPV4 = 1;
/** Of a request with an IPv4 address: four bytes before it, and a port after it. */
const REQUEST_BYTES = 10;

/** What a reply says. */
const REPLY = { succeeded: 0, refused: 5, notSupported: 7 } as const;

/** Resolves to what the client wants to be connected to, and leaves the socket paused; rejects when it speaks otherwise. */
export async function readRequest(client: Socket): Promise<{ readonly address: string; readonly port: number }> {
  const [version, methods = 0] = await read(client, 2);
  if (version !== VERSION) throw new Error('not SOCKS 5');
  await read(client, methods);
  client.write(Buffer.from([VERSION, NO_AUTHENTICATION]));
  const request = await read(client, REQUEST_BYTES);
  if (request[1] !== CONNECT || request[3] !== IPV4) {
    client.end(reply(REPLY.notSupported));
    throw new Error('not a CONNECT to an IPv4 address');
  }
  return { address: request.subarray(4, 8).join('.'), port: request.readUInt16BE(8) };
}

/** Tells the client that it is connected. What follows is its own. */
export const accept = (client: Socket): boolean => client.write(reply(REPLY.succeeded));

/** Tells the client that nobody listens, and ends the connection. */
export const refuse = (client: Socket): unknown => client.end(reply(REPLY.refused));

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0]);
}

async function read(client: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk = client.read(bytes) as Buffer | null;
    if (chunk !== null && chunk.length === bytes) return chunk;
    if (client.readableEnded || client.destroyed) throw new Error('ended before its request');
    await once(client, 'readable');
  }
}
