/**
 * What to do about a violation, by its cause: where to look in a generator, and which way out others take. Each is one
 * or two sentences in the imperative. The type makes a cause without advice a compile error.
 */
import type { Cause } from '../../harness/core/cause.ts';

export const ADVICE: Readonly<Record<Cause, string>> = {
  'clock stepped back in process':
    'Remember the last time that was minted and never go below it: refuse, or wait, until the clock has passed it. Slew the clock (chrony, or ntpd -x) instead of stepping it.',
  'clock stepped back across a restart':
    'Keep a bound on minted time outside the process (in the coordinator, or on a disk that survives) and, at start, wait until the clock is past it.',
  'two holders: paused past its lease':
    'Check the lease against the monotonic clock after reading the time and before handing out each batch, and mint only below a bound that was written while the lease was held: a pause between check and use must not open a gap.',
  'two holders: cut from the coordinator':
    'Stop minting on your own clock when the last accepted keep-alive plus its TTL is over; do not wait to be told, because nobody can tell a node that is cut off.',
  'two holders: coordinator outage':
    'Fail closed: refuse when the lease cannot be kept alive within its TTL. If you need to mint through an outage, lengthen the TTL, and with it the hand-over, instead of minting on without a lease.',
  'two holders: coordinator ended the lease early':
    'Fence by something that the coordinator cannot take back, such as a bound on minted time for each worker ID that a successor waits for; or name the assumption "coordinator keeps leases". Look for known lease bugs of this version of the coordinator.',
  'two holders: no lease':
    'Give out worker IDs by leases, or prove by configuration that two nodes never run with one worker ID: a number from a hash, a host name or an environment variable proves nothing.',
  'two holders: static beside leased':
    'Keep static worker IDs out of the range that the coordinator leases, or register them there as held.',
  'two holders: by two coordinators':
    'Give each region a range of worker IDs of its own, disjoint from the others, or put the region into the ID.',
  'two holders: both took it at once':
    'Acquire by one atomic compare-and-swap (create revision is 0), not by a read and a later write.',
  'two holders: taken from a living holder':
    'Acquire only where the key is absent; never overwrite or delete a key whose lease is alive, not even one that seems stale.',
  'two holders: unexplained':
    'Read the lanes around the violation: who minted, what each node was told of its lease, and when. Repeat the run with its command; in the simulator it repeats exactly.',
  'coordinator rolled back':
    'Treat a restore of the coordinator as an event: raise the bound and hand out no worker ID until the longest lease plus the clock bound is over; or name the assumption "coordinator never rolls back".',
  'minted after its lease':
    'Count the lease from the moment at which the accepted keep-alive was sent, not from when its answer came, and compare on the monotonic clock for each batch.',
  'successor behind the earlier holder':
    'Write a bound on minted time beside the worker ID while holding it; a successor begins only when its own clock is past that bound.',
  'sequence reset within a tick':
    'Reset the sequence only when the tick has become greater, in the same critical section that reads the clock.',
  'sequence wrapped within a tick':
    'When the sequence of a tick is used up, wait for the next tick or refuse; do not wrap. Give the sequence more bits if this happens under usual load.',
  'threads raced for one sequence':
    'Take time and sequence in one atomic step (a lock, or one compare-and-swap on both in one word), or give each thread a worker ID of its own.',
  'ran ahead of its clock':
    'Do not borrow from future ticks without a bound; wait for the clock, or declare how far ahead the time in IDs may be.',
  'kept its time when its clock went back':
    'If the time in IDs is to be honest, refuse while the clock is behind; if order matters more, declare how far the time may be ahead of the clock.',
  'fell behind its clock': 'Read the clock for each call: a cached time, or IDs made ready beforehand, grow stale.',
  'does not follow its clock':
    'Read the wall clock again now and then: one that is read once at start and advanced by the monotonic clock misses every later correction.',
  'time does not fit its field':
    'Refuse when the time no longer fits, and plan the end of the epoch: move to a later epoch or a wider field before that date.',
  'time before the epoch':
    'Refuse when the clock stands before the epoch: at boot, a machine without a battery clock begins in 1970.',
  'another epoch, unit or width than declared':
    'Compare epoch, unit of the tick and widths of the fields in the code with the declared layout; seconds for milliseconds and a 1970 epoch are the usual slips.',
  'the same random bits drawn twice':
    'Seed from the operating system (a CSPRNG), for each process and again after a fork or a restored snapshot, and give randomness more bits.',
  'range handed out twice':
    'Move the end of the range forward durably before using any number of it, and never hand the same range out again on a retry.',
  'range used again after a restart':
    'Store how far a range is used before the numbers leave the process, or throw the rest of a range away at restart.',
  'range given to two nodes':
    'Hand out ranges by one atomic compare-and-swap in the coordinator, and use a range only after its answer came, not after a timeout.',
  'embedded time is not the clock of the call':
    'Read the clock in the call and put that value into the ID; check unit and epoch of the conversion.',
  'worker ID of an earlier tenure':
    'Drop all that was prepared under the old worker ID (caches, buffers, other threads) at the moment at which it is given up.',
  'worker ID wider than its field':
    'Refuse to start with a worker ID that does not fit; never mask it, or two nodes become one.',
  'digits lost in a 53-bit number':
    'Keep IDs as BigInt or as decimal strings from end to end, in JSON too: a JavaScript number is exact to 2^53 only.',
  'wrong field': 'Compare shifts and masks in the code with the declared layout, field by field.',
  'error passed as an ID':
    'Return errors on a path of their own (a status, an exception): 0, -1 or an empty answer must never be readable as an ID.',
  'changed on the way: 64 bits through a JS number':
    'Send IDs as strings in JSON (or as 8 bytes) and read them as such: JSON.parse, and every client that keeps numbers as doubles, rounds whole numbers beyond 2^53.',
  'changed on the way':
    'Compare what the node serialises with what a client reads, byte by byte: look at byte order, signed against unsigned, truncated fields, and proxies that rewrite bodies.',
  'one place acknowledged to two clients':
    'Look at what lies between the generator and its clients: a proxy, cache or library that answers one request with what another was answered hands the same IDs out twice.',
  'acknowledged and never minted':
    'Answer only after the IDs are committed, and name the place that they were committed at: an answer that overtakes its log promises what a crash takes back.',
  'silent after the heal':
    'Retry the acquisition with a bounded pause for as long as the process lives, and leave no state from which only a restart leads out.',
  'not explained':
    'Repeat the run with its command and look at the lanes around the violation. If it comes back, report it with run.json: a cause is missing from the list.',
};
