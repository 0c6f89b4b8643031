/** The parts of a run, in their order. */
export type Phase = 'launch' | 'warm-up' | 'disturb' | 'recover' | 'drain' | 'judge' | 'done';
