/** Plain data. 64-bit values are decimal strings: JSON numbers are exact only to 2^53. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
