/** What a compressed file holds. Effects: none but those of its source. */
import { once } from 'node:events';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Compression } from './read-part.ts';

/** Told as damage of the file is: with a code. */
class TrailingBytes extends Error {
  readonly code = 'TRAILING_BYTES';
}

/**
 * All members or frames, one after the other: `cat a.gz b.gz` makes such a file, as do programs that append or that
 * compress in parallel. A decompressor of Node ends with the first frame of zstd, and with the first byte that is 0 behind
 * a member of gzip, and says nothing of what follows.
 */
export async function* decompressed(
  source: AsyncIterable<Buffer>,
  compression: Exclude<Compression, 'none'>,
): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  const next = async (): Promise<Buffer | undefined> => {
    for (;;) {
      const chunk = await chunks.next();
      if (chunk.done === true) return undefined;
      if (chunk.value.length > 0) return chunk.value;
    }
  };
  let behind = await next();
  while (behind !== undefined) {
    const member = compression === 'gzip' ? createGunzip() : createZstdDecompress();
    const closed = once(member, 'close').then(
      () => false,
      () => false,
    );
    let last: Buffer = behind;
    let given = 0;
    // One chunk at a time: what a member leaves over is then the end of the last one.
    const feed = async (): Promise<void> => {
      for (let chunk: Buffer | undefined = last; chunk !== undefined; chunk = await next()) {
        last = chunk;
        given += chunk.length;
        const isTaken = new Promise<boolean>((resolve) => {
          member.write(chunk, (error) => resolve(error === undefined || error === null));
        });
        if (!(await Promise.race([isTaken, closed])) || member.bytesWritten < given) return;
      }
      member.end();
    };
    const feeding = feed();
    // Whoever reads stops at an error of the source, too.
    feeding.catch((error: unknown) => member.destroy(error as Error));
    yield* member as AsyncIterable<Buffer>;
    await feeding;
    const left = given - member.bytesWritten;
    behind = left === 0 ? undefined : last.subarray(last.length - left);
    if (compression === 'gzip' && behind?.[0] === 0) behind = await onlyPadding(behind, next);
  }
}

/** Tapes and disks pad with zeros; behind them nothing is expected, and nothing is skipped. */
async function onlyPadding(first: Buffer, next: () => Promise<Buffer | undefined>): Promise<undefined> {
  for (let chunk: Buffer | undefined = first; chunk !== undefined; chunk = await next())
    if (chunk.some((byte) => byte !== 0))
      throw new TrailingBytes('something follows the zeros behind the end of what is compressed');
  return undefined;
}
