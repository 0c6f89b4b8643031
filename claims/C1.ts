import type { Claim, Judgement } from '../harness/core/claim.ts';
import type { Layout } from '../harness/core/layout.ts';
import { decodeId, encodeId, layoutProblems } from '../harness/core/layout.ts';
import { grouped } from '../harness/core/phrases.ts';

/** 41 bits of milliseconds since 2024-01-01T00:00Z, 10 of worker ID, 12 of sequence. */
const LAYOUT = {
  timeBits: 41,
  workerBits: 10,
  sequenceBits: 12,
  tickMs: 1,
  epochMs: 1_704_067_200_000,
} as const satisfies Layout;
const MS_PER_YEAR = 365.25 * 86_400_000;
/** 5 bits of each. */
const WORKERS_OF_A_DATACENTER = 2 ** 5;

/** IDs written down by hand, with what is in them. */
const VECTORS = [
  { id: 264905529753604097n, time: '2026-01-01T00:00:00.000Z', workerId: 1, sequence: 1 },
  {
    id: 264905529754066943n,
    time: '2026-01-01T00:00:00.000Z',
    workerId: 3 * WORKERS_OF_A_DATACENTER + 17,
    sequence: 4095,
  },
] as const;

function fields(): Judgement {
  const { timeBits, workerBits, sequenceBits } = LAYOUT;
  const years = 2 ** timeBits / MS_PER_YEAR;
  const figures = `${timeBits} + ${workerBits} + ${sequenceBits} = ${timeBits + workerBits + sequenceBits} bits beside the sign: ${years.toFixed(1)} years, ${grouped(2 ** workerBits)} nodes, ${grouped(2 ** sequenceBits)} IDs a millisecond and node`;
  const isSo = layoutProblems(LAYOUT).length === 0 && years.toFixed(1) === '69.7' && 2 ** sequenceBits === 4096;
  return isSo
    ? { outcome: 'held', because: `${figures}.` }
    : { outcome: 'broken', because: 'The bits hold another figure.', witness: figures };
}

function vectors(): Judgement {
  const read = VECTORS.map((vector) => ({ vector, decoded: decodeId(LAYOUT, vector.id) }));
  const wrong = read.find(
    ({ vector, decoded }) =>
      new Date(decoded.unixMs).toISOString() !== vector.time ||
      decoded.workerId !== vector.workerId ||
      decoded.sequence !== BigInt(vector.sequence) ||
      encodeId(LAYOUT, decoded) !== vector.id,
  );
  const words = read.map(
    ({ vector: { id }, decoded: { unixMs, workerId, sequence } }) =>
      `${id} is ${new Date(unixMs).toISOString()}, worker ${workerId} (datacenter ${Math.floor(workerId / WORKERS_OF_A_DATACENTER)}, worker ${workerId % WORKERS_OF_A_DATACENTER} in it), sequence ${sequence}`,
  );
  return wrong === undefined
    ? { outcome: 'held', because: 'Vectors decode to their fields, and back.', witness: `${words.join('; ')}.` }
    : { outcome: 'broken', because: 'A vector decodes to other fields.', witness: `${words.join('; ')}.` };
}

function rates(): Judgement {
  const aSecond = 2 ** LAYOUT.sequenceBits * 1000;
  const inAll = aSecond * 2 ** LAYOUT.workerBits;
  const figures = `${grouped(aSecond)} IDs a second and node, ${grouped(inAll)} on all nodes`;
  return aSecond === 4_096_000 && (inAll / 1e9).toFixed(1) === '4.2'
    ? { outcome: 'held', because: `${figures}: the most that the bits allow.` }
    : { outcome: 'broken', because: 'The bits allow another figure.', witness: figures };
}

export default {
  name: 'C1',
  claim:
    '41 bits of milliseconds, 10 of worker ID (or 5 of datacenter and 5 of worker), 12 of sequence: 69.7 years, 4,096 IDs a millisecond and node, 1,024 nodes, 4.2 billion IDs a second in theory and 1 to 2 billion in practice.',
  note: 'The worked example of the design decodes to worker 783 and sequence 846, and not to the 1 and 1 that it prints: these vectors take its place.',
  parts: [
    {
      kind: 'calculation',
      says: 'The bits last 69.7 years and give 4,096 IDs a millisecond to each of 1,024 nodes',
      judge: fields,
    },
    { kind: 'calculation', says: 'An ID is read back into time, datacenter, worker and sequence', judge: vectors },
    {
      kind: 'calculation',
      says: 'A node mints up to 4.096 million IDs a second, and 1,024 nodes 4.2 billion',
      judge: rates,
    },
    {
      kind: 'unjudged',
      says: 'In practice it is 1 to 2 billion IDs a second',
      because: 'It takes a thousand machines. `snowglobe plan` says what a measured rate of one node comes to on many.',
    },
  ],
} satisfies Claim;
