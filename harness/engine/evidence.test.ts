import { describe, expect, test } from 'vitest';
import type { RequestColumns } from '../core/history.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { EvidenceInput, EvidenceJudgement } from './evidence.ts';
import { judgeEvidence } from './evidence.ts';

const lane = { node: 'n1', incarnation: 1, lane: 0 };

/** One reply of 10 IDs at position 90, to one of two requests. */
function requests(
  change: { readonly incarnation?: number; readonly firstSeq?: number; readonly count?: number } = {},
): RequestColumns {
  return {
    length: 2,
    node: Uint16Array.of(0, 0),
    sent: Float64Array.of(1, 2),
    received: Float64Array.of(2, 3),
    status: Uint8Array.of(0, 1),
    incarnation: Uint32Array.of(change.incarnation ?? 1, 0),
    lane: Uint16Array.of(0, 0),
    firstSeq: Float64Array.of(change.firstSeq ?? 90, 0),
    count: Uint32Array.of(change.count ?? 10, 0),
    first: new BigUint64Array(2),
    last: new BigUint64Array(2),
    digest: new BigUint64Array(2),
  };
}

function said(minted: string, incarnation = 1): JournalEntry {
  const health = { status: 'minting', incarnation, wallMs: 0, at: 5, minted: [minted] } as const;
  return { at: 5, kind: 'health', node: 'n1', health, offsetMs: 0 };
}

/** Ten requests of twelve that were answered, with 100 IDs. */
const ANSWERED: JournalEntry = {
  at: 4,
  kind: 'load',
  node: 'n1',
  sent: 12,
  dropped: 0,
  ok: 10,
  ids: 100,
  refused: { 'no lease': 2 },
  errors: {},
  noAnswer: 0,
};

/** Those of `requests`. */
const TWO_SENT: JournalEntry = { ...ANSWERED, sent: 2, ok: 1, ids: 10, refused: { 'no lease': 1 } };

function judgement(change: Partial<EvidenceInput>): EvidenceJudgement {
  return judgeEvidence({
    journal: [said('100'), TWO_SENT],
    nodes: ['n1'],
    minted: [{ ...lane, ids: 100n }],
    stored: [{ ...lane, ids: 100n }],
    batches: 10,
    tornBytes: 0,
    problems: [],
    requests: requests(),
    ...change,
  });
}

function reasons(change: Partial<EvidenceInput> = {}): readonly string[] {
  return judgement(change).unknowns.map(({ reason }) => reason);
}

test('counted alike on all ends, the evidence is whole', () => {
  expect(reasons()).toEqual([]);
});

describe('the evidence is not whole when', () => {
  test('the store holds fewer, or more, than the taps', () => {
    expect(reasons({ stored: [{ ...lane, ids: 99n }] })).toEqual(['evidence not whole']);
    expect(reasons({ stored: [{ ...lane, ids: 101n }] })).toEqual(['evidence not whole']);
    expect(reasons({ stored: [] })).toEqual(['evidence not whole']);
  });

  test('the store holds a lane that has no tap', () => {
    expect(
      reasons({
        stored: [
          { ...lane, ids: 100n },
          { ...lane, lane: 1, ids: 1n },
        ],
      }),
    ).toEqual(['evidence not whole']);
  });

  test('a node says that it minted more than its tap holds', () => {
    expect(reasons({ journal: [said('101'), TWO_SENT] })).toEqual(['evidence not whole']);
  });

  test('a life that is over had said that it minted more than its tap holds', () => {
    const lanes = [
      { ...lane, ids: 100n },
      { ...lane, incarnation: 2, ids: 10n },
    ];
    const change = { minted: lanes, stored: lanes };
    expect(reasons({ ...change, journal: [said('100'), said('10', 2), TWO_SENT] })).toEqual([]);
    expect(judgement({ ...change, journal: [said('100000'), said('10', 2), TWO_SENT] }).unknowns).toEqual([
      {
        reason: 'evidence not whole',
        scope: 'n1',
        detail: 'n1 (life 1, lane 0) said that it had minted 100000 IDs; its tap holds 100.',
      },
    ]);
  });

  test('what it said last is less than what it had said before', () => {
    expect(reasons({ journal: [said('101'), said('100'), TWO_SENT] })).toEqual(['evidence not whole']);
  });

  test('clients received what the tap does not hold: the reply overtook it', () => {
    expect(reasons({ requests: requests({ firstSeq: 91 }) })).toEqual(['evidence not whole']);
  });

  test('the reader of the taps found something wrong', () => {
    expect(reasons({ problems: ['a gap'] })).toEqual(['evidence not whole']);
  });
});

describe('the live path is blind when', () => {
  test('a reply did not say where its IDs are', () => {
    expect(reasons({ requests: requests({ incarnation: 0 }) })).toEqual(['live path blind']);
    expect(reasons({ requests: requests({ incarnation: 0, count: 0 }) })).toEqual(['live path blind']);
  });

  test('but not when it had none, and said so', () => {
    expect(reasons({ requests: requests({ count: 0 }) })).toEqual([]);
  });

  test('an answer came with more IDs than it said, or with fewer: they may be any', () => {
    const more: JournalEntry = { ...TWO_SENT, errors: { 'not as many IDs as the header says': 1, 'HTTP 500': 3 } };
    expect(judgement({ journal: [said('100'), more] }).unknowns).toMatchObject([
      { reason: 'live path blind', detail: expect.stringMatching(/^1 answer came with not as many IDs/) as unknown },
    ]);
  });

  test('requests are missing of those that clients sent, or are there twice', () => {
    const { unknowns } = judgement({ journal: [said('100'), ANSWERED] });
    expect(unknowns.map(({ reason, detail }) => [reason, detail])).toEqual([
      ['live path blind', expect.stringMatching(/^Of 12 requests that clients sent by the journal, 2 are there/)],
    ]);
    expect(reasons({ journal: [said('100'), { ...TWO_SENT, sent: 1 }] })).toEqual(['live path blind']);
  });

  test('what clients received died with the harness', () => {
    expect(reasons({ requests: undefined })).toEqual(['live path blind']);
    const { unknowns, totals } = judgement({ requests: undefined, journal: [said('100'), ANSWERED] });
    // The totals are the journal's; the doubt does not deny them.
    expect(totals).toMatchObject({ acknowledged: '100', requests: { sent: 12, ok: 10 } });
    expect(unknowns.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^Which IDs each client received was lost .* are counts from the journal, and name no ID/),
    ]);
  });
});
