/** A port that nobody listens at. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** At any address, by the kernel's choice; somebody else may take it before it is used, and then the service says so. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
