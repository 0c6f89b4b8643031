/** What is wrong with a service that was not written for snowglobe, or with how it is asked. */

const BEGINS = 'the service ';

/**
 * A service did not give IDs. `what` continues "the service …" and is one of a few fixed clauses, because messages are
 * counted; `detail` follows it and may be different each time.
 */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
  readonly what: string;

  constructor(what: string, detail = '') {
    super(`${BEGINS}${what}${detail}`);
    this.what = what;
  }
}

/** Whether the reason of an error is one of these. */
export function isServiceFault(reason: string): boolean {
  return reason.startsWith(BEGINS);
}

/** What the user can do about it. */
export const SERVICE_REMEDY =
  'Mend the service, or how it is started and asked: --ask, --ids, --form, --health, --port, or in a generator file `node` (command, ask.path, ask.ids, ask.form, ask.health, ask.port, ask.timeoutMs); its layout says how long IDs are.';
