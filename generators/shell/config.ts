/**
 * The shell's configuration, from environment variables (generators/PROTOCOL.md lists them).
 */
import { existsSync, statSync } from 'node:fs';
import { parseEndpoint } from '../../harness/coordinators/etcd-endpoint.ts';
import { parsePostgresEndpoint } from '../../harness/coordinators/postgres-client.ts';
import { DEFAULT_COORDINATOR } from '../../harness/core/coordinator-kind.ts';
import type { Generator } from '../../harness/core/generator.ts';
import type { JsonObject } from '../../harness/core/json.ts';
import { type DescribedNode, describedNode } from './described-node.ts';

/** Where to listen for HTTP. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

export interface ShellConfig {
  readonly node: string;
  /** 0, 1, …: the node's place in its cluster. */
  readonly index: number;
  readonly zone?: string;
  readonly region?: string;
  readonly tapFolder: string;
  readonly diskFolder: string;
  /** The generator's file; undefined where a node is described by plain data. */
  readonly generatorFile?: string;
  /** A node that is plain data: a service, or a module. */
  readonly described?: DescribedNode;
  /** How many nodes its cluster has; undefined where nobody said. */
  readonly nodes?: number;
  /** Where a service has to listen: the loopback of its pod, or the one address of it that is this node's. */
  readonly host: string;
  /** The words before a service's command that put it under the node's clock. */
  readonly clockPrefix: readonly string[];
  /** Of a node that is plain data: answers in JSON tell how each ID was given. */
  readonly asWritten?: boolean;
  readonly options: JsonObject;
  /** None where the coordinator is another, or there is none. */
  readonly etcd: readonly string[];
  readonly postgres?: string;
  readonly listen: readonly Address[];
  /** IDs that the node asks itself for, a second. */
  readonly selfLoad?: number;
}

/** The node was set up wrongly; the message is one line that names every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = { readonly [name: string]: string | undefined };

/** Reads and checks the configuration, all variables before it gives up. */
export function readConfig(environment: Environment): ShellConfig {
  const problems: string[] = [];
  /** The value of a variable, parsed; a parser says what is wrong by throwing. */
  const read = <T>(name: string, parse: (text: string) => T, fallback?: T): T => {
    const text = environment[name];
    if (text === undefined || text === '') {
      if (fallback === undefined) problems.push(`${name} is not set`);
      return fallback as T;
    }
    try {
      return parse(text);
    } catch (error) {
      problems.push(`${name}=${text}: ${(error as Error).message}`);
      return fallback as T;
    }
  };
  const config: ShellConfig = {
    node: read('SNOWGLOBE_NODE', nodeName),
    index: read('SNOWGLOBE_INDEX', index),
    ...(environment['SNOWGLOBE_ZONE'] !== undefined && { zone: environment['SNOWGLOBE_ZONE'] }),
    ...(environment['SNOWGLOBE_REGION'] !== undefined && { region: environment['SNOWGLOBE_REGION'] }),
    tapFolder: read('SNOWGLOBE_TAPS', folder),
    diskFolder: read('SNOWGLOBE_DISK', folder),
    ...(environment['SNOWGLOBE_SERVICE'] === undefined
      ? { generatorFile: read('SNOWGLOBE_GENERATOR', file) }
      : { described: read('SNOWGLOBE_SERVICE', describedNode) }),
    ...(environment['SNOWGLOBE_NODES'] !== undefined && { nodes: read('SNOWGLOBE_NODES', count) }),
    host: read('SNOWGLOBE_HOST', (text) => text, '127.0.0.1'),
    clockPrefix: read('SNOWGLOBE_CLOCK_PREFIX', words, []),
    ...(environment['SNOWGLOBE_AS_WRITTEN'] === '1' && { asWritten: true }),
    options: read('SNOWGLOBE_OPTIONS', object, {}),
    etcd: read('SNOWGLOBE_ETCD', endpoints, []),
    ...(environment['SNOWGLOBE_POSTGRES'] !== undefined && { postgres: read('SNOWGLOBE_POSTGRES', database) }),
    listen: read('SNOWGLOBE_LISTEN', (text) => list(text).map(parseAddress)),
    ...(environment['SNOWGLOBE_SELF_LOAD'] !== undefined && { selfLoad: read('SNOWGLOBE_SELF_LOAD', rate) }),
  };
  if (problems.length > 0) throw new ConfigError(problems.join('; '));
  return config;
}

/** The variable that such a generator cannot do without, where it is not set. */
export function lackingVariable(
  { coordinator = DEFAULT_COORDINATOR }: Pick<Generator, 'coordinator'>,
  { etcd, postgres }: Pick<ShellConfig, 'etcd' | 'postgres'>,
): string | undefined {
  if (coordinator === 'etcd' && etcd.length === 0) return 'SNOWGLOBE_ETCD';
  return coordinator === 'postgres' && postgres === undefined ? 'SNOWGLOBE_POSTGRES' : undefined;
}

/** `tcp:HOST:PORT` (an IPv6 host in brackets) or `unix:PATH`. */
export function parseAddress(text: string): Address {
  const unix = /^unix:(.+)$/.exec(text);
  if (unix !== null) return { path: unix[1] as string };
  const tcp = /^tcp:(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(tcp?.[3]);
  if (tcp === null || port > 65_535) throw new Error(`'${text}' is neither tcp:HOST:PORT nor unix:PATH`);
  return { host: (tcp[1] ?? tcp[2]) as string, port };
}

function nodeName(text: string): string {
  if (!/^[a-z][a-z0-9]*$/.test(text)) throw new Error('a node is called n1, n2, …');
  return text;
}

function index(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new Error('the first node is 0, the next 1, …');
  return Number(text);
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error('it is no number of nodes');
  return Number(text);
}

function rate(text: string): number {
  const idsPerSecond = Number(text);
  if (!Number.isFinite(idsPerSecond) || idsPerSecond <= 0) throw new Error('it is no number of IDs a second');
  return idsPerSecond;
}

function folder(text: string): string {
  if (!existsSync(text) || !statSync(text).isDirectory()) throw new Error('there is no such folder');
  return text;
}

function file(text: string): string {
  if (!existsSync(text)) throw new Error('there is no such file');
  return text;
}

function object(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is no JSON object');
  return value as JsonObject;
}

function words(text: string): string[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string'))
    throw new Error('it is no JSON list of words');
  return value;
}

function database(text: string): string {
  parsePostgresEndpoint(text);
  return text;
}

function endpoints(text: string): string[] {
  const all = list(text);
  for (const endpoint of all) parseEndpoint(endpoint);
  return all;
}

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}
