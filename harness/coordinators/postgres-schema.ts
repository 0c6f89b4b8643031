/**
 * The database of a run: whom clients come as, and the one table that they use.
 */
export const POSTGRES_USER = 'snowglobe';
export const POSTGRES_DATABASE = 'postgres';

/** The highest number given out, by key. */
export const POSTGRES_SCHEMA = 'create table if not exists ranges (key text primary key, highest bigint not null)';
