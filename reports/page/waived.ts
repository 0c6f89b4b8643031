/** What is broken or missed, known of, and no failure of the command: who said so, why, and until when. */
import { counted } from '../../harness/core/phrases.ts';
import type { Run } from '../../harness/core/run.ts';
import { subjectOf } from '../../harness/core/waived.ts';
import type { WaivedRecord } from '../../harness/core/waived.ts';
import { html } from '../shared/markup.ts';
import type { Markup } from '../shared/markup.ts';
import { section } from './section.ts';
import { table } from './table.ts';

interface Row {
  readonly known: WaivedRecord;
  readonly waiver: WaivedRecord['by'][number];
}

export function waived({ waived: all = [] }: Run): Markup | false {
  return (
    all.length > 0 &&
    section('waived', 'Waived', [
      html`<p class="soft">
        Broken or missed all the same, and told below; a file of waivers says that it is known of and fails no command
        until the day that is named.
      </p>`,
      table<Row>(
        'What is waived, with the words of whoever waived it',
        [
          {
            head: 'What',
            cell: ({ known }) =>
              html`${subjectOf(known)}<small
                  >${known.slo === undefined ? counted(known.violations, 'violation') : 'missed'}</small
                >`,
          },
          { head: 'Reason', cell: ({ waiver }) => waiver.reason },
          {
            head: 'For which cause',
            cell: ({ waiver, known }) => waiver.cause ?? (known.slo === undefined ? 'any' : '–'),
          },
          { head: 'Ticket', cell: ({ waiver }) => waiver.ticket },
          { head: 'Last day', cell: ({ waiver }) => html`<span class="whole">${waiver.expires}</span>` },
        ],
        all.flatMap((known) => known.by.map((waiver) => ({ known, waiver }))),
      ),
    ])
  );
}
