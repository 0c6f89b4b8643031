/**
 * For each alert a case in which it fires and those in which it does not, as `promtool test rules` reads them.
 */
import { stringify } from 'yaml';
import { NODE_METRICS as NODE, RUN_METRICS as RUN } from '../harness/core/metric-names.ts';
import type { AlertName } from './alerts.ts';
import { ALERTS } from './alerts.ts';

/** Series by selector, with values in promtool's notation: `0x3` is 0 four times, `_` none, `stale` its end. */
type SeriesValues = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly what: string;
  /** Seconds from one value to the next. */
  readonly everyS: number;
  readonly series: SeriesValues;
  /** Seconds at which it is silent. */
  readonly silentAt: readonly number[];
  readonly fires?: {
    readonly at: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly summary: string;
  };
}

const bucketsOf = ({ name }: { readonly name: string }, counts: Readonly<Record<string, string>>): SeriesValues =>
  Object.fromEntries(Object.entries(counts).map(([le, values]) => [`${name}_bucket{node="n1",le="${le}"}`, values]));

export const ALERT_CASES: Readonly<Record<AlertName, readonly AlertCase[]>> = {
  SnowglobeDuplicateId: [
    {
      what: 'the first duplicate fires at once',
      everyS: 1,
      series: { [`${RUN.duplicates.name}{job="snowglobe"}`]: '_x2 0x6 3x10' },
      silentAt: [1, 8],
      fires: { at: 10, labels: { job: 'snowglobe' }, summary: 'IDs were minted twice: 3 so far.' },
    },
  ],
  SnowglobeWorkerIdConflict: [
    {
      what: 'overlaps fire when they are judged; neither none nor what is not judged yet does',
      everyS: 1,
      series: { [RUN.workerIdOverlaps.name]: '_x4 0x4 2x4' },
      silentAt: [3, 8],
      fires: { at: 10, summary: 'Two nodes minted under one worker ID, or one after its lease: 2 times.' },
    },
  ],
  SnowglobeWorkerIdHeldTwice: [
    {
      what: 'one worker ID with two nodes fires when it lasts; a hand-over seen from both sides does not',
      everyS: 1,
      series: {
        [`${NODE.workerId.name}{node="n1"}`]: '1x9 7x20',
        [`${NODE.workerId.name}{node="n2"}`]: '0x7 1x1 7x20',
        [`${NODE.workerId.name}{node="n3"}`]: '2x40',
      },
      silentAt: [5, 9, 13],
      fires: { at: 20, labels: { worker: '7' }, summary: '2 nodes say that they hold worker ID 7.' },
    },
  ],
  SnowglobeEvidenceNotWhole: [
    {
      what: 'evidence that is not whole fires; whole evidence and a run that is not judged do not',
      everyS: 1,
      series: { [RUN.evidenceWhole.name]: '_x4 1x4 0x4' },
      silentAt: [3, 8],
      fires: {
        at: 10,
        summary: 'The evidence of the run is not whole: what it does not show did not happen or was lost.',
      },
    },
  ],
  SnowglobeRateHigh: [
    {
      what: 'three times the rate fires after a minute; the rate of always does not',
      everyS: 10,
      series: { [`${NODE.idsMinted.name}{node="n1"}`]: '0+1000x42 45000+3000x20' },
      silentAt: [400, 470],
      fires: { at: 570, summary: '300 IDs are minted a second, over twice what is normal.' },
    },
  ],
  SnowglobeRateLow: [
    {
      what: 'nodes that are gone fire after a minute',
      everyS: 10,
      series: { [`${NODE.idsMinted.name}{node="n1"}`]: '0+1000x42 stale' },
      silentAt: [400, 450],
      fires: { at: 570, summary: '0 IDs are minted a second, less than half of what is normal.' },
    },
    {
      what: 'a rate 40 % lower, and nothing at all where nothing ever was, do not',
      everyS: 10,
      series: { [`${NODE.idsMinted.name}{node="n1"}`]: '0+1000x42 42600+600x20' },
      silentAt: [10, 570],
    },
  ],
  SnowglobeLatencyHigh: [
    {
      what: 'requests of 25 to 50 ms fire after a minute',
      everyS: 10,
      series: bucketsOf(NODE.requestSeconds, { '0.025': '0x30', '0.05': '0+10x30', '+Inf': '0+10x30' }),
      silentAt: [30],
      fires: { at: 200, summary: 'One request in a hundred takes longer than 49.75ms.' },
    },
    {
      what: 'requests below 5 ms do not',
      everyS: 10,
      series: bucketsOf(NODE.requestSeconds, { '0.005': '0+10x30', '0.05': '0+10x30', '+Inf': '0+10x30' }),
      silentAt: [200],
    },
  ],
  SnowglobeClockUnhealthy: [
    {
      what: 'a clock 20 ms behind fires when it lasts; one 5 ms ahead does not',
      everyS: 1,
      series: { [`${RUN.clockOffset.name}{node="n2"}`]: '0.005x9 -0.02x20' },
      silentAt: [9, 15],
      fires: { at: 25, labels: { node: 'n2' }, summary: 'The clock of n2 is 20ms off.' },
    },
  ],
  SnowglobeClockDrift: [
    {
      what: 'a clock that moved by 60 ms since the start fires at once; one by 40 ms does not',
      everyS: 1,
      series: { [`${NODE.clockOffset.name}{node="n1"}`]: '0.04x4 -0.06x5' },
      silentAt: [4],
      fires: { at: 5, labels: { node: 'n1' }, summary: 'The clock of n1 is 60ms off.' },
    },
    {
      what: 'the offset that the harness measured fires as well',
      everyS: 1,
      series: { [`${RUN.clockOffset.name}{node="n3"}`]: '0.05x4 3600x5' },
      silentAt: [4],
      fires: { at: 5, labels: { node: 'n3' }, summary: 'The clock of n3 is 1h 0m 0s off.' },
    },
  ],
  SnowglobeClockBackward: [
    {
      what: 'one step back fires for a minute',
      everyS: 1,
      series: { [`${NODE.clockBackward.name}{node="n1"}`]: '0x60 1x120' },
      silentAt: [60, 170],
      fires: { at: 63, labels: { node: 'n1' }, summary: 'The wall clock of n1 went back.' },
    },
  ],
  SnowglobeSequenceExhausted: [
    {
      what: '150 exhausted milliseconds a second fire',
      everyS: 1,
      series: { [`${NODE.overflowWaits.name}{node="n1"}`]: '0+150x100' },
      silentAt: [0],
      fires: {
        at: 90,
        labels: { node: 'n1' },
        summary: 'n1 uses up its sequence numbers 150 times a second and waits.',
      },
    },
    {
      what: '90 do not',
      everyS: 1,
      series: { [`${NODE.overflowWaits.name}{node="n1"}`]: '0+90x100' },
      silentAt: [90],
    },
  ],
  SnowglobeSequenceHalfUsed: [
    {
      what: '60 % fire after a minute; 50 % do not',
      everyS: 1,
      series: { [`${NODE.sequenceUtilization.name}{node="n1"}`]: '0.5x70 0.6x90' },
      silentAt: [69, 120],
      fires: { at: 140, labels: { node: 'n1' }, summary: 'n1 uses 60% of its sequence numbers.' },
    },
  ],
  SnowglobeSequenceNearlyUsed: [
    {
      what: '90 % fire at once; 80 % do not',
      everyS: 1,
      series: { [`${NODE.sequenceUtilization.name}{node="n1"}`]: '0.8x4 0.9x5' },
      silentAt: [4],
      fires: { at: 5, labels: { node: 'n1' }, summary: 'n1 uses 90% of its sequence numbers.' },
    },
  ],
  SnowglobeCoordinatorUnavailable: [
    {
      what: 'three seconds without an answer fire; one and a half do not, nor a node that never asked',
      everyS: 1,
      series: { [`${NODE.coordinatorUnanswered.name}{node="n1"}`]: '_x2 0x2 1.5x3 3x5' },
      silentAt: [1, 3, 8],
      fires: { at: 9, labels: { node: 'n1' }, summary: 'The coordinator has not answered n1 for 3s.' },
    },
  ],
};

/** The file for `promtool test rules`. */
export function alertTests(): string {
  const tests = ALERTS.flatMap(({ name: alertname, claim, runbook, severity }) =>
    ALERT_CASES[alertname].map(({ what, everyS, series, silentAt, fires }: AlertCase) => ({
      name: `${alertname}: ${what}`,
      interval: `${everyS}s`,
      input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
      alert_rule_test: [
        ...silentAt.map((at) => ({ eval_time: `${at}s`, alertname, exp_alerts: [] })),
        ...(fires === undefined
          ? []
          : [
              {
                eval_time: `${fires.at}s`,
                alertname,
                exp_alerts: [
                  {
                    exp_labels: { severity, ...fires.labels },
                    exp_annotations: { summary: fires.summary, runbook, claim },
                  },
                ],
              },
            ]),
      ],
    })),
  );
  const file = { rule_files: ['alerts.yaml'], evaluation_interval: '1s', tests };
  return `# Written by \`npm run dashboards\` from alert-cases.ts.\n${stringify(file, { lineWidth: 0 })}`;
}
