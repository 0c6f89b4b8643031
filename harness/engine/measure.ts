/** What is measured of a run beside its guarantees: SLOs and figures. Pure but for the question to the history. */
import type { Finding } from '../core/finding.ts';
import type { Tenure } from '../core/tenure.ts';
import type { DisturbanceRecord } from '../core/run.ts';
import { seesClocks } from '../core/scope.ts';
import type { SequenceSecond } from '../core/sequence-use.ts';
import type { FigureRecord } from '../core/slo.ts';
import { figuresOf } from './figures.ts';
import type { JudgeInput } from './judge.ts';
import type { SloJudgement } from './judge-slos.ts';
import { indicatorOf, judgeSlos } from './judge-slos.ts';
import type { FactsInput } from './slo-facts.ts';
import { indicatorFacts } from './slo-facts.ts';

export interface MeasureInput extends JudgeInput {
  readonly nodes: readonly string[];
  readonly disturbances: readonly DisturbanceRecord[];
  readonly tenures: readonly Tenure[];
  readonly findings: readonly Finding[];
}

export interface Measured {
  readonly slos: SloJudgement;
  readonly figures: readonly FigureRecord[];
}

export async function measure(input: MeasureInput): Promise<Measured> {
  const { header, indicators, source, disturbances, virtualTime } = input;
  const { scenario, generator } = header;
  const { slos = [] } = scenario;
  const from: FactsInput = {
    ...input,
    scenario,
    layout: generator.layout,
    leases: source?.leases ?? [],
    sequence: await sequenceUse(input),
    ...(!seesClocks(generator.evidence) && { clocksUnseen: true }),
  };
  const facts = indicatorFacts(from);
  return {
    slos: judgeSlos({ slos, indicators, facts, disturbances, virtualTime }),
    figures: figuresOf({ indicators, facts, from }),
  };
}

/** Every ID is looked at: asked only where an SLO wants to know. A lost store has been told of already. */
async function sequenceUse({
  header,
  indicators,
  source,
  virtualTime,
}: MeasureInput): Promise<readonly SequenceSecond[] | undefined> {
  const wanted = (header.scenario.slos ?? []).some((slo) => indicatorOf(slo, indicators).needsSequence === true);
  if (!wanted || virtualTime || source === undefined) return undefined;
  try {
    return await source.sequenceUse();
  } catch {
    return undefined;
  }
}
