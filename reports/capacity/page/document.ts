/** The pages of a plan, apart from how they are written: headings, tables and texts, the same in HTML and Markdown. */
import { dayOf, tooMany } from '../../../harness/plan/answers.ts';
import type { CapacityPlan, RegionYear, YearPlan } from '../../../harness/plan/capacity-plan.ts';
import { bytesAnId } from '../../../harness/plan/evidence-size.ts';
import type { MeasuredRate } from '../../../harness/plan/measured-rate.ts';
import {
  bytesText,
  moneyText,
  percentText,
  rateText,
  threeDigits,
  yearsText,
} from '../../../harness/plan/quantities.ts';
import type { Tone } from '../../../harness/plan/answers.ts';
import { generatorLabel, grouped } from '../../../harness/core/phrases.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly text: string }
  | { readonly caption: string; readonly head: readonly Head[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly file: string; readonly code: string };

export interface Head {
  readonly text: string;
  readonly number?: true;
}

export interface Cell {
  readonly text: string;
  readonly note?: string;
  readonly tone?: Tone;
}

/** The parts of a plan's pages, those left out of which it has nothing to say. */
export function sectionsOf(plan: CapacityPlan): readonly Section[] {
  return [
    growth(plan),
    rate(plan),
    ...(plan.workerIds === undefined ? [] : [workerIds(plan)]),
    ...(plan.ranges === 'none' ? [] : [regions(plan)]),
    ...(plan.timeEnd === undefined ? [] : [timeBits(plan)]),
    storage(plan),
    ...(plan.prices === undefined ? [] : [cost(plan)]),
    ...(plan.manifests.length === 0 ? [] : [autoscaling(plan)]),
  ];
}

/** `snowflake, planned from 2027-01-01 on`. */
export function subject({ generator, begins, input }: CapacityPlan): string {
  return `${generatorLabel(generator)}, year 1 begins on ${begins}; the busiest second asks for ${threeDigits(input.peakFactor)} times the mean`;
}

const text = (of: string): Cell => ({ text: of });
const count = (of: number | bigint): Cell => ({ text: grouped(of) });
/** Alone at the head of a card on a phone, it has to say what it is. */
const yearCell = (year: number): Cell => text(`Year\u00a0${year}`);
const number = (head: string): Head => ({ text: head, number: true });

function growth({ years, rate: { atLeast } }: CapacityPlan): Section {
  const planned = years.some(({ plannedNodes }) => plannedNodes !== undefined);
  return {
    id: 'growth',
    title: 'Year by year',
    blocks: [
      {
        caption: 'Load, nodes and sequence by year',
        head: [
          { text: 'Year' },
          number('Mean'),
          number('Busiest second'),
          number(atLeast ? 'Nodes, at the most' : 'Nodes needed'),
          ...(planned ? [number('In the growth table')] : []),
          number('Sequence in use'),
          number('IDs a year'),
        ],
        rows: years.map((year) => [
          yearCell(year.year),
          text(rateText(year.idsPerSecond)),
          text(rateText(year.peakIdsPerSecond)),
          count(year.nodes),
          ...(planned ? [plannedCell(year, atLeast)] : []),
          sequenceCell(year),
          count(BigInt(year.evidence.idsPerYear)),
        ]),
      },
    ],
  };
}

function plannedCell({ plannedNodes, nodes }: YearPlan, atLeast: boolean): Cell {
  if (plannedNodes === undefined) return text('–');
  return plannedNodes < nodes
    ? {
        text: grouped(plannedNodes),
        note: `${grouped(nodes - plannedNodes)} too few${atLeast ? ', by the proved rate' : ''}`,
        tone: tooMany(atLeast),
      }
    : count(plannedNodes);
}

function sequenceCell({ sequence }: YearPlan): Cell {
  if (sequence === undefined) return { text: '–' };
  const { share, level } = sequence;
  const said = { fine: {}, warn: { note: 'above 50 %' }, critical: { note: 'above 80 %' } } as const;
  const tone = { fine: 'good', warn: 'unsure', critical: 'bad' } as const;
  return { text: percentText(share), ...said[level], tone: tone[level] };
}

function rate({ rate: { runs, runId, idsPerSecond, targetShare, perNode, atLeast } }: CapacityPlan): Section {
  return {
    id: 'rate',
    title: 'The measured rate',
    blocks: [
      {
        text: `A node is planned with ${rateText(perNode)}, ${percentText(targetShare)} of the ${rateText(idsPerSecond)} that every node of run ${runId} came to: the lowest of its nodes, so that all of them did.`,
      },
      {
        text: atLeast
          ? 'That run was never saturated: its nodes minted what they were asked for. It proves at least this rate, and does not say what a node can do.'
          : 'In that run nodes minted less than they were asked for: something was at its end, the node or the machine that it shared with the others, their coordinator and the clients.',
      },
      {
        caption: 'What was measured, run by run',
        head: [
          { text: 'Run' },
          { text: 'Machine' },
          { text: 'Measured' },
          number('Asked of a node'),
          number('Lowest node'),
          number('Highest node'),
        ],
        rows: runs.map((run) => [
          { text: run.runId, note: `${run.scenario} on ${run.driver}` },
          text(machineOf(run)),
          {
            text: `${run.seconds.toFixed(1)} s`,
            note: run.window === 'warm-up' ? 'of its warm-up, before any disturbance' : 'all of its load, undisturbed',
          },
          text(rateText(run.askedPerSecond)),
          {
            text: rateText(run.idsPerSecond),
            note: run.fellShort ? 'fell short' : 'as asked',
            ...(run.fellShort && { tone: 'unsure' }),
          },
          text(rateText(Math.max(...run.nodes.map((node) => node.idsPerSecond)))),
        ]),
      },
    ],
  };
}

function machineOf({ host, nodes }: MeasuredRate): string {
  const { cores, memory } = host;
  const machine = [cores === undefined ? '' : `${cores} cores`, memory ?? ''].filter((part) => part !== '').join(', ');
  return `${machine === '' ? 'one machine' : machine}, shared by ${nodes.length} minting ${nodes.length === 1 ? 'node' : 'nodes'} and all else`;
}

interface RegionRow extends RegionYear {
  readonly year: number;
}

function workerIds({ years, input, regions: all, rate: { atLeast } }: CapacityPlan): Section {
  const { ttlSeconds, waitSeconds, restartsPerNodePerDay, shareAtOnce } = input.handOver;
  const several = all.length > 1;
  const rows = years.flatMap(({ year, regions: byRegion }) =>
    byRegion.map((region): RegionRow => ({ year, ...region })),
  );
  return {
    id: 'worker-ids',
    title: 'Worker IDs',
    blocks: [
      {
        text: `The lease of a life that is gone keeps its worker ID for ${threeDigits(ttlSeconds)} s, and its successor waits ${threeDigits(waitSeconds)} s. Out of use in the mean: restarts an hour × (${threeDigits(ttlSeconds)} s + ${threeDigits(waitSeconds)} s) / 3600 s, at ${threeDigits(restartsPerNodePerDay)} restarts a node a day. At once: ${percentText(shareAtOnce)} of the nodes. Both are rounded up and kept beside one worker ID for each node.`,
      },
      {
        caption: 'Worker IDs by year',
        head: [
          { text: 'Year' },
          ...(several ? [{ text: 'Region' }] : []),
          number('Nodes'),
          number('Restarts an hour'),
          number('Out of use'),
          number('At once'),
          number('Needed'),
          number('There are'),
        ],
        rows: rows.flatMap(({ year, region, nodes, workerIds: use }) =>
          use === undefined
            ? []
            : [
                [
                  yearCell(year),
                  ...(several ? [text(region)] : []),
                  count(nodes),
                  text(threeDigits(use.reserve.restartsPerHour)),
                  text(threeDigits(use.reserve.betweenHands)),
                  count(use.reserve.atOnce),
                  use.fits
                    ? { text: grouped(use.needed), tone: 'good' as const }
                    : {
                        text: grouped(use.needed),
                        note: `${grouped(use.needed - use.available)} too many`,
                        tone: tooMany(atLeast),
                      },
                  count(use.available),
                ],
              ],
        ),
      },
    ],
  };
}

function regions({ regions: all, ranges, workerIds: total = 0 }: CapacityPlan): Section {
  return {
    id: 'regions',
    title: 'Regional ranges',
    blocks: [
      {
        text: `${ranges === 'given' ? 'As the plan gives them, and checked' : 'Proposed, by the shares of the load'}: disjoint, so that no two regions can mint under one worker ID, and complete, so that each of the ${grouped(total)} belongs to one.`,
      },
      {
        caption: 'Worker IDs of each region',
        head: [{ text: 'Region' }, number('Share of the load'), number('From'), number('To'), number('Worker IDs')],
        rows: all.map(({ name, share, workerIds: { from, to } }) => [
          text(name),
          text(share === 0 ? 'none, kept free' : percentText(share)),
          count(from),
          count(to),
          count(to - from + 1),
        ]),
      },
    ],
  };
}

function timeBits({ timeEnd }: CapacityPlan): Section {
  const { bits = 0, tickMs = 0, epoch = '', unixMs = '', at, yearsLeft = 0 } = timeEnd ?? {};
  return {
    id: 'time',
    title: 'Time bits',
    blocks: [
      {
        caption: 'When the time in IDs ends',
        head: [
          { text: 'Epoch' },
          number('Bits'),
          number('Tick'),
          { text: 'First moment without an ID' },
          number('Left'),
        ],
        rows: [
          [
            text(dayOf(epoch)),
            count(bits),
            text(`${threeDigits(tickMs)} ms`),
            {
              text:
                at === undefined
                  ? 'beyond any calendar'
                  : at.replace('T', ' ').replace('Z', ' UTC').replace(/^\+0*/, ''),
              note: `Unix time ${grouped(BigInt(unixMs))} ms`,
            },
            { text: yearsText(yearsLeft), note: 'from the beginning of the plan' },
          ],
        ],
      },
    ],
  };
}

function storage({ years, input, rate: { runs } }: CapacityPlan): Section {
  const store = bytesAnId(runs);
  const { keepDays, replicas } = input.storage;
  const told =
    store === undefined
      ? 'Not measured: no run says what its evidence took in the store. What follows is the claim alone.'
      : `Measured: ${grouped(BigInt(store.ids))} IDs took ${bytesText(store.onDisk)} in the store, ${threeDigits(Number(store.onDisk) / Number(store.ids))} bytes each, requests and batches included, before the store merges its parts (${bytesText(store.uncompressed)} uncompressed).`;
  return {
    id: 'storage',
    title: 'Storage of evidence',
    blocks: [
      { text: told },
      {
        text: `With ${grouped(replicas)} ${replicas === 1 ? 'copy' : 'copies'}; kept for ${grouped(keepDays)} days, at the rate of the year, which is an upper bound. Claim F10: 500 bytes an event, compressed to a tenth; at 10,000 IDs/s 432 GB a day, 43 GB compressed, about 16 TB a year.`,
      },
      {
        caption: 'Bytes of evidence by year, measured and claimed',
        head: [
          { text: 'Year' },
          number('Measured a day'),
          number('Measured a year'),
          number('Kept'),
          number('Claimed a day'),
          number('Claimed a year'),
        ],
        rows: years.map(({ year, evidence: { measured, claimed } }) => [
          yearCell(year),
          measuredCell(measured?.perDay),
          measuredCell(measured?.perYear),
          measuredCell(measured?.kept),
          { text: bytesText(claimed.perDay), note: `${bytesText(claimed.rawPerDay)} uncompressed` },
          text(bytesText(claimed.perYear)),
        ]),
      },
    ],
  };
}

function measuredCell(bytes: string | undefined): Cell {
  return bytes === undefined ? { text: 'not measured', tone: 'unsure' } : text(bytesText(bytes));
}

function cost({ years, prices }: CapacityPlan): Section {
  const { currency = '', nodeMonth = [], gigabyteMonth = 0 } = prices ?? {};
  return {
    id: 'cost',
    title: 'Cost',
    blocks: [
      {
        text: `A month, by the price file: ${nodeMonth.map(({ name, amount }) => `${moneyText(amount, currency)} a node (${name})`).join('; ')}; ${moneyText(gigabyteMonth, currency)} a gigabyte kept. Claim F9 says $100 a node and month in one place and $45 in another.`,
      },
      {
        caption: 'Cost of a month by year and by price of a node',
        head: [{ text: 'Year' }, { text: 'Price of a node' }, number('Nodes'), number('Storage'), number('Together')],
        rows: years.flatMap(({ year, cost: costs = [], evidence: { measured } }) =>
          costs.map((one) => [
            yearCell(year),
            text(one.name),
            text(moneyText(one.nodes, currency)),
            {
              text: moneyText(one.storage, currency),
              ...(measured === undefined && { note: 'by claim F10', tone: 'unsure' as const }),
            },
            text(moneyText(one.total, currency)),
          ]),
        ),
      },
    ],
  };
}

function autoscaling({ manifests }: CapacityPlan): Section {
  return {
    id: 'autoscaling',
    title: 'Autoscaling',
    blocks: [
      {
        text: 'Kubernetes never asks for more nodes than there are worker IDs for, those in reserve left out. Written beside this page, ready to apply.',
      },
      ...manifests.map(({ file, yaml }) => ({ file, code: yaml })),
    ],
  };
}
