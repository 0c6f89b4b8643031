/** What `snowglobe list` can list, in the order in which it tells. Apart from the lists, which load all that they name. */
export const KINDS = [
  'scenarios',
  'generators',
  'faults',
  'checkers',
  'hazards',
  'indicators',
  'layouts',
  'drivers',
  'claims',
] as const;

export type Kind = (typeof KINDS)[number];
