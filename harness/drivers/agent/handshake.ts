/** Opening a TCP connection to see whether that can be done. */
import { connect } from 'node:net';
import type { Handshake } from '../../core/trouble.ts';

/** By what a connection proves to be one with the far end, and which errors are a reset by somebody. */
export interface HandshakeSigns {
  readonly accepted: 'connect' | 'data';
  readonly reset: readonly string[];
}

/** Opens a connection, waits for the sign or for `timeoutMs`, and closes it. */
export function handshake(
  address: string,
  port: number,
  timeoutMs: number,
  { accepted, reset }: HandshakeSigns,
): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (how: Handshake): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(how);
    };
    const timer = setTimeout(() => end('no answer'), timeoutMs);
    socket.on(accepted, () => end('accepted'));
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => end(reset.includes(code) ? 'reset' : 'no answer'));
  });
}
