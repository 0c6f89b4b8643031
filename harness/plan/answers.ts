/** What a plan answers, question by question, in words: the top of its pages, and what the command line prints. */
import { counted, grouped } from '../core/phrases.ts';
import type { CapacityPlan, YearPlan } from './capacity-plan.ts';
import { bytesAnId } from './evidence-size.ts';
import { bytesText, moneyText, percentText, rateText, threeDigits, yearsText } from './quantities.ts';

/** `good`: it holds; `bad`: it does not; `unsure`: near a bound, or not known; `plain`: a figure without a bound. */
export type Tone = 'good' | 'bad' | 'unsure' | 'plain';

export interface Answer {
  readonly question: string;
  readonly answer: string;
  readonly because: string;
  readonly tone: Tone;
}

export function answersOf(plan: CapacityPlan): readonly Answer[] {
  return [
    nodes(plan),
    ...sequence(plan),
    ...workerIds(plan),
    timeBits(plan),
    evidence(plan),
    ...cost(plan),
    ...scaling(plan),
  ];
}

/** `Does not fit`, where something does not. */
export function headlineOf(plan: CapacityPlan): { readonly text: string; readonly tone: Tone } {
  const answers = answersOf(plan);
  const of = (tone: Tone): readonly string[] =>
    answers
      .filter((answer) => answer.tone === tone)
      .map(({ question }) => `${question.slice(0, 1).toLowerCase()}${question.slice(1)}`);
  const [bad, unsure] = [of('bad'), of('unsure')];
  if (bad.length > 0) return { text: `Does not fit: ${bad.join(', ')}`, tone: 'bad' };
  if (unsure.length > 0) return { text: `To be looked at: ${unsure.join(', ')}`, tone: 'unsure' };
  return { text: `Fits through year ${lastYear(plan).year}`, tone: 'good' };
}

const lastYear = ({ years }: CapacityPlan): YearPlan => years.at(-1) as YearPlan;

function nodes(plan: CapacityPlan): Answer {
  const { years, rate } = plan;
  const short = years.filter(({ plannedNodes, nodes: needed }) => plannedNodes !== undefined && plannedNodes < needed);
  const bound = rate.atLeast ? 'at the most ' : '';
  const first = years[0] as YearPlan;
  const last = lastYear(plan);
  const over = first === last ? '' : `, ${grouped(last.nodes)} in year ${last.year}`;
  return {
    question: 'Nodes',
    answer: `${bound}${counted(first.nodes, 'node')} in year ${first.year}${over}`,
    because: [
      `A node is planned with ${rateText(rate.perNode)}: ${perNodeBecause(plan)}.`,
      ...(rate.atLeast
        ? [
            'No run saturated its nodes: each minted what it was asked for. That proves at least this rate, and is not the capacity of a node; a run with more load may show that fewer nodes do.',
          ]
        : []),
      ...short.map(
        ({ year, plannedNodes = 0, nodes: needed, peakIdsPerSecond }) =>
          `Year ${year}: ${counted(plannedNodes, 'node')} ${plannedNodes === 1 ? 'is' : 'are'} in the growth table, and the busiest second (${rateText(peakIdsPerSecond)}) takes ${grouped(needed)}.`,
      ),
    ].join(' '),
    tone: short.length > 0 ? tooMany(rate.atLeast) : 'plain',
  };
}

/** Nodes by a rate that is a lower bound are an upper one: that fewer would not do is not shown. */
export function tooMany(atLeast: boolean): Tone {
  return atLeast ? 'unsure' : 'bad';
}

function perNodeBecause({ rate: { idsPerSecond, targetShare, perNode, sequenceAllows } }: CapacityPlan): string {
  return perNode === sequenceAllows
    ? 'as much as the sequence bits allow'
    : `${percentText(targetShare)} of the ${rateText(idsPerSecond)} that each node of a run was measured to mint`;
}

function sequence({ rate: { sequenceAllows }, years }: CapacityPlan): readonly Answer[] {
  const [worst] = years
    .flatMap(({ year, sequence: use }) => (use === undefined ? [] : [{ year, ...use }]))
    .toSorted((one, other) => other.share - one.share);
  if (sequenceAllows === undefined || worst === undefined) return [];
  return [
    {
      question: 'Sequence',
      answer: `${percentText(worst.share)} in use at the most, in year ${worst.year}`,
      because: `A worker ID can mint ${rateText(sequenceAllows)} by its sequence bits. This is the mean of the busiest second; within it single ticks are fuller. Claim F6 warns at 50 % and is critical at 80 %.`,
      tone: ({ fine: 'good', warn: 'unsure', critical: 'bad' } as const)[worst.level],
    },
  ];
}

function workerIds(plan: CapacityPlan): readonly Answer[] {
  const { workerIds: total, years, regions } = plan;
  if (total === undefined) return [];
  const uses = years.flatMap(({ year, regions: byRegion }) =>
    byRegion.flatMap(({ region, workerIds: use }) => (use === undefined ? [] : [{ year, region, ...use }])),
  );
  const short = uses.filter(({ fits }) => !fits);
  const last = uses.filter(({ year }) => year === lastYear(plan).year);
  const needed = last.reduce((sum, use) => sum + use.needed, 0);
  const kept = last.reduce((sum, { reserve }) => sum + reserve.ids, 0);
  const within = (region: string): string => (regions.length > 1 ? ` of ${region}` : '');
  return [
    {
      question: 'Worker IDs',
      answer:
        short.length === 0
          ? `${grouped(needed)} of ${grouped(total)} taken in year ${lastYear(plan).year}, ${grouped(kept)} of them for hand-over`
          : `too few from year ${short[0]?.year} on${plan.rate.atLeast ? ', by the rate that is proved' : ''}`,
      because: [
        ...short.map(
          ({ year, region, needed: wanted, available }) =>
            `Year ${year} takes ${grouped(wanted)}, and the range${within(region)} has ${grouped(available)}.`,
        ),
        'Beside one for each node: restarts an hour × (TTL + wait) / 3600 s are out of use in the mean, and as many nodes as may go at once take another each.',
      ].join(' '),
      tone: short.length === 0 ? 'good' : tooMany(plan.rate.atLeast),
    },
  ];
}

function timeBits(plan: CapacityPlan): Answer {
  const { timeEnd } = plan;
  if (timeEnd === undefined)
    return {
      question: 'Time bits',
      answer: 'none',
      because: 'IDs of this generator carry no time, so none runs out.',
      tone: 'plain',
    };
  const { bits, at, epoch, yearsFromEpoch, yearsLeft } = timeEnd;
  const horizon = lastYear(plan).year;
  return {
    question: 'Time bits',
    answer: at === undefined ? 'end beyond any calendar' : `end on ${dayOf(at)}`,
    because: `${bits} bits from ${dayOf(epoch)} on last ${yearsText(yearsFromEpoch)}, and ${yearsText(yearsLeft)} from the beginning of the plan${at === undefined ? '' : `; the first moment without an ID is ${at.replace('T', ' ').replace('Z', ' UTC')}`}. (Claim C1: about 69.7 years of 41 bits.)`,
    tone: yearsLeft < horizon ? 'bad' : 'good',
  };
}

/** `2093-09-06`; a year of five digits as it is. */
export function dayOf(iso: string): string {
  return (iso.split('T')[0] ?? iso).replace(/^\+0*/, '');
}

function evidence(plan: CapacityPlan): Answer {
  const { year, evidence: of } = lastYear(plan);
  const store = bytesAnId(plan.rate.runs);
  const claimed = `Claim F10 says 500 bytes an event, 50 compressed: ${bytesText(of.claimed.perDay)} a day.`;
  if (of.measured === undefined || store === undefined)
    return {
      question: 'Storage',
      answer: 'not measured',
      because: `No run says what its evidence took in the store. ${claimed}`,
      tone: 'unsure',
    };
  return {
    question: 'Storage',
    answer: `${bytesText(of.measured.perDay)} a day in year ${year}, ${bytesText(of.measured.kept)} kept`,
    because: `Measured: ${threeDigits(Number(store.onDisk) / Number(store.ids))} bytes an ID on disk, requests included, before the store merges its parts. ${claimed} Both with all replicas.`,
    tone: 'plain',
  };
}

function cost(plan: CapacityPlan): readonly Answer[] {
  const { year, cost: costs, evidence: of } = lastYear(plan);
  if (costs === undefined || plan.prices === undefined) return [];
  const { currency } = plan.prices;
  return [
    {
      question: 'Cost',
      answer: `${costs.map(({ total }) => moneyText(total, currency)).join(' or ')} a month in year ${year}`,
      because: `${costs.map(({ name, nodes: ofNodes }) => `${name}: nodes ${moneyText(ofNodes, currency)}`).join('; ')}; storage ${moneyText(costs[0]?.storage ?? 0, currency)}, by ${of.measured === undefined ? 'claim F10, for want of a measurement' : 'measured bytes'}.`,
      tone: 'plain',
    },
  ];
}

function scaling({ manifests, workerIds: total }: CapacityPlan): readonly Answer[] {
  if (manifests.length === 0) return [];
  return [
    {
      question: 'Autoscaling',
      answer: manifests
        .map(({ region, maxReplicas }) => `${region === undefined ? '' : `${region}: `}${grouped(maxReplicas)} nodes`)
        .join(', ')
        .concat(' at the most'),
      because:
        total === undefined
          ? 'IDs carry no worker ID: the plan alone bounds it.'
          : 'So many find a worker ID while the reserve for hand-over is kept.',
      tone: 'plain',
    },
  ];
}
