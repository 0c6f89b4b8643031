/** An ID as its service writes it. Pure. */
import type { IdForm } from '../core/node-program.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const UUID_PARTS = [8, 4, 4, 4, 12] as const;
const ULID_LETTERS = 26;

/** `id`: its bits, unsigned. */
export function idText(id: bigint, form: IdForm): string {
  switch (form) {
    case 'decimal':
      return String(id);
    case 'hex':
      return id.toString(16);
    case 'uuid':
      return uuidText(id.toString(16).padStart(32, '0'));
    case 'ulid':
      return Array.from({ length: ULID_LETTERS }, (_, k) => CROCKFORD[Number((id >> BigInt(5 * (25 - k))) & 31n)]).join(
        '',
      );
    case 'text':
      return `a text, kept as the digest ${id.toString(16).padStart(32, '0')}`;
  }
}

function uuidText(digits: string): string {
  let from = 0;
  return UUID_PARTS.map((length) => digits.slice(from, (from += length))).join('-');
}
