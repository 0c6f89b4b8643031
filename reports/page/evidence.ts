/** What the verdict rests on: what was minted, stored, acknowledged; who offered the load; how leases were kept. */
import { capitalised, counted } from '../../harness/core/phrases.ts';
import { tellLeases } from '../../harness/core/lease-totals.ts';
import type { Run } from '../../harness/core/run.ts';
import { recordedAs } from '../../harness/core/scope.ts';
import { html } from '../shared/markup.ts';
import type { Content, Markup } from '../shared/markup.ts';
import { amount, grouped } from '../shared/words.ts';
import { pairs } from './pairs.ts';
import { section } from './section.ts';
import { table } from './table.ts';

export function evidence(run: Run): Markup {
  const { minted, stored, acknowledged, batches, tornBytes, requests } = run.evidence;
  const recorded = recordedAs(run.generator);
  return section('evidence', 'Evidence', [
    html`<p>${wholeness(minted, stored, recorded)}</p>`,
    pairs([
      [`${capitalised(recorded)} (committed to taps)`, grouped(minted)],
      ['Stored', grouped(stored)],
      ['Acknowledged (received by clients)', grouped(acknowledged)],
      ['Batches', grouped(batches)],
      ['Torn bytes of killed lives (never replied)', grouped(tornBytes)],
    ]),
    html`<h3>Load</h3>`,
    client(run),
    pairs([
      ['Load achieved', achieved(requests)],
      ['Requests sent', grouped(requests.sent)],
      ['answered with IDs', grouped(requests.ok)],
      ['refused', grouped(requests.refused)],
      ['errors', grouped(requests.errors)],
      ['without answer', grouped(requests.noAnswer)],
      ['not sent, and not counted among these', grouped(requests.dropped)],
    ]),
    tellLeases(run).map(
      ({ coordinator, ownDoing, others, keptItsWord }) =>
        html`<p>
          <span class="badge ${keptItsWord ? 'good' : 'bad'}"
            >${keptItsWord ? '✓ kept its word' : '✕ broke its word'}</span
          >
          ${coordinator}: ${ownDoing}.${others !== '' && html` <span class="soft">Besides: ${others}.</span>`}
        </p>`,
    ),
    lanes(run),
  ]);
}

function wholeness(minted: string, stored: string, recorded: string): Content {
  if (minted !== stored)
    return html`<span class="badge unsure">? not whole</span> ${grouped(minted)} IDs were ${recorded},
      ${grouped(stored)} are in the store.`;
  return minted === '0'
    ? `No ID was ${recorded}, so there is nothing to judge.`
    : html`<span class="badge good">✓ whole</span> All ${grouped(minted)} ${recorded} IDs are in the store.`;
}

/** Who asked for IDs, and how far what clients received was compared with what was minted. */
function client({ generator, load }: Run): Markup {
  const against = `compared with what was ${recordedAs(generator)}`;
  if (load === undefined) return html`<p class="soft">Who offered the load is not in this record.</p>`;
  const { client: name, version, compared, answered, sample } = load;
  const extent =
    answered === 0
      ? 'No answer brought IDs.'
      : compared === answered
        ? `All ${counted(answered, 'answer')} with IDs were ${against}.`
        : `${grouped(compared)} of ${counted(answered, 'answer')} with IDs were ${against}${sample === undefined ? '' : `: ${sample}`}.`;
  return html`<p>Offered by the client <b>${version ?? name}</b>. ${extent}</p>`;
}

/** Of the requests that were due: an open loop sends each at its time, or says that it did not. */
function achieved({ sent, dropped }: Run['evidence']['requests']): string {
  return sent + dropped === 0 ? 'none was due' : amount(sent / (sent + dropped), 'ratio');
}

function lanes({ generator, evidence: { lanes: all } }: Run): Markup | false {
  const recorded = capitalised(recordedAs(generator));
  return (
    all.length > 0 &&
    html`<details>
      <summary>${counted(all.length, 'lane')}</summary>
      ${table(
        `${recorded} and stored by lane`,
        [
          { head: 'Node', cell: ({ node }) => node },
          { head: 'Life', number: true, cell: ({ incarnation }) => incarnation },
          { head: 'Lane', number: true, cell: ({ lane }) => lane },
          { head: recorded, number: true, cell: (lane) => grouped(lane.minted) },
          {
            head: 'Stored',
            number: true,
            cell: (lane) =>
              lane.stored === lane.minted
                ? grouped(lane.stored)
                : html`<strong class="unsure">${grouped(lane.stored)}</strong>`,
          },
        ],
        all,
      )}
    </details>`
  );
}
