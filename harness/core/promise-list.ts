/** Promises as a flag has them: `unique,increasing-across-lives=node,time-honest=1000/0`; and back. Pure. */
import { GUARANTEE_NAMES } from './guarantee.ts';
import type { Guarantee, Promise_ } from './guarantee.ts';
import { chooseAmong } from './nearest-name.ts';

/** Throws an Error with one sentence. */
export function promiseList(text: string): readonly Promise_[] {
  const promises = text.split(',').map((word) => {
    const [name = '', bound, ...more] = word.trim().split('=');
    const guarantee = GUARANTEE_NAMES.find((known) => known === name);
    if (guarantee === undefined)
      throw new Error(`There is no guarantee "${name}". ${chooseAmong(name, GUARANTEE_NAMES)}`);
    if (more.length > 0) throw new Error(`"${word.trim()}" has more than one =`);
    return promiseOf(guarantee, bound);
  });
  const again = promises.find(
    (promise, index) => promises.findIndex((one) => subject(one) === subject(promise)) < index,
  );
  if (again !== undefined) throw new Error(`${again.guarantee} is promised twice`);
  return promises;
}

/** As `promiseList` reads it; without assumptions, for which there is no word. */
export function promisesText(promises: readonly Promise_[]): string {
  return promises.map((promise) => `${promise.guarantee}${boundText(promise)}`).join(',');
}

function promiseOf(guarantee: Guarantee, bound: string | undefined): Promise_ {
  switch (guarantee) {
    case 'time-honest': {
      const [past, future = past, ...more] = (bound ?? '').split('/').map(milliseconds);
      if (past === undefined || future === undefined || more.length > 0)
        throw new Error(
          'time-honest needs its bounds in milliseconds, past and future: time-honest=1000, or time-honest=1000/0',
        );
      return { guarantee, pastMs: past, futureMs: future };
    }
    case 'recovers': {
      const withinMs = milliseconds(bound ?? '');
      if (withinMs === undefined) throw new Error('recovers needs its milliseconds: recovers=8000');
      return { guarantee, withinMs };
    }
    case 'increasing-across-lives':
      if (bound !== 'node' && bound !== 'worker-id')
        throw new Error(`${guarantee} needs its scope: ${guarantee}=node, or ${guarantee}=worker-id`);
      return { guarantee, scope: bound };
    default:
      if (bound !== undefined) throw new Error(`${guarantee} takes no bound, and is given "${bound}"`);
      return { guarantee };
  }
}

function milliseconds(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function boundText(promise: Promise_): string {
  switch (promise.guarantee) {
    case 'time-honest':
      return promise.pastMs === promise.futureMs ? `=${promise.pastMs}` : `=${promise.pastMs}/${promise.futureMs}`;
    case 'recovers':
      return `=${promise.withinMs}`;
    case 'increasing-across-lives':
      return `=${promise.scope}`;
    default:
      return '';
  }
}

function subject(promise: Promise_): string {
  return 'scope' in promise ? `${promise.guarantee} ${promise.scope}` : promise.guarantee;
}
