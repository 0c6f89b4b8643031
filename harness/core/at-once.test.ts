import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTurns } from './at-once.ts';

test('answers are in the order of the items, whoever ends first, and no more are under way than was said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.nat()), fc.integer({ min: 1, max: 4 }), async (s, items, atOnce) => {
      let underWay = 0;
      let most = 0;
      const answers = inTurns(items, atOnce, async (item) => {
        most = Math.max(most, ++underWay);
        await s.schedule(Promise.resolve());
        underWay--;
        return item + 1;
      });
      await s.waitFor(answers);
      expect(await answers).toEqual(items.map((item) => item + 1));
      expect(most).toBe(Math.min(atOnce, items.length));
    }),
  );
});

test('rejects with what the work threw', async () => {
  const work = (item: number): Promise<number> =>
    item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item);
  await expect(inTurns([1, 2, 3], 2, work)).rejects.toThrow('two');
});
