/** A port that nobody listens at. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Free a moment ago: somebody else may take it before it is used. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
