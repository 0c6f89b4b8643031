/** The verdict of a run in one line, the same in every report. */
import { capitalised, counted } from '../../harness/core/phrases.ts';
import { disturbing } from '../../harness/core/disturbing.ts';
import { EXIT } from '../../harness/core/errors.ts';
import type { Run } from '../../harness/core/run.ts';
import { missingSelfLoad } from '../../harness/core/self-load.ts';
import {
  brokenGuarantees,
  missedSlos,
  verdictBesideWaived,
  verdictInWords,
  waivedOf,
} from '../../harness/core/waived.ts';

/** `Fail: a promise was broken`, `Pass (1 waived): all that was broken is known of`. */
export function headline(run: Run): string {
  const { waived = [] } = run;
  if (waived.length === 0) return verdictLine(run);
  const verdict = verdictInWords(run);
  return `${capitalised(verdict)}: ${besideWaived(run)}`;
}

/** Of what is not waived. */
function besideWaived(run: Run): string {
  switch (verdictBesideWaived(run)) {
    case 'pass':
      return 'all that was broken is known of';
    case 'fail':
      return `${whatFailed(run)} beside what is waived`;
    case 'unknown':
      return 'the run proves nothing beside what is waived';
  }
}

function verdictLine(run: Run): string {
  if (run.state === 'begun') return 'Unknown: the run was never judged';
  const outside = run.findings.reduce(
    (sum, { promised, outsideAssumptions }) => sum + (promised ? outsideAssumptions : 0),
    0,
  );
  switch (run.verdict) {
    case 'pass': {
      const { slos = [] } = run;
      const met = slos.length > 0 && slos.every(({ verdict }) => verdict === 'pass');
      const kept = `Pass: every promise was kept${met ? ', every SLO met' : ''}`;
      const less = outside === 0 ? '' : ` (${counted(outside, 'violation')} outside assumptions)`;
      const calm = disturbing(run.disturbances).length === 0 ? ', and nothing was disturbed' : '';
      return `${kept}${less}${calm}${missingSelfLoad(run) === undefined ? '' : ', without the load of the question'}`;
    }
    case 'fail':
      return `Fail: ${whatFailed(run)}`;
    case 'unknown':
      return 'Unknown: the run proves nothing';
  }
}

/** What nobody waived. */
function whatFailed(run: Run): string {
  const broken = brokenGuarantees(run).filter((finding) => waivedOf(run, finding) === undefined).length;
  const missed = missedSlos(run).filter(({ name }) => waivedOf(run, { slo: name }) === undefined).length;
  const promises = broken === 1 ? 'a promise was broken' : `${broken} promises were broken`;
  const objectives = missed === 1 ? 'an SLO was missed' : `${missed} SLOs were missed`;
  if (run.exitCode !== EXIT.sloMissed && broken > 0) return `${promises}${missed === 0 ? '' : `, and ${objectives}`}`;
  return missed > 0 ? objectives : 'the run missed what was asked of it';
}
