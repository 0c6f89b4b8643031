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
  'two holders: static beside leased':
    'One of two holders had the worker ID by a lease, the other without: the coordinator did not know of it.',
  'two holders: by two coordinators':
    'Two regions, each with a coordinator of its own, handed out one worker ID: neither knows of the other.',
  'two holders: both took it at once': 'Two nodes took a worker ID within moments, each as if nobody had it.',
  'two holders: taken from a living holder':
    'A node took the worker ID away from a holder whose lease had not run out.',
  'two holders: unexplained': 'Two nodes minted under one worker ID; no disturbance at hand explains it.',
  'coordinator rolled back':
    'The coordinator went back to an earlier state, and a holder went by what was forgotten or lived again.',
  'minted after its lease': 'A node minted after the latest possible end of its lease.',
  'successor behind the earlier holder':
    'A worker ID changed hands and its new holder minted times that the earlier one had used.',
  'sequence reset within a tick':
    'The same tick and worker used the same sequence number again, in one life of a node.',
  'sequence wrapped within a tick':
    'One tick was asked for more IDs than it holds, and the same sequence numbers were used again.',
  'threads raced for one sequence': 'Two lanes of one life used the same tick and sequence number.',
  'ran ahead of its clock': "The time in the ID lay ahead of all that the node's clock had shown.",
  'kept its time when its clock went back':
    "The time in the ID was one that the node's clock had shown before it went back.",
  'fell behind its clock': "The time in the ID lay behind the node's clock: made ready, or read, long before the call.",
  'does not follow its clock':
    'The time in the ID ran on with true time while the wall clock of the node stood elsewhere: it is not read any more.',
  'time does not fit its field': "The node's clock stood beyond the last time that an ID can carry.",
  'time before the epoch': "The node's clock stood before the first time that an ID can carry.",
  'another epoch, unit or width than declared':
    'The time in the ID lay further from the clock than any clock was ever observed to be off.',
  'the same random bits drawn twice':
    'Two nodes, or two lives of one, drew the same bits where chance should have kept them apart.',
  'range handed out twice': 'One life of a node minted numbers of one range twice, or went back to an earlier range.',
  'range used again after a restart': 'A later life of the node minted numbers that an earlier one had minted.',
  'range given to two nodes':
    'Two nodes minted numbers of one range: one of them took it without having been given it.',
  'embedded time is not the clock of the call': "The time in the ID is not what the node's clock showed.",
  'worker ID of an earlier tenure':
    'The ID carries a worker ID that this life of the node held before, and holds no more.',
  'worker ID wider than its field': 'The worker ID that the node held does not fit into the field for it.',
  'digits lost in a 53-bit number': 'IDs of one call were rounded to what a double-precision number can hold.',
  'wrong field': 'A field of the ID does not hold what it must.',
  'error passed as an ID': 'A refusal or an error value reached the client as an ID.',
  'changed on the way: 64 bits through a JS number':
    'The client received what a double-precision number holds of the IDs that were minted.',
  'changed on the way': 'The client received other IDs than those that were minted at that place.',
  'one place acknowledged to two clients':
    'Two answers named the same place: the IDs that were minted there went out twice.',
  'acknowledged and never minted': 'The client was told a place at which its node never minted anything.',
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
    causes: ['threads raced for one sequence', 'sequence reset within a tick'],
    reason:
      'One thread sets the sequence back while others count. Where both numbers fell to one thread, that looks as if it ' +
      'had reset its own.',
  },
  {
    causes: ['minted after its lease', 'two holders: cut from the coordinator', 'two holders: coordinator outage'],
    reason:
      'One bug: it minted on when its lease was over. Whether another node took the worker ID meanwhile, and whether ' +
      'link or coordinator was to blame, is of the schedule and not of the generator.',
  },
  {
    causes: ['successor behind the earlier holder', 'clock stepped back across a restart'],
    reason:
      'One bug: it takes no notice of what was minted under its worker ID before. Whether the next to hold it is another ' +
      'node, or the same one after a restart, is of the schedule.',
  },
];

/** Whether one passes for the other. */
export function alike(one: Cause, other: Cause): boolean {
  return one === other || CAUSE_GROUPS.some(({ causes }) => causes.includes(one) && causes.includes(other));
}
