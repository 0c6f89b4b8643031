/**
 * What is seen of a node from outside: plain data, which acts gather and rules judge. Times are CLOCK_MONOTONIC
 * nanoseconds, absolute.
 */
import type { TapOfLife } from './tap-files.ts';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Exit code or signal. */
export function inWords({ code, signal }: Pick<End, 'code' | 'signal'>): string {
  return code === null ? String(signal) : `exit ${code}`;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** One request and what came of it. */
export interface Exchange {
  readonly path: string;
  readonly sentNs: bigint;
  readonly cameNs: bigint;
  /** Undefined: none came, for the reason beside it. */
  readonly reply: Reply | undefined;
  readonly why?: string;
}

/** Which IDs an answer brought, by its header `snowglobe-seq`. */
export interface Place {
  readonly incarnation: number;
  readonly lane: number;
  readonly firstSeq: bigint;
  readonly count: number;
}

/** A request for IDs. */
export interface IdsExchange extends Exchange {
  readonly asked: number;
  readonly as: 'json' | 'bytes';
  /** With the quiet life: what the tap lacked of it when the first byte of the answer had come. */
  readonly lackedAtOnce?: string;
}

/** The first life: served, and asked one thing after the other. */
export interface Quiet {
  readonly node: string;
  readonly pid: number;
  readonly startedNs: bigint;
  /** `n1-1.life` was there before it as a link to nowhere: the incarnation that it took, by its health. */
  readonly incarnation: number;
  /** Somebody wrote through that link. */
  readonly wroteThroughLink: boolean;
  /** Life files of the node that were there while it served, that link among them. */
  readonly lifeFiles: readonly string[];
  readonly ids: readonly IdsExchange[];
  readonly wrong: readonly WrongRequest[];
  /** After the first and after the last request for IDs. */
  readonly health: readonly [Exchange, Exchange];
  readonly metrics: Exchange;
  /** The wall clock against the monotonic one, as `wallAheadNs` says, before and after. */
  readonly wallAheadNs: readonly [bigint, bigint];
  /** Whether the process ID that its health tells is of a process started for these taps; undefined: it tells none. */
  readonly pidIsTheNode: boolean | undefined;
  readonly tap: TapOfLife;
  /** After SIGTERM; undefined: it was still there when the time was over. */
  readonly end: End | undefined;
}

export interface WrongRequest extends Exchange {
  readonly method: string;
  readonly wanted: number;
}

/** Many clients at once, SIGKILL under them, and the next life. */
export interface Busy {
  readonly first: LifeUnderLoad;
  /** Names of files of the first life that are gone, or hold something else, after the second. */
  readonly changed: readonly string[];
  readonly second: SecondLife;
  readonly wallAheadNs: readonly [bigint, bigint];
  /** What the harness's own reader finds wrong with the whole folder. */
  readonly problems: readonly string[];
}

export interface SecondLife {
  /** Set: it did not serve, for that reason, and nothing of it was seen. */
  readonly silent?: string;
  readonly incarnation: number | undefined;
  readonly startedNs: bigint;
  readonly ids: readonly IdsExchange[];
  readonly tap: TapOfLife;
  /** After SIGINT. */
  readonly end: End | undefined;
}

export interface LifeUnderLoad {
  readonly incarnation: number;
  readonly startedNs: bigint;
  readonly connections: number;
  readonly ids: readonly IdsExchange[];
  readonly tap: TapOfLife;
}

/** A node that is told to listen at a socket file beside TCP. */
export interface Sockets {
  readonly first: LifeAtSocket;
  /** After the first was killed; undefined: that one did not serve at the socket file. */
  readonly second?: LifeAtSocket;
}

export interface LifeAtSocket {
  /** It gave IDs there. */
  readonly byTcp: boolean;
  readonly bySocket: boolean;
  /** Undefined: it ran until it was killed. */
  readonly end?: End;
  /** How it ended, in words. */
  readonly said: string;
}

/** Requests for IDs that are not answered, and the health that is asked for meanwhile. */
export interface Backlog {
  readonly bursts: readonly Burst[];
  /** How long health took beside a client that does what a client may do. */
  readonly beside: readonly { readonly client: string; readonly health: Exchange }[];
}

export interface Burst {
  readonly requests: number;
  /** Until the last of them was answered. */
  readonly tookMs: number;
  readonly healthMs: number;
  /** The longest that a thread of the node, or ours, was ready meanwhile and had no CPU; undefined: not known. */
  readonly starvedMs: number | undefined;
}

/** A start with something wrong in its environment. */
export interface Misconfigured {
  readonly what: string;
  /** Undefined: it still ran when the time was over. */
  readonly end: End | undefined;
}

/** A start in a place where taps cannot be written. */
export interface Unwritable {
  readonly what: string;
  readonly end: End | undefined;
  /** Requests for IDs that it answered with 200. */
  readonly answered: readonly Place[];
  /** What was there before was changed. */
  readonly changed: boolean;
}

/** A life whose files may not grow beyond a size. */
export interface Full {
  readonly asked: number;
  readonly limitBytes: number;
  /** With IDs. */
  readonly answered: readonly IdsExchange[];
  /** It came to its limit: it ended, answered with neither 200 nor 503, or with IDs that are not in its tap. */
  readonly isOver: boolean;
  readonly end: End | undefined;
  readonly tap: TapOfLife;
}

export interface Evidence {
  readonly idBits: 64 | 128;
  readonly start: { readonly served: boolean; readonly seen: string };
  readonly quiet: Quiet;
  readonly busy: Busy;
  readonly sockets: Sockets;
  readonly backlog: Backlog;
  readonly misconfigured: readonly Misconfigured[];
  readonly unwritable: Unwritable;
  readonly taken: Unwritable;
  readonly full: readonly Full[];
}

export type ActName = keyof Evidence;
