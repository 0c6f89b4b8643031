/**
 * Layouts as a user writes them: by name, `twitter`; by name with an epoch of one's own, `twitter+2024-01-01`; field by
 * field, `time:41@1ms+2010-11-04T01:42:54.657Z,worker:10,sequence:12`; or `opaque`, of which nothing is known. Pure.
 *
 * A spec gives the most significant field first, each with its bits. Fields that sum up to 64 bits or less make an ID of
 * 64 bits, else one of 128; bits above the first field are 0, so that fields of 63 bits leave the sign bit clear.
 */
import { NAMED_LAYOUTS } from './layout-names.ts';
import type { Layout } from './layout.ts';
import { idBitsOf, isOpaque, NUMBER_BITS_MAX, OPAQUE_128, OPAQUE_64, shiftsOf, WORKER_BITS_MAX } from './layout.ts';
import { nearestName } from './nearest-name.ts';

/** What a field is to the harness, by the word that stands for it in a spec. */
const ROLES = {
  time: 'time',
  worker: 'worker',
  datacenter: 'worker',
  machine: 'worker',
  node: 'worker',
  process: 'worker',
  instance: 'worker',
  shard: 'worker',
  sequence: 'sequence',
  random: 'random',
  fixed: 'fixed',
  unused: 'unused',
} as const;
type Role = (typeof ROLES)[keyof typeof ROLES];

const BITS_MAX: Readonly<Record<Role, number>> = {
  time: NUMBER_BITS_MAX,
  worker: WORKER_BITS_MAX,
  sequence: 128,
  random: 128,
  fixed: NUMBER_BITS_MAX,
  unused: 128,
};

/** Milliseconds of each unit of a tick. */
const UNITS = { s: 1000, ms: 1, us: 1 / 1000, ns: 1 / 1_000_000 } as const;
type Unit = keyof typeof UNITS;

const OPAQUE: Readonly<Record<string, Layout>> = {
  opaque: OPAQUE_64,
  'opaque:64': OPAQUE_64,
  'opaque:128': OPAQUE_128,
};
/** For messages. */
const AN_EXAMPLE = 'time:41@1ms+2010-11-04T01:42:54.657Z,worker:10,sequence:12';

interface Field {
  readonly role: Role;
  readonly bits: number;
  /** Of a fixed field. */
  readonly value: number;
  readonly time?: Pick<Layout, 'tickMs' | 'epochMs'>;
}

/** All names, in the order of the alphabet. */
export function layoutNames(): readonly string[] {
  return Object.keys(NAMED_LAYOUTS).toSorted();
}

/** Throws an error whose message is one sentence about what is wrong with the text, and how it is mended. */
export function parseLayout(text: string): Layout {
  const asked = text.trim();
  const opaque = OPAQUE[asked];
  if (opaque !== undefined) return opaque;
  return asked.includes(':') && !/^[a-z][a-z0-9-]*\+/.test(asked) ? layoutOf(fieldsIn(asked), asked) : named(asked);
}

/** The spec of a layout: `parseLayout` makes an equal one of it. */
export function layoutText(layout: Layout): string {
  if (isOpaque(layout)) return idBitsOf(layout) === 64 ? 'opaque' : 'opaque:128';
  const shifts = shiftsOf(layout);
  const fields = [
    {
      shift: shifts.time,
      bits: layout.timeBits,
      text: `time:${layout.timeBits}@${tickText(layout.tickMs)}+${epochText(layout.epochMs)}`,
    },
    {
      shift: shifts.worker,
      bits: layout.workerBits,
      text: (layout.workerParts ?? [layout.workerBits]).map((bits) => `worker:${bits}`).join(','),
    },
    { shift: shifts.sequence, bits: layout.sequenceBits, text: `sequence:${layout.sequenceBits}` },
    ...(layout.fixed ?? []).map(({ shift, bits, value }) => ({ shift, bits, text: `fixed:${bits}=${value}` })),
  ]
    .filter(({ bits }) => bits > 0)
    .toSorted((one, other) => other.shift - one.shift);
  const used = shifts.time + layout.timeBits;
  const idBits = idBitsOf(layout);
  const texts = idBits === 128 && used <= 64 ? [`unused:${idBits - used}`] : [];
  let top = used;
  for (const { shift, bits, text } of fields) {
    if (top > shift + bits) texts.push(`random:${top - shift - bits}`);
    texts.push(text);
    top = shift;
  }
  if (top > 0) texts.push(`random:${top}`);
  return texts.join(',');
}

function named(asked: string): Layout {
  const [, name = asked, epoch] = /^([^+]*)\+(.*)$/.exec(asked) ?? [];
  const known = Object.hasOwn(NAMED_LAYOUTS, name) ? NAMED_LAYOUTS[name] : undefined;
  if (known === undefined) {
    const nearest = nearestName(name, [...layoutNames(), 'opaque']);
    const remedy =
      nearest === undefined
        ? `take one of ${layoutNames().join(', ')}, opaque, or name its fields, as in ${AN_EXAMPLE}`
        : `did you mean ${nearest}?`;
    throw wrong(`there is no layout called "${name}": ${remedy}`);
  }
  const layout = parseLayout(known.spec);
  if (epoch === undefined && known.epoch === 'yours')
    throw wrong(`${name} has the epoch that it is made with: give that too, as in ${name}+2015-01-01T00:00:00Z`);
  if (epoch === undefined) return layout;
  if (layout.timeBits === 0) throw wrong(`${name} carries no time, so that it has no epoch: leave out "+${epoch}"`);
  return { ...layout, epochMs: epochOf(epoch, asked) };
}

function fieldsIn(spec: string): readonly Field[] {
  return spec.split(',').map((part) => {
    const [, word = '', bits = '', more = ''] = /^\s*([a-z]+):(\d+)([^\s]*)\s*$/.exec(part) ?? [];
    if (word === '') throw wrong(`"${part.trim()}" is not a field and its bits, as in ${AN_EXAMPLE}`);
    if (!Object.hasOwn(ROLES, word)) {
      const nearest = nearestName(word, Object.keys(ROLES));
      const remedy =
        nearest === undefined ? `take one of ${Object.keys(ROLES).join(', ')}` : `did you mean ${nearest}?`;
      throw wrong(`no field is called "${word}": ${remedy}`);
    }
    return fieldOf(ROLES[word as keyof typeof ROLES], word, Number(bits), more);
  });
}

function fieldOf(role: Role, word: string, bits: number, more: string): Field {
  if (bits < 1 || bits > BITS_MAX[role])
    throw wrong(`${word} has ${bits} bits, and may have 1 to ${BITS_MAX[role]} of them`);
  if (role === 'time') return { role, bits, value: 0, time: timeOf(bits, more) };
  if (role === 'fixed') {
    const value = /^=(\d+|0x[0-9a-f]+|0b[01]+)$/i.exec(more)?.[1];
    if (value === undefined) throw wrong(`fixed:${bits}${more} needs the value that it always has, as in fixed:4=7`);
    if (Number(value) >= 2 ** bits) throw wrong(`the value of fixed:${bits}=${value} does not fit in ${bits} bits`);
    return { role, bits, value: Number(value) };
  }
  if (more !== '')
    throw wrong(`"${more}" after ${word}:${bits} means nothing: only time and fixed take more than bits`);
  return { role, bits, value: 0 };
}

/** Both have to be told: with an epoch that was guessed, IDs would be blamed for a time that nobody meant. */
function timeOf(bits: number, more: string): NonNullable<Field['time']> {
  const [, length, unit, epoch] = /^@(\d+(?:\.\d+)?)(s|ms|us|ns)\+(.+)$/.exec(more) ?? [];
  if (length === undefined || unit === undefined || epoch === undefined)
    throw wrong(`time:${bits}${more} needs its tick and its epoch, as in time:${bits}@1ms+2010-11-04T01:42:54.657Z`);
  const tickMs = tickOf(Number(length), unit as Unit);
  if (tickMs <= 0) throw wrong(`a tick of ${length}${unit} is no time at all: give its length, as in @1ms`);
  return { tickMs, epochMs: epochOf(epoch, `time:${bits}${more}`) };
}

/** Divided, not multiplied by a fraction: 256us is 0.256 to the last bit. */
function tickOf(length: number, unit: Unit): number {
  return UNITS[unit] >= 1 ? length * UNITS[unit] : length / Math.round(1 / UNITS[unit]);
}

function epochOf(text: string, where: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const day = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text)?.[1];
  const epochMs = Date.parse(text);
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  // A day that its month does not have is taken for one of the next month by some parsers.
  const isDay = day !== undefined && !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  if (!isDay || Number.isNaN(epochMs))
    throw wrong(
      `the epoch "${text}" of ${where} is neither Unix milliseconds nor a time with its zone, as in 2010-11-04T01:42:54.657Z`,
    );
  return epochMs;
}

function layoutOf(fields: readonly Field[], spec: string): Layout {
  const leading = fields.findIndex(({ role }) => role !== 'unused');
  const total = fields.reduce((sum, { bits }) => sum + bits, 0);
  if (leading === -1) throw wrong(`${spec} leaves all bits unused: say opaque of IDs of which nothing is known`);
  if (total > 128) throw wrong(`the fields of ${spec} sum up to ${total} bits, and an ID has 128 at the most`);
  const placed = placedFrom(fields.slice(leading));
  const one = (role: Role): PlacedField | undefined => {
    const [first, second] = placed.filter((field) => field.role === role);
    if (second !== undefined)
      throw wrong(
        role === 'worker'
          ? `the fields of the worker ID in ${spec} have another field between them, and it can only be read where they lie side by side`
          : `${spec} has more than one ${role}, and an ID carries one`,
      );
    return first;
  };
  const [time, worker, sequence] = [one('time'), one('worker'), one('sequence')];
  if (worker !== undefined && worker.bits > BITS_MAX.worker)
    throw wrong(`the worker ID of ${spec} has ${worker.bits} bits, and may have ${BITS_MAX.worker} at the most`);
  const used = placed[0]!.shift + placed[0]!.bits;
  if (time !== undefined && time !== placed[0])
    throw wrong(`the time comes first in a spec, and ${spec} has something above it`);
  const fixed = placed
    .filter(({ role }) => role === 'fixed' || role === 'unused')
    .map(({ shift, bits, value }) => ({ shift, bits, value }));
  if (fixed.some(({ bits }) => bits > BITS_MAX.fixed))
    throw wrong(`unused bits between fields are read ${BITS_MAX.fixed} at a time: give those of ${spec} in parts`);
  const bits = {
    timeBits: time?.bits ?? 0,
    workerBits: worker?.bits ?? 0,
    sequenceBits: sequence?.bits ?? 0,
    tickMs: time?.time?.tickMs ?? 1,
    epochMs: time?.time?.epochMs ?? 0,
  };
  const shifts = {
    time: time?.shift ?? used,
    worker: worker?.shift ?? 0,
    sequence: sequence?.shift ?? 0,
  };
  const usual = shiftsOf(bits);
  const isUsual =
    shifts.time === usual.time &&
    (worker === undefined || shifts.worker === usual.worker) &&
    (sequence === undefined || shifts.sequence === usual.sequence);
  return {
    ...(total > 64 && { idBits: 128 }),
    ...bits,
    ...(worker !== undefined && worker.parts.length > 1 && { workerParts: worker.parts }),
    ...(!isUsual && { shifts }),
    ...(fixed.length > 0 && { fixed }),
  };
}

/** With the lowest bit of each; neighbours that are read as one field are joined. */
interface PlacedField extends Field {
  readonly shift: number;
  /** Bits of those that were joined. */
  readonly parts: readonly number[];
}

function placedFrom(fields: readonly Field[]): readonly PlacedField[] {
  const placed: PlacedField[] = [];
  let shift = fields.reduce((sum, { bits }) => sum + bits, 0);
  for (const field of fields) {
    shift -= field.bits;
    const before = placed.at(-1);
    const isJoined = before?.role === field.role && (field.role === 'worker' || field.role === 'random');
    if (isJoined)
      placed.splice(-1, 1, { ...before, bits: before.bits + field.bits, parts: [...before.parts, field.bits], shift });
    else placed.push({ ...field, parts: [field.bits], shift });
  }
  return placed;
}

function tickText(tickMs: number): string {
  if (tickMs % UNITS.s === 0) return `${tickMs / UNITS.s}s`;
  const fine = (['ms', 'us', 'ns'] as const).find((unit) => tickOf(Math.round(tickMs / UNITS[unit]), unit) === tickMs);
  return fine === undefined ? `${tickMs}ms` : `${Math.round(tickMs / UNITS[fine])}${fine}`;
}

/** As a time where four digits hold its year, else as Unix milliseconds. */
function epochText(epochMs: number): string {
  const date = new Date(epochMs);
  const text = Number.isInteger(epochMs) && !Number.isNaN(date.getTime()) ? date.toISOString() : '';
  return /^\d{4}-/.test(text) ? text : String(epochMs);
}

function wrong(what: string): Error {
  return new RangeError(what.endsWith('?') ? what : `${what}.`);
}
