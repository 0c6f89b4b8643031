/**
 * Published generators, unmodified, each through each of its scenarios: what its file says that comes out has to come out,
 * and nothing else. One whose toolchain is not here is told, and proves nothing.
 */
import { build } from '../fleet/build.ts';
import { fleetMembers } from '../fleet/members.ts';
import { isSurprise, runOnce } from '../fleet/run-once.ts';
import type { Trial } from './trial.ts';

/** `these`: 1, 2, …, places in the list of all generators with their scenarios. */
export async function* fleetThroughScenarios(these: readonly number[]): AsyncIterable<Trial> {
  const members = await fleetMembers();
  const all = members.flatMap(({ generator: { name }, published }) =>
    published.trials.map((trial) => ({ name, trial, toolchain: published.toolchain })),
  );
  const built = new Map<string, string | undefined>();
  for (const place of these) {
    const one = all[place - 1];
    if (one === undefined) return;
    const { name, trial, toolchain } = one;
    const generator = `${name} through ${trial.scenario}`;
    if (!built.has(toolchain))
      built.set(
        toolchain,
        build(toolchain, (line) => process.stderr.write(`${line}\n`)),
      );
    const missing = built.get(toolchain);
    if (missing !== undefined) {
      yield { generator, seed: String(place), verdict: 'unknown', broken: [], doubts: [missing] };
      continue;
    }
    const outcome = runOnce(name, trial.scenario);
    const broken = outcome.broken.map(({ what }) => what);
    const cameOut = { generator, seed: outcome.seed, doubts: outcome.doubts };
    if (outcome.verdict === 'unknown') yield { ...cameOut, verdict: 'unknown', broken };
    else if (isSurprise(trial, outcome))
      yield { ...cameOut, verdict: 'fail', broken: [`came out otherwise: ${broken.join(', ') || 'kept all'}`] };
    else
      yield {
        ...cameOut,
        verdict: 'pass',
        broken: [],
        remark: broken.length === 0 ? 'kept its promises' : `broke ${broken.join(', ')}, as known`,
      };
  }
}
