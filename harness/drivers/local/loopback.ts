/**
 * Addresses of a run without namespaces. All of 127.0.0.0/8 is on the loopback of Linux without being configured, so a run
 * takes a block 127.B.0.0/16: member 2 listens at 127.B.2.2, and the link from member 1 to it at 127.B.1.2. Pure.
 */

/** Blocks that runs may take; the lower ones are left to what people configure by hand. */
export const BLOCKS = { first: 64, last: 254 } as const;

/** Members of one run: numbers from 1 on. */
export const LOOPBACK_MEMBERS_MAX = 254;

/** Listened at by the run that has the block. */
export const claimAddress = (block: number): string => `127.${block}.0.1`;

/** Where member `from` finds member `to`; of one and the same, where it listens itself, past all links. */
export const loopbackAddress = (block: number, from: number, to: number): string => `127.${block}.${from}.${to}`;

/** The port of each member's proxy (see socks.ts), at the address where it listens itself. */
export const SOCKS_PORT = 1080;
