/**
 * A generator and a scenario outside the repository, in an otherwise empty folder with a `node_modules` of its own: what a
 * user would bring. The generator resets its sequence at each call, so that calls within a millisecond repeat IDs.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeOutside(folder: string): { readonly generator: string; readonly scenario: string } {
  const library = join(folder, 'node_modules', 'one-epoch');
  mkdirSync(library, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(library, 'package.json'), '{ "name": "one-epoch", "type": "module", "exports": "./index.js" }');
  writeFileSync(join(library, 'index.js'), 'export const EPOCH_MS = 1704067200000;');
  const generator = join(folder, 'mine.ts');
  writeFileSync(generator, MINE);
  const scenario = join(folder, 'brief.json');
  cpSync(join(import.meta.dirname, 'fixtures/brief.json'), scenario);
  return { generator, scenario };
}

const MINE = `
import { EPOCH_MS } from 'one-epoch';

interface Env { wallMs(): number; host: { name: string } }

export default {
  name: 'mine',
  summary: 'a static worker ID by the name of the host, and a sequence that begins anew with each call',
  promises: [{ guarantee: 'unique' }, { guarantee: 'well-formed' }],
  layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: EPOCH_MS },
  node: {
    kind: 'shell',
    create(env: Env) {
      const workerId = Number(env.host.name.slice(1)) - 1;
      return {
        mint(into: BigUint64Array, count: number): number {
          for (let i = 0; i < count; i++)
            into[i] = (BigInt(env.wallMs() - EPOCH_MS) << 22n) | (BigInt(workerId) << 12n) | BigInt(i);
          return count;
        },
        holding: () => ({ workerId }),
        close: () => Promise.resolve(),
      };
    },
  },
};
`;
