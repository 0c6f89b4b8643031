/** What authors of generators and scenarios import from the package: types only, so that nothing is loaded. */
export type {
  Compare,
  Coordination,
  Disk,
  Generator,
  GeneratorEnv,
  Grant,
  HeldLease,
  Holding,
  KeyValue,
  Minter,
  Operation,
  ShellNode,
  TxnResult,
} from './core/generator.ts';
export type { Assumption, Guarantee, Promise_ } from './core/guarantee.ts';
export type { Json, JsonObject } from './core/json.ts';
export type { DecodedId, Layout } from './core/layout.ts';
export type { Scenario, ScenarioInput } from './core/scenario.ts';
