/**
 * The whole path on real parts: a run on `local` of a generator that mints twice when its clock goes back, scraped by a
 * real Prometheus whose alert fires while the run lasts; then each panel, live and exact, has something to show of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RUN_METRICS } from '../harness/core/metric-names.ts';
import { NS_PER_MS, trueUnixMs } from '../harness/core/time.ts';
import { readJournal } from '../harness/engine/journal.ts';
import { JOURNAL_FILE, STORE_FOLDER } from '../harness/engine/record.ts';
import { eventually, journalHas, readRun, runFolder, snowglobe } from '../harness/laws/cli-process.ts';
import { realDrivers } from '../harness/laws/real-drivers.ts';
import { startEngine } from '../harness/stores/clickhouse/embedded.ts';
import { LIVE_DISTURBANCES } from './build.ts';
import { DASHBOARDS } from './generated.ts';
import { panelsOf } from './panels-for-tests.ts';
import { startPrometheus } from './prometheus-for-tests.ts';

const BRIEF = join(import.meta.dirname, '../harness/laws/fixtures/brief.json');
const ALERT_WITHIN_MS = 15_000;
const root = mkdtempSync(join(tmpdir(), 'snowglobe-live-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each(realDrivers('a scraped run').filter((driver) => driver === 'local'))(
  'a planted duplicate on %s makes its alert fire within 15 s, and no panel of the run is empty',
  { timeout: 90_000 },
  async (driver) => {
    const scenario = join(root, 'planted.json');
    const brief = JSON.parse(readFileSync(BRIEF, 'utf8')) as { readonly load: object };
    // Prometheus is up before the clock goes back; enough calls a second for some to fall into a millisecond that was
    // used before; long enough afterwards for the alert to fire while the run lasts.
    const load = { ...brief.load, idsPerSecond: 5000, batch: { min: 1, max: 50, mean: 20 } };
    writeFileSync(scenario, JSON.stringify({ ...brief, name: 'planted', load, warmUpMs: 4000, recoverMs: 12_000 }));
    const runs = join(root, 'runs');
    const { output, ended } = snowglobe([
      ...['run', scenario, '--driver', driver, '--generator', 'trusts-clock-backwards', '--seed', '3'],
      ...['--runs', runs, '--metrics-port', '0'],
    ]);
    const url = await eventually('the address', 20_000, () => /Metrics: (\S+\/metrics),/.exec(output())?.[1]);
    const from = Date.now() / 1000;
    await using prometheus = await startPrometheus(join(root, 'prometheus'), new URL(url).host);
    const folder = await runFolder(runs);
    await journalHas(folder, 'a clock that went back', (entry) => entry.kind === 'clock' && entry.offsetMs < 0);
    const planted = performance.now();
    await eventually('the alert', ALERT_WITHIN_MS, async () =>
      (await prometheus.alerts()).some(({ name, state }) => name === 'SnowglobeDuplicateId' && state === 'firing')
        ? true
        : undefined,
    );
    expect(performance.now() - planted).toBeLessThan(ALERT_WITHIN_MS);
    // Scraped after the verdict, before the process ends.
    await eventually('the verdict', 40_000, async () =>
      (await prometheus.instant(RUN_METRICS.evidenceWhole.name)) > 0 ? true : undefined,
    );
    const { code } = await ended;
    const run = readRun(folder);
    expect({ code, verdict: run.verdict }).toEqual({ code: 10, verdict: 'fail' });

    const to = Date.now() / 1000;
    const live = DASHBOARDS.flatMap(({ panels }) =>
      panels.flatMap(({ query }) => ('promql' in query ? [query.promql] : [])),
    );
    for (const promql of [...live, LIVE_DISTURBANCES])
      expect(await prometheus.within(promql, from, to), promql).toBeGreaterThan(0);

    const { entries: journal } = readJournal(join(folder, JOURNAL_FILE));
    const origin = journal.find((entry) => entry.kind === 'origin');
    if (origin?.kind !== 'origin') throw new Error('the run has no origin');
    const engine = await startEngine(join(folder, STORE_FOLDER), 1_000_000_000);
    try {
      const shown = await panelsOf(engine.address, run.measured.runId, {
        fromMs: Math.floor(origin.origin.unixMs),
        toMs: Math.ceil(trueUnixMs(origin.origin, (journal.at(-1)?.at ?? 0) + NS_PER_MS)),
        intervalMs: 1000,
      });
      expect(shown.filter(({ problem }) => problem !== '')).toEqual([]);
    } finally {
      await engine.stop();
    }
  },
);
