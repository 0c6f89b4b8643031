/** The most IDs that one request may ask of a node, whatever serves it (generators/PROTOCOL.md). */
export const REQUEST_IDS_MAX = 100_000;
