/** Metrics may be left out; those that are there are what they say. */
import type { Judgement, Rule } from '../rule.ts';
import { failed, ok, unlessAny } from '../rule.ts';
import { soundRecords } from '../tap-files.ts';

const SAMPLE = /^(snowglobe_[a-z_]+)(?:\{(.*)\})? (\S+)$/;

export default {
  name: 'metrics',
  section: 'HTTP',
  says: 'A node may leave out any of these, or answer `404`: no verdict needs them.',
  needs: ['quiet'],
  judge({ quiet: { metrics, incarnation, node, tap } }): Judgement {
    const { reply, why } = metrics;
    if (reply?.status === 404) return ok('it has none, which is its right');
    if (reply?.status !== 200) return failed(`/metrics was answered with ${reply?.status ?? why}`);
    const lines = reply.body.toString().split('\n');
    const samples = lines.flatMap((line) => {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
      return name === undefined ? [] : [{ name, labels, value: Number(value) }];
    });
    const committed = soundRecords(tap).reduce((sum, { record }) => sum + record.count, 0);
    return unlessAny(
      samples.map(({ name, labels, value }) => {
        if (!labels.includes(`node="${node}"`) || !labels.includes(`incarnation="${String(incarnation)}"`))
          return `${name} has labels {${labels}}, and not node="${node}" and incarnation="${String(incarnation)}"`;
        return name === 'snowglobe_ids_minted_total' && value > committed
          ? `${name} is ${value}, and the tap has ${committed} IDs`
          : undefined;
      }),
      `${new Set(samples.map(({ name }) => name)).size} metrics with labels node and incarnation`,
    );
  },
} satisfies Rule<'quiet'>;
