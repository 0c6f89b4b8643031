/**
 * The tables of facts: for each column its name, its type, and where its value comes from.
 */
import type { DisturbanceFact, OffsetFact, RunFact, WitnessFact } from '../../core/run-facts.ts';
import { idBitsOf, shiftsOf } from '../../core/layout.ts';

/** The types that fact-rows.ts can write, each with what it is written from. */
export interface FactTypes {
  readonly String: string;
  readonly 'Array(String)': readonly string[];
  readonly UInt8: number;
  readonly UInt16: number;
  readonly Int64: bigint;
  readonly Float64: number;
  readonly 'Nullable(Int32)': number | undefined;
  readonly 'Nullable(Int64)': bigint | undefined;
  readonly 'Nullable(Float64)': number | undefined;
}

export interface FactColumn<Fact, Name extends string = string, Type extends keyof FactTypes = keyof FactTypes> {
  readonly name: Name;
  readonly type: Type;
  readonly of: (fact: Fact) => FactTypes[Type];
}

/** A column of a table whose rows are such facts. */
const columnFor =
  <Fact>() =>
  <Name extends string, Type extends keyof FactTypes>(
    name: Name,
    type: Type,
    of: (fact: Fact) => FactTypes[Type],
  ): FactColumn<Fact, Name, Type> => ({ name, type, of });

const run = columnFor<RunFact>();
const disturbance = columnFor<DisturbanceFact>();
const offset = columnFor<OffsetFact>();
const witness = columnFor<WitnessFact>();

const bit = (is: boolean): number => (is ? 1 : 0);
const whole = (ns: number | undefined): bigint | undefined => (ns === undefined ? undefined : BigInt(Math.round(ns)));

/** Without `run`, which every table has and no fact knows. */
export const FACT_COLUMNS = {
  runs: [
    run('scenario', 'String', ({ scenario }) => scenario),
    run('generator', 'String', ({ generator }) => generator),
    run('driver', 'String', ({ driver }) => driver),
    run('seed', 'String', ({ seed }) => seed),
    run('verdict', 'String', ({ verdict }) => verdict),
    run('origin_ns', 'Int64', ({ originUnixNs }) => originUnixNs),
    run('last', 'Int64', ({ last }) => BigInt(Math.round(last))),
    run('nodes', 'Array(String)', ({ nodes }) => nodes),
    run('id_bits', 'UInt8', ({ layout }) => idBitsOf(layout)),
    run('time_bits', 'UInt8', ({ layout }) => layout.timeBits),
    run('time_shift', 'UInt8', ({ layout }) => shiftsOf(layout).time),
    run('tick_ms', 'Float64', ({ layout }) => layout.tickMs),
    run('epoch_ms', 'Float64', ({ layout }) => layout.epochMs),
  ],
  disturbances: [
    disturbance('key', 'String', ({ key }) => key),
    disturbance('name', 'String', ({ name }) => name),
    disturbance('label', 'String', ({ label }) => label),
    disturbance('slot', 'String', ({ slot }) => slot),
    disturbance('fault', 'String', ({ fault }) => fault),
    disturbance('disturbs', 'Array(String)', ({ disturbs }) => disturbs),
    disturbance('options', 'String', ({ options }) => JSON.stringify(options)),
    disturbance('injected', 'Nullable(Int64)', ({ injected }) => whole(injected)),
    disturbance('healed', 'Nullable(Int64)', ({ healed }) => whole(healed)),
    disturbance('bit', 'UInt8', (fact) => bit(fact.bit)),
    disturbance('missed', 'String', ({ missed = '' }) => missed),
  ],
  offsets: [
    offset('node', 'UInt16', ({ node }) => node),
    offset('at', 'Int64', ({ at }) => BigInt(Math.round(at))),
    offset('requested_ms', 'Nullable(Float64)', ({ requestedMs }) => requestedMs),
    offset('observed_ms', 'Nullable(Float64)', ({ observedMs }) => observedMs),
  ],
  witnesses: [
    witness('guarantee', 'String', ({ guarantee }) => guarantee),
    witness('scope', 'String', ({ scope = '' }) => scope),
    witness('promised', 'UInt8', ({ promised }) => bit(promised)),
    witness('at', 'Int64', ({ at }) => BigInt(Math.round(at))),
    witness('worker', 'Nullable(Int32)', ({ worker }) => worker),
    witness('lives', 'Array(String)', ({ lives }) => lives),
    witness('ids', 'Array(String)', ({ ids }) => ids),
    witness('what', 'String', ({ what }) => what),
    witness('cause', 'String', ({ cause = '' }) => cause),
    witness('explanation', 'String', ({ explanation = '' }) => explanation),
    witness('outside_assumptions', 'UInt8', ({ outsideAssumptions }) => bit(outsideAssumptions)),
  ],
} as const;
