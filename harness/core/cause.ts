/**
 * The closed list of causes that a violation may be given. A cause is inferred from evidence (batches, leases, clock
 * offsets, the timetable), never from a generator's name or declaration.
 */
export const CAUSES = {
  'clock stepped back in process':
    "The node's wall clock went back while it ran, and it minted times it had minted before.",
  'clock stepped back across a restart': 'A later life of the node had an earlier clock and minted times again.',
  'two holders: paused past its lease':
    'A holder stood still past its lease, resumed, and minted beside its successor.',
  'two holders: cut from the coordinator': 'A holder lost the coordinator, its lease ran out, and it went on minting.',
  'two holders: coordinator outage':
    'The coordinator was away for longer than the lease while a holder went on minting.',
  'two holders: coordinator ended the lease early':
    'The coordinator gave the worker ID away before the lease was over.',
  'two holders: no lease': 'Two nodes minted under one worker ID, and no lease was there to keep them apart.',
  'two holders: unexplained': 'Two nodes minted under one worker ID; no disturbance at hand explains it.',
  'minted after its lease': 'A node minted after the latest possible end of its lease.',
  'successor behind the earlier holder':
    'A worker ID changed hands and its new holder minted times that the earlier one had used.',
  'sequence reset within a tick':
    'The same tick and worker used the same sequence number again, in one life of a node.',
  'embedded time is not the clock of the call': "The time in the ID is not what the node's clock showed.",
  'wrong field': 'A field of the ID does not hold what it must.',
  'error passed as an ID': 'A refusal or an error value reached the client as an ID.',
  'silent after the heal': 'After everything was healed, the node or worker ID stayed silent.',
  'not explained': 'The evidence at hand fits no known cause.',
} as const;

export type Cause = keyof typeof CAUSES;

/**
 * Causes that the evidence of a run cannot always tell apart: a verdict that names one of a group is right if the bug is
 * any of it. A cause in no group stands for itself.
 */
export const CAUSE_GROUPS: readonly { readonly causes: readonly Cause[]; readonly reason: string }[] = [
  {
    causes: ['minted after its lease', 'two holders: cut from the coordinator', 'two holders: coordinator outage'],
    reason:
      'One bug: it minted on when its lease was over. Whether another node took the worker ID meanwhile, and whether ' +
      'link or coordinator was to blame, is of the schedule and not of the generator.',
  },
];

/** Whether one passes for the other. */
export function alike(one: Cause, other: Cause): boolean {
  return one === other || CAUSE_GROUPS.some(({ causes }) => causes.includes(one) && causes.includes(other));
}
