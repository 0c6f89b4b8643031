import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import type { SloRecord } from '../core/slo.ts';
import { scenarioSchema } from '../core/scenario.ts';
import { GATHERED } from '../core/scope.ts';
import { NS_PER_S } from '../core/time.ts';
import { verdictText } from './verdict-text.ts';

function finding(
  guarantee: Finding['guarantee'],
  more: Partial<Run['findings'][number]> = {},
): Run['findings'][number] {
  return {
    guarantee,
    promised: true,
    verdict: 'pass',
    checked: 4_812_345,
    unit: 'IDs',
    violations: 0,
    outsideAssumptions: 0,
    undecided: 0,
    witnesses: [],
    ...more,
  };
}

const scenario = scenarioSchema.parse({
  name: 'storm',
  question: 'Does it hold?',
  generator: 'snowflake',
  cluster: { nodes: 4, coordinatorMembers: 3 },
  pool: 3,
  load: { idsPerSecond: 20_000, batch: { min: 1, max: 500, mean: 50 } },
  warmUpMs: 6000,
  timetable: { order: 'seeded', slots: [] },
  recoverMs: 8000,
});

const PASSED: Run = {
  version: 1,
  state: 'judged',
  scenario,
  generator: {
    name: 'snowflake',
    summary: '',
    promises: [],
    layout: { timeBits: 41, workerBits: 10, sequenceBits: 12, tickMs: 1, epochMs: 0 },
  },
  driver: 'sim',
  seed: '42',
  command: 'npx snowglobe run storm --driver sim --seed 42',
  verdict: 'pass',
  exitCode: 0,
  reasons: ['All promised guarantees were kept.'],
  unknowns: [],
  findings: [
    finding('unique'),
    finding('increasing-across-lives', { scope: 'worker-id', checked: 11, unit: 'tenures' }),
    finding('increasing-across-lives', { scope: 'node', promised: false, verdict: 'fail', violations: 1, checked: 5 }),
  ],
  disturbances: [
    {
      key: 'paused/0-pause',
      name: 'pause',
      slot: 'paused',
      fault: 'pause',
      disturbs: ['process'],
      options: { node: 'n2' },
      reach: ['n2'],
      injected: 43 * NS_PER_S,
      healed: 50 * NS_PER_S,
      bit: true,
      samples: [],
    },
  ],
  hazards: [
    { hazard: 'x', summary: 'a worker ID changed hands', reached: true, at: 48 * NS_PER_S, detail: 'n2 to n4.' },
  ],
  evidence: {
    minted: '9007199254740993',
    stored: '9007199254740993',
    acknowledged: '4809121',
    batches: 96_123,
    tornBytes: 0,
    requests: { sent: 128_032, ok: 96_123, refused: 31_800, errors: 0, noAnswer: 109, dropped: 0 },
    lanes: [],
  },
  slots: [],
  phases: [],
  nodes: ['n1', 'n2', 'n3', 'n4'],
  series: { bucketMs: 1000, idsByNode: [], offsetsByNode: [] },
  tenures: [],
  measured: { runId: 'ab12cd34', startedAt: '', finishedAt: '', seconds: {}, versions: {}, host: {} },
};

const WITNESS = {
  what: 'ID 7 was minted twice: by n1 and by n4.',
  sightings: [],
  at: 33.4 * NS_PER_S,
  cause: 'two holders: cut from the coordinator',
  explanation: 'n1 was cut from etcd.',
} as const;

const FAILED: Run = {
  ...PASSED,
  verdict: 'fail',
  exitCode: 10,
  reasons: ['unique is broken: 41 IDs were minted more than once.'],
  findings: [
    finding('unique', { verdict: 'fail', violations: 41, witnesses: [WITNESS] }),
    finding('recovers', { verdict: 'unknown', checked: 0, unit: 'worker IDs' }),
  ],
  disturbances: [{ ...PASSED.disturbances[0]!, bit: false, missed: 'it was never measured in force' }],
  hazards: [{ hazard: 'x', summary: 'a worker ID changed hands', reached: false }],
  evidence: { ...PASSED.evidence, stored: '5', tornBytes: 12 },
};

/** Of nodes that somebody else started. */
function ofClients(run: Run): Run {
  const evidence = { gathered: 'clients', says: GATHERED.clients } as const;
  return {
    ...run,
    generator: { ...run.generator, evidence },
    unjudged: [{ guarantee: 'recovers', because: 'nobody saw it' }],
  };
}

test('evidence that is not the usual is told under the verdict, and what it tells nothing of beside the guarantees', () => {
  expect(text(PASSED)).not.toContain('Evidence:');
  const usual = { gathered: 'minted', says: GATHERED.minted } as const;
  expect(text({ ...PASSED, generator: { ...PASSED.generator, evidence: usual } })).not.toContain('Evidence:');
  const told = text(ofClients(PASSED), 200).replaceAll(/\s+/g, ' ');
  expect(told).toContain(`All promised guarantees were kept. Evidence: ${GATHERED.clients}`);
  expect(told).toContain('– recovers not judged nobody saw it');
  // What else its nodes minted, nobody knows.
  expect(told).toContain('✔ 9,007,199,254,740,993 recorded = 9,007,199,254,740,993 stored');
});

function text(run: Run, columns?: number, exit?: string): string {
  const stream = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), columns && { columns });
  return verdictText(run, { stream, folder: 'runs/storm/x', ...(exit !== undefined && { exit }) });
}

test('the head says of the exit code what the command makes of it, or nothing while that is not decided', () => {
  expect(text(PASSED, 100, 'exit 12, as a warning: 0')).toContain(
    'storm, snowflake on sim  exit 12, as a warning: 0\n',
  );
  expect(text(PASSED, 100, '').split('\n')[1]).toBe(' ✔ PASS  storm, snowflake on sim');
});

test('a pass says what was kept, what bit, what was reached, and how to see it again', () => {
  const lines = text(PASSED).split('\n');
  expect(lines[1]).toBe(' ✔ PASS  storm, snowflake on sim  exit 0');
  expect(lines).toContain('   All promised guarantees were kept.');
  expect(lines).toContain(' ✔ unique                               kept          0 violations in 4,812,345 IDs');
  expect(lines).toContain(' ✔ increasing-across-lives (worker-id)  kept          0 violations in 11 tenures');
  expect(lines).toContain(' disturbances  1 of 1 bit, measured from outside');
  expect(lines).toContain(' ✔ paused: pause n2  0:43 – 0:50  7 s');
  expect(lines).toContain(' hazards  1 of 1 reached');
  expect(lines).toContain(' ✔ a worker ID changed hands  at 0:48');
  expect(lines).toContain(
    ' ✔ 9,007,199,254,740,993 minted = 9,007,199,254,740,993 stored, 4,809,121 acknowledged to clients',
  );
  expect(lines).toContain(' report  runs/storm/x/report.html');
  expect(lines).toContain(' repeat  npx snowglobe run storm --driver sim --seed 42');
  expect(text(PASSED)).not.toContain('clearest witness');
});

test('an interrupted run tells its verdict, what that is about, and the exit code of the process', () => {
  const unknown = text({ ...PASSED, verdict: 'unknown', exitCode: 130, reasons: ['run cut short: by the user.'] });
  expect(unknown.split('\n').slice(1, 4)).toEqual([
    ' ? UNKNOWN  storm, snowflake on sim  exit 130',
    '   Interrupted, hence the exit code, and healed: the verdict is about what happened until then.',
    '   run cut short: by the user.',
  ]);
  expect(text({ ...FAILED, exitCode: 130 })).toContain(' ✘ FAIL  storm, snowflake on sim  exit 130\n   Interrupted');
});

test('a guarantee that was not promised is neither a pass nor a failure', () => {
  expect(text(PASSED)).toContain(' – increasing-across-lives (node)       not promised  1 violation in 5 IDs');
});

test('a failure names the guarantee and tells the story of its clearest witness', () => {
  const lines = text(FAILED).split('\n');
  expect(lines[1]).toBe(' ✘ FAIL  storm, snowflake on sim  exit 10');
  expect(lines).toContain(' ✘ unique    BROKEN        41 violations in 4,812,345 IDs');
  expect(lines).toContain(' ? recovers  unknown       0 violations in 0 worker IDs');
  expect(lines).toContain(' clearest witness  unique, at 0:33.4');
  expect(lines).toContain(' ✘ two holders: cut from the coordinator');
  expect(lines).toContain('   ID 7 was minted twice: by n1 and by n4.');
  expect(lines).toContain('   n1 was cut from etcd.');
});

test('what proves nothing is told: a disturbance that missed, a hazard not reached, evidence that is not whole', () => {
  const told = text(FAILED);
  expect(told).toContain(' ? paused: pause n2  0:43 – 0:50  7 s\n   it was never measured in force');
  expect(told).toContain(' ? not reached: a worker ID changed hands');
  expect(told).toContain(' ? 9,007,199,254,740,993 minted ≠ 5 stored');
  expect(told).toContain('12 torn bytes');
});

test('a pass with violations outside assumptions says how many', () => {
  const outside = finding('owns-worker-id', { violations: 2, outsideAssumptions: 2 });
  expect(text({ ...PASSED, findings: [outside] })).toContain(' ✔ PASS (2 outside assumptions)  storm');
});

test('a disturbance that waited in vain is counted, and says what for', () => {
  const { injected: _injected, healed: _healed, ...rest } = PASSED.disturbances[0]!;
  const missed = 'it waited 2.5 s for the heal of cut, and the signal did not come';
  const told = text({
    ...PASSED,
    verdict: 'unknown',
    disturbances: [{ ...rest, bit: false, missed, signal: { awaited: 'the heal of cut' } }],
  });
  expect(told).toContain('disturbances  0 of 1 bit');
  expect(told).toMatch(/never injected\n.*it waited 2\.5 s for the heal of cut, and the signal did not come/);
});

test('a pass of a cluster that nothing disturbed says so beside the word', () => {
  const calm = { ...PASSED, disturbances: [], hazards: [] };
  expect(text(calm)).toContain(' ✔ PASS (nothing was disturbed)  storm');
  const outside = finding('owns-worker-id', { violations: 2, outsideAssumptions: 2 });
  expect(text({ ...calm, findings: [outside] })).toContain(' ✔ PASS (2 outside assumptions, nothing was disturbed)  ');
  expect(text({ ...FAILED, disturbances: [] }).split('\n')[1]).toBe(' ✘ FAIL  storm, snowflake on sim  exit 10');
});

test('a disturbance that disturbs nothing is none: a pass with no other says so, and none of it is counted', () => {
  const noop = { ...PASSED.disturbances[0]!, fault: 'noop', name: 'noop', disturbs: [] };
  const quiet = text({ ...PASSED, disturbances: [noop] });
  expect(quiet).toContain(' ✔ PASS (nothing was disturbed)  storm');
  expect(quiet).toContain(' disturbances  nothing goes wrong by them\n');
  const both = text({ ...PASSED, disturbances: [noop, ...PASSED.disturbances] });
  expect(both).toContain(' ✔ PASS  storm');
  expect(both).toContain(' disturbances  1 of 1 bit, measured from outside\n');
});

test('a pass of nodes that were to drive themselves and did not says so beside the word', () => {
  const evidence = { ...PASSED.evidence, minted: PASSED.evidence.acknowledged, stored: PASSED.evidence.acknowledged };
  const driven = { ...scenario, cluster: { ...scenario.cluster, selfLoad: 1000 } };
  const phases = [{ phase: 'disturb', from: 0, to: 10 * NS_PER_S }] as const;
  expect(text({ ...PASSED, evidence, phases, scenario: driven })).toContain(
    ' ✔ PASS (without the load of the question)  storm',
  );
});

test("a file of the user's own is told from the generator whose name it bears", () => {
  const own = { ...PASSED, generator: { ...PASSED.generator, file: './snowflake.ts' } };
  expect(text(own).split('\n')[1]).toBe(' ✔ PASS  storm, snowflake (./snowflake.ts) on sim  exit 0');
});

test('doubts beside a failure stand apart from what is broken, one line a reason', () => {
  const late = (scope: string) => ({ reason: 'load not achieved', scope, detail: `${scope} was late.` }) as const;
  const doubted = { ...FAILED, unknowns: [late('n1'), late('n2'), late('n3')] };
  const lines = text(doubted).split('\n');
  expect(lines.slice(2, 4)).toEqual([`   ${FAILED.reasons[0]}`, '']);
  const from = lines.indexOf(' doubts  beside what is broken: 3 things that could not be known');
  expect(lines[from + 1]).toBe(' ? load not achieved: n1 was late. And 2 more of this.');
  expect(text(doubted)).not.toContain('n2 was late');
  // Of what proves nothing they are the reasons already.
  expect(text({ ...doubted, verdict: 'unknown' })).not.toContain(' doubts ');
});

test('doubts of one kind are told once, with the number of the others', () => {
  const late = (scope: string) => ({ reason: 'load not achieved', scope, detail: `${scope} was late.` }) as const;
  const unknowns = [late('n1'), late('n2'), { ...late('n3'), reason: 'node silent' } as const, late('n4')];
  const reasons = ['The machine was busy.', ...unknowns.map(({ reason, detail }) => `${reason}: ${detail}`)];
  const lines = text({ ...PASSED, verdict: 'unknown', exitCode: 12, unknowns, reasons }).split('\n');
  expect(lines.slice(2, 6)).toEqual([
    '   The machine was busy.',
    '   load not achieved: n1 was late. And 2 more of these.',
    '   node silent: n3 was late.',
    '',
  ]);
});

test('how often the coordinator ended a lease early is told with its version, also when it never did', () => {
  const totals = { held: 24, endedEarly: 1, unclear: 0, forgotten: 0, revoked: 2 };
  const measured = { ...PASSED.measured, versions: { coordinator: '3.4.23' } };
  const told = text({ ...PASSED, measured, leases: [totals] });
  expect(told).toContain(
    ' ✘ etcd 3.4.23: 1 of 24 leases ended early by its own doing: kept alive, and revoked by nobody\n' +
      '   2 revoked by a disturbance\n',
  );
  expect(text({ ...PASSED, measured, leases: [{ ...totals, endedEarly: 0, revoked: 0 }] })).toContain(
    ' leases of the coordinator\n ✔ etcd 3.4.23: 0 of 24 leases ended early by its own doing',
  );
  expect(text(PASSED)).not.toContain('leases of the coordinator');
});

test('what bit and was not healed is told as both', () => {
  const { healed: _healed, ...record } = PASSED.disturbances[0]!;
  const told = text({
    ...PASSED,
    verdict: 'unknown',
    disturbances: [{ ...record, unhealed: 'the run was cut short' }],
  });
  expect(told).toContain(' 1 of 1 bit');
  expect(told).toContain(' ? paused: pause n2  from 0:43, no heal told\n   the run was cut short');
});

test('requests that were not sent stand outside the total', () => {
  const requests = { ...PASSED.evidence.requests, dropped: 388 };
  const told = text({ ...PASSED, evidence: { ...PASSED.evidence, requests } }).replaceAll(/\s+/g, ' ');
  expect(told).toContain(
    ' 128,032 requests: 96,123 answered, 31,800 refused, 0 errors, 109 without an answer; 388 more were not sent report',
  );
  expect(text(PASSED)).not.toContain('not sent');
});

test('on a narrow terminal nothing is wider, but for what is there to be copied', () => {
  for (const line of text(FAILED, 50).split('\n'))
    if (!/^ (report|repeat) /.test(line)) expect(line.trimEnd().length).toBeLessThan(50);
});

test('what is waived is no failure, and is told with its violations and the words of whoever waived it', () => {
  const known = {
    guarantee: 'unique',
    violations: 148_667,
    by: [{ reason: 'the cache outlives\n  its lease', ticket: 'ID-7', expires: '2026-12-31' }],
  } as const;
  const broken = {
    ...FAILED,
    exitCode: 0,
    findings: [finding('unique', { verdict: 'fail', violations: 148_667 })],
    unknowns: [],
  };
  const told = text({ ...broken, waived: [known] });
  expect(told).toContain(' ✔ PASS (1 waived)  storm');
  expect(told).toMatch(/✘ unique +BROKEN/);
  expect(told).toContain(' – unique  148,667 violations\n   the cache outlives its lease (ID-7, until 2026-12-31)\n');
  const beside = [...broken.findings, finding('recovers', { verdict: 'fail', violations: 1 })];
  expect(text({ ...broken, findings: beside, waived: [known] })).toContain(' ✘ FAIL (1 waived)');
  expect(text(PASSED)).not.toContain('waived');
});

test('the attempt is told where there may be several', () => {
  expect(text({ ...PASSED, attempt: { number: 2, of: 3 } })).toContain('exit 0  attempt 2 of 3\n');
  expect(text(PASSED)).not.toContain('attempt');
});

test('each SLO is one line, aligned: value, what was asked, and of what', () => {
  const common = { options: {}, where: 'the whole run under load', minSamples: 3, samples: 51 } as const;
  const availability: SloRecord = {
    ...common,
    name: 'availability',
    indicator: 'availability',
    what: 'seconds in which a node gave IDs',
    unit: 'ratio',
    objective: { atLeast: 0.99 },
    verdict: 'pass',
    value: 1,
  };
  const latency: SloRecord = {
    ...common,
    name: 'p99',
    indicator: 'latency',
    what: 'latency, p99',
    unit: 'ms',
    objective: { atMost: 5 },
    where: 'after the last heal',
    verdict: 'fail',
    value: 12.5,
    because: 'F1 says so.',
  };
  const { value: _, ...unmeasured } = availability;
  const lost: SloRecord = {
    ...unmeasured,
    name: 'errors',
    verdict: 'unknown',
    samples: 0,
    detail: 'Requests were lost.',
  };
  const lines = text({ ...PASSED, slos: [availability, latency, lost] }, 110).split('\n');
  const from = lines.indexOf(' SLOs  1 of 3 met');
  expect(lines.slice(from + 1, from + 6)).toEqual([
    ' ✔ availability     100 %  at least 99 %  seconds in which a node gave IDs; 51 samples',
    ' ✘ p99            12.5 ms  at most 5 ms   latency, p99; after the last heal; 51 samples',
    '   F1 says so.',
    ' ? errors        no value  at least 99 %  seconds in which a node gave IDs; 0 samples',
    '   Requests were lost.',
  ]);
  expect(text(PASSED)).not.toContain('SLOs');
});
