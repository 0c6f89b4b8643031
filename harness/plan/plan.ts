/** From a plan file and the runs that it stands on to a capacity plan. Pure. */
import type { Problem } from '../core/errors.ts';
import { problem } from '../core/errors.ts';
import type { Layout } from '../core/layout.ts';
import { grouped } from '../core/phrases.ts';
import type { Run } from '../core/run.ts';
import type { CapacityPlan, Cost, Manifest, PlannedRate, RegionYear, SequenceUse, YearPlan } from './capacity-plan.ts';
import { PLAN_VERSION } from './capacity-plan.ts';
import { evidenceOf } from './evidence-size.ts';
import { hpaManifest } from './hpa.ts';
import type { MeasuredRate } from './measured-rate.ts';
import type { GrowthRow, PlanInput, Prices } from './plan-input.ts';
import { SEQUENCE_CRITICAL, SEQUENCE_WARN } from './reference-claims.ts';
import type { Region, Regions } from './regions.ts';
import { regionsOf, sizeOf } from './regions.ts';
import { timeEndOf } from './time-end.ts';
import { reserveOf, roomOf, roundUp } from './worker-ids.ts';

export interface PlanFacts {
  readonly input: PlanInput;
  /** The plan file, for problems. */
  readonly where: string;
  /** Of the generator that all runs ran. */
  readonly generator: Run['generator'];
  /** At least one. */
  readonly rates: readonly MeasuredRate[];
  readonly prices: Prices | undefined;
}

const GIGABYTE = 1e9;

/** The plan, or all that keeps it from being made. */
export function capacityPlan({ input, where, generator, rates, prices }: PlanFacts): CapacityPlan | readonly Problem[] {
  const { layout } = generator;
  const workerIds = layout.workerBits === 0 ? undefined : 2 ** layout.workerBits;
  const regions = placed(input, workerIds, where);
  if (isProblems(regions)) return regions;
  const rate = plannedRate(rates, layout, input.targetShare);
  const manifests = manifestsOf(input, regions.regions, workerIds, rate, where);
  if (isProblems(manifests)) return manifests;
  const timeEnd = timeEndOf(layout, input.begins);
  return {
    version: PLAN_VERSION,
    name: input.name,
    begins: input.begins,
    generator: { name: generator.name, ...(generator.file !== undefined && { file: generator.file }), layout },
    input,
    rate,
    ...(workerIds !== undefined && { workerIds }),
    ...(timeEnd !== undefined && { timeEnd }),
    ...regions,
    years: input.growth.map((row) => yearOf(row, input, layout, regions.regions, rate, prices)),
    ...(prices !== undefined && { prices }),
    manifests,
  };
}

/** Each passing run proves its own rate: the highest of them is proved. */
function plannedRate(rates: readonly MeasuredRate[], layout: Layout, targetShare: number): PlannedRate {
  const best = rates.reduce((most, rate) => (rate.idsPerSecond > most.idsPerSecond ? rate : most));
  const sequenceAllows = layout.sequenceBits === 0 ? undefined : (2 ** layout.sequenceBits * 1000) / layout.tickMs;
  return {
    idsPerSecond: best.idsPerSecond,
    runId: best.runId,
    atLeast: !best.fellShort,
    targetShare,
    perNode: Math.min(best.idsPerSecond * targetShare, sequenceAllows ?? Infinity),
    ...(sequenceAllows !== undefined && { sequenceAllows }),
    runs: rates,
  };
}

function placed(
  { regions }: PlanInput,
  workerIds: number | undefined,
  where: string,
): (Omit<Regions, 'ranges'> & Pick<CapacityPlan, 'ranges'>) | readonly Problem[] {
  const all = { from: 0, to: (workerIds ?? 1) - 1 };
  if (regions === undefined) return { ranges: 'none', regions: [{ name: 'everywhere', share: 1, workerIds: all }] };
  if (workerIds !== undefined) return regionsOf(regions, workerIds, where);
  return [
    problem(
      'IDs of this generator carry no worker ID: there is nothing to part among regions.',
      'Leave regions out.',
      `${where}: regions`,
    ),
  ];
}

/** The nodes that mint so much in the busiest second: one at the least, where anything is minted. */
export function nodesFor(peakIdsPerSecond: number, perNode: number): number {
  return peakIdsPerSecond === 0 ? 0 : Math.max(1, roundUp(peakIdsPerSecond / perNode));
}

function yearOf(
  row: GrowthRow,
  input: PlanInput,
  layout: Layout,
  regions: readonly Region[],
  rate: PlannedRate,
  prices: Prices | undefined,
): YearPlan {
  const peak = row.idsPerSecond * input.peakFactor;
  const byRegion = regions.map((region) => regionYear(region, peak, input, layout, rate));
  const nodes = byRegion.reduce((sum, region) => sum + region.nodes, 0);
  const busiest = regions.reduce(
    (most, { share }, index) => Math.max(most, (peak * share) / Math.max(1, byRegion[index]?.nodes ?? 0)),
    0,
  );
  const evidence = evidenceOf(row, input.storage, rate.runs);
  return {
    year: row.year,
    idsPerSecond: row.idsPerSecond,
    peakIdsPerSecond: peak,
    nodes,
    ...(row.nodes !== undefined && { plannedNodes: row.nodes }),
    regions: byRegion,
    ...(rate.sequenceAllows !== undefined && { sequence: sequenceUse(busiest, rate.sequenceAllows) }),
    evidence,
    ...(prices !== undefined && { cost: costOf(nodes, evidence, prices) }),
  };
}

function regionYear(
  { name, share, workerIds: range }: Region,
  peak: number,
  { handOver }: PlanInput,
  layout: Layout,
  rate: PlannedRate,
): RegionYear {
  const nodes = nodesFor(peak * share, rate.perNode);
  if (layout.workerBits === 0) return { region: name, nodes };
  const reserve = reserveOf(nodes, handOver);
  const [available, needed] = [sizeOf(range), nodes + reserve.ids];
  return { region: name, nodes, workerIds: { available, reserve, needed, fits: needed <= available } };
}

function sequenceUse(idsPerSecond: number, allowed: number): SequenceUse {
  const share = idsPerSecond / allowed;
  return { share, level: share >= SEQUENCE_CRITICAL ? 'critical' : share >= SEQUENCE_WARN ? 'warn' : 'fine' };
}

function costOf(nodes: number, evidence: YearPlan['evidence'], prices: Prices): readonly Cost[] {
  const kept = Number((evidence.measured ?? evidence.claimed).kept);
  const storage = (kept / GIGABYTE) * prices.gigabyteMonth;
  return prices.nodeMonth.map(({ name, amount }) => ({
    name,
    nodes: nodes * amount,
    storage,
    total: nodes * amount + storage,
  }));
}

function manifestsOf(
  { name, autoscaling, handOver }: PlanInput,
  regions: readonly Region[],
  workerIds: number | undefined,
  rate: PlannedRate,
  where: string,
): readonly Manifest[] | readonly Problem[] {
  if (autoscaling === undefined) return [];
  const at = (field: string): string => `${where}: autoscaling.${field}`;
  const { minReplicas, maxReplicas: asked } = autoscaling;
  if (workerIds === undefined && asked === undefined)
    return [
      problem(
        'IDs of this generator carry no worker ID, so that nothing but the plan bounds the number of nodes.',
        'Give maxReplicas.',
        at('maxReplicas'),
      ),
    ];
  const loaded = regions.filter(({ share }) => share > 0);
  const problems: Problem[] = [];
  const manifests = loaded.map(({ name: region, workerIds: range }): Manifest => {
    const available = sizeOf(range);
    const room = workerIds === undefined ? Infinity : roomOf(available, handOver);
    const within = loaded.length > 1 ? ` of ${region}` : '';
    if (minReplicas > room)
      problems.push(
        problem(
          `The ${grouped(available)} worker IDs${within} allow ${grouped(room)} nodes with their reserve, fewer than minReplicas (${minReplicas}).`,
          'Lower it, shorten the hand-over, or give more worker IDs.',
          at('minReplicas'),
        ),
      );
    if (asked !== undefined && asked > room)
      problems.push(
        problem(
          `The ${grouped(available)} worker IDs${within} allow ${grouped(room)} nodes with their reserve, fewer than maxReplicas (${asked}).`,
          `Give ${room} at the most, or leave it out.`,
          at('maxReplicas'),
        ),
      );
    const maxReplicas = asked ?? room;
    const named = loaded.length > 1 ? { region } : {};
    return {
      file: `${name}-hpa${loaded.length > 1 ? `-${region}` : ''}.yaml`,
      ...named,
      maxReplicas,
      yaml: hpaManifest({
        autoscaling,
        ...named,
        maxReplicas,
        ...(workerIds !== undefined && {
          workerIds: { available, reserve: reserveOf(room, handOver).ids, room },
        }),
        idsPerNode: rate.perNode,
      }),
    };
  });
  if (asked !== undefined && asked < minReplicas)
    problems.push(
      problem(
        `maxReplicas (${asked}) is less than minReplicas (${minReplicas}).`,
        'Mend one of them.',
        at('maxReplicas'),
      ),
    );
  return problems.length > 0 ? problems : manifests;
}

function isProblems<Value extends object>(value: Value | readonly Problem[]): value is readonly Problem[] {
  return Array.isArray(value) && value.length > 0 && 'remedy' in (value[0] as object);
}
