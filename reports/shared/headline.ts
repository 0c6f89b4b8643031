/** The verdict of a run in one line, the same in every report. */
import { disturbing } from '../../harness/core/disturbing.ts';
import { EXIT } from '../../harness/core/errors.ts';
import type { Run } from '../../harness/core/run.ts';
import { missingSelfLoad } from '../../harness/core/self-load.ts';
import { verdictBesideWaived } from '../../harness/core/waived.ts';
import { plural } from './words.ts';

/** `Fail: a promise was broken`. */
export function headline(run: Run): string {
  const { waived = [] } = run;
  return waived.length === 0 ? verdictLine(run) : `${beside(run)} (${waived.length} waived)`;
}

/** Of what is not waived. */
function beside(run: Run): string {
  const verdict = verdictBesideWaived(run);
  if (verdict === 'pass') return 'Pass: all that was broken is known of and waived';
  return verdict === 'fail' ? failed(run) : 'Unknown: the run proves nothing beside what is waived';
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
      const less = outside === 0 ? '' : ` (${plural(outside, 'violation')} outside assumptions)`;
      const calm = disturbing(run.disturbances).length === 0 ? ', and nothing was disturbed' : '';
      return `${kept}${less}${calm}${missingSelfLoad(run) === undefined ? '' : ', without the load of the question'}`;
    }
    case 'fail':
      return failed(run);
    case 'unknown':
      return 'Unknown: the run proves nothing';
  }
}

function failed({ findings, slos = [], exitCode }: Run): string {
  const broken = findings.filter(({ promised, verdict }) => promised && verdict === 'fail').length;
  const missed = slos.filter(({ verdict }) => verdict === 'fail').length;
  const promises = broken === 1 ? 'a promise was broken' : `${broken} promises were broken`;
  const objectives = missed === 1 ? 'an SLO was missed' : `${missed} SLOs were missed`;
  if (exitCode !== EXIT.sloMissed && broken > 0) return `Fail: ${promises}${missed === 0 ? '' : `, and ${objectives}`}`;
  return missed > 0 ? `Fail: ${objectives}` : 'Fail: the run missed what was asked of it';
}
