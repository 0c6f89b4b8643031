/** A real Prometheus, on a port of its own and in a folder of its own, for tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { eventually } from '../harness/laws/cli-process.ts';

export interface FiringAlert {
  readonly name: string;
  readonly state: string;
}

export interface Prometheus extends AsyncDisposable {
  /** Alerts that are pending or firing. */
  alerts(): Promise<readonly FiringAlert[]>;
  /** How many series with a number an expression has now. */
  instant(promql: string): Promise<number>;
  /** How many series with a number it had at any time within these Unix seconds. */
  within(promql: string, from: number, to: number): Promise<number>;
}

/** Scrapes `target` (host:port) each second, with our alerts. */
export async function startPrometheus(folder: string, target: string): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(import.meta.dirname, 'alerts.yaml'), join(folder, 'alerts.yaml'));
  writeFileSync(
    join(folder, 'prometheus.yaml'),
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['alerts.yaml'],
      scrape_configs: [{ job_name: 'snowglobe', static_configs: [{ targets: [target] }] }],
    }),
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${listen}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'exit');
  const ask = async <Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> => {
    const reply = await fetch(`http://${listen}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    if (!reply.ok) throw new Error(`Prometheus: ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { readonly data: Data }).data;
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await eventually('Prometheus is ready', 20_000, async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
      return (await fetch(`http://${listen}/-/ready`).catch(() => undefined))?.ok === true ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    alerts: async () => {
      const { alerts } = await ask<{
        readonly alerts: readonly { readonly labels: { readonly alertname: string }; readonly state: string }[];
      }>('alerts');
      return alerts.map(({ labels, state }) => ({ name: labels.alertname, state }));
    },
    instant: async (query) => {
      const { result } = await ask<{ readonly result: readonly { readonly value: readonly [number, string] }[] }>(
        'query',
        { query },
      );
      return result.filter(({ value }) => isNumber(value[1])).length;
    },
    within: async (query, from, to) => {
      const { result } = await ask<{
        readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[];
      }>('query_range', { query, start: String(from), end: String(to + STEP_S), step: String(STEP_S) });
      return result.filter(({ values }) => values.some(([, value]) => isNumber(value))).length;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** The last step may fall before the end: a range is looked at one step beyond it. */
const STEP_S = 1;

const isNumber = (value: string): boolean => Number.isFinite(Number(value));

/** Free a moment ago: Prometheus takes no 0 that it would tell. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
