/** `flake-idgen`, with a callback: its documentation says that only so it waits for the clock and for the next tick. */
import { createRequire } from 'node:module';
import { NPM } from '../fleet.ts';

type Done = (error: Error | null, id: Buffer) => void;
type FlakeId = new (options: { readonly id: number }) => { next(done: Done): void };

export function create({ worker }: { readonly worker: number }): () => Promise<Buffer> {
  const Flake = createRequire(NPM)('flake-idgen') as FlakeId;
  const flake = new Flake({ id: worker });
  return () =>
    new Promise((resolve, reject) => {
      flake.next((error, id) => (error === null ? resolve(id) : reject(error)));
    });
}
