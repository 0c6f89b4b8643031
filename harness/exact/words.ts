/** IDs as 32-bit words in typed arrays, the low one first: 2 words of 64 bits, 4 of 128. Pure. */

export type WordsOfId = 2 | 4;

/** Below 0 where the ID at `i` of `a` is less than that at `j` of `b`, above 0 where it is greater. */
export function compareWords(a: Uint32Array, i: number, b: Uint32Array, j: number, words: number): number {
  for (let k = words - 1; k >= 0; k--) {
    const x = a[i + k]!;
    const y = b[j + k]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function copyWords(from: Uint32Array, i: number, to: Uint32Array, j: number, words: number): void {
  for (let k = 0; k < words; k++) to[j + k] = from[i + k]!;
}

export function toBigint(a: Uint32Array, i: number, words: number): bigint {
  let id = 0n;
  for (let k = words - 1; k >= 0; k--) id = (id << 32n) | BigInt(a[i + k]!);
  return id;
}

export function fromBigint(id: bigint, to: Uint32Array, j: number, words: number): void {
  for (let k = 0; k < words; k++) to[j + k] = Number((id >> BigInt(32 * k)) & 0xffff_ffffn);
}
