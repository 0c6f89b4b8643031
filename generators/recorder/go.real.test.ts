/** A service of Go behind the recorder: a module as it is published, in a static program. */
import { beforeAll, expect, test } from 'vitest';
import type { ServiceNode } from '../../harness/core/node-program.ts';
import { vdso } from '../../harness/drivers/agent/clocks/vdso.ts';
import { builtProgram } from './built-for-tests.ts';
import { isTapped, LAYOUT, RecordedNode } from './recorded-node-for-tests.ts';
import { expectSkewed } from './skewed-service-for-tests.ts';

let service: ServiceNode;
beforeAll(() => {
  service = {
    kind: 'service',
    command: [builtProgram('go-snowflake', 'go'), '{host}:{port}'],
    environment: { WORKER_ID: '{worker}' },
    ask: { over: 'http', health: '/healthz', path: '/id', ids: 'json:/data/id' },
  };
});

test('IDs come whole, each with the worker ID that its process was handed', async () => {
  await using node = await RecordedNode.serving(service, LAYOUT, { SNOWGLOBE_OPTIONS: '{"workerId":1023}' });
  const answers = await Promise.all(Array.from({ length: 200 }, () => node.ids(1)));
  expect(answers.every(({ status, ids }) => status === 200 && ids.length === 1)).toBe(true);
  expect(isTapped(node, answers)).toBe(true);
  const ids = answers.flatMap((answer) => answer.ids);
  expect(new Set(ids).size).toBe(200);
  expect(ids.every((id) => ((id >> 12n) & 1023n) === 1023n)).toBe(true);
});

// This module reads the wall clock once, when it begins, and goes on by the monotonic clock.
test.runIf(process.arch === 'x64')('it begins with the clock of its node', () => expectSkewed(service, vdso, false));
