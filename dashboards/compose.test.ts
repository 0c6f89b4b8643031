/** What `docker compose up` would start, as far as it can be told without an engine and a registry. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DATABASE } from '../harness/stores/clickhouse/schema.ts';
import { parseStoreUrl } from '../harness/stores/clickhouse/store-url.ts';
import { generated } from './generated.ts';
import { SOURCES } from './spec.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const yaml = <Shape>(file: string): Shape => parse(read(file)) as Shape;

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface DataSources {
  readonly datasources: readonly {
    readonly uid: string;
    readonly type: string;
    readonly url?: string;
    readonly jsonData: {
      readonly host?: string;
      readonly port?: number;
      readonly username?: string;
      readonly defaultDatabase?: string;
    };
    readonly secureJsonData?: { readonly password: string };
  }[];
}

const { services, volumes } = yaml<Compose>('compose.yaml');
const { datasources } = yaml<DataSources>('dashboards/provisioning/datasources/snowglobe.yaml');
const mounts = Object.values(services)
  .flatMap((service) => service.volumes ?? [])
  .map((mount) => mount.split(':'));

test('images are pinned', () => {
  const images = Object.values(services).flatMap(({ image }) => (image === undefined ? [] : [image]));
  expect(images).toHaveLength(3);
  for (const image of images) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(\.\d+)?$/);
  expect(services['grafana']?.environment?.['GF_PLUGINS_PREINSTALL_SYNC']).toMatch(
    /^grafana-clickhouse-datasource@\d+\.\d+\.\d+$/,
  );
});

test('all that is mounted, built from and waited for is there', () => {
  for (const [from = ''] of mounts)
    expect(from.startsWith('./') ? existsSync(join(ROOT, from)) : from in volumes, from).toBe(true);
  for (const { build, depends_on = {} } of Object.values(services)) {
    for (const other of Object.keys(depends_on)) expect(services[other], other).toBeDefined();
    if (build === undefined) continue;
    const dockerfile = read(build.dockerfile);
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));
    const taken = new Set(read(`${build.dockerfile}.dockerignore`).split('\n'));
    expect(copied).toContain('harness');
    for (const path of copied)
      expect([existsSync(join(ROOT, path)), taken.has(`!${path}`)], path).toEqual([true, true]);
  }
});

test('the data sources are those that the dashboards ask for, and lie where the services listen, on the loopback', () => {
  expect(datasources.map(({ uid, type }) => ({ uid, type }))).toEqual([SOURCES.clickhouse, SOURCES.prometheus]);
  const [clickhouse, prometheus] = datasources;
  const { environment = {} } = services['clickhouse'] ?? {};
  expect(clickhouse).toMatchObject({
    jsonData: { host: '127.0.0.1', port: 8123, username: environment['CLICKHOUSE_USER'], defaultDatabase: DATABASE },
    secureJsonData: { password: environment['CLICKHOUSE_PASSWORD'] },
  });
  expect(environment['CLICKHOUSE_DB']).toBe(DATABASE);
  const { command = [] } = services['prometheus'] ?? {};
  expect(command).toContain(`--web.listen-address=${new URL(prometheus?.url ?? '').host}`);
  const runs = services['runs']?.environment ?? {};
  expect(parseStoreUrl(runs['STORE'] ?? '', runs)).toEqual({
    address: {
      url: 'http://127.0.0.1:8123',
      username: environment['CLICKHOUSE_USER'],
      password: environment['CLICKHOUSE_PASSWORD'],
    },
    database: DATABASE,
  });
});

test('Prometheus scrapes the port that runs serve, each second, and has the alerts', () => {
  const config = yaml<{
    readonly global: object;
    readonly rule_files: readonly string[];
    readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
  }>('dashboards/prometheus.yaml');
  expect(config.global).toEqual({ scrape_interval: '1s', evaluation_interval: '1s' });
  const target = config.scrape_configs[0]?.static_configs[0]?.targets[0] ?? '';
  expect(target).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(read(services['runs']?.build?.dockerfile ?? '')).toContain(`--metrics-port ${target.split(':')[1]} `.trim());
  const mounted = new Set(mounts.map(([, to]) => to));
  for (const file of config.rule_files) expect(mounted).toContain(`/etc/prometheus/${file}`);
});

test('Grafana finds the dashboards where they are mounted', () => {
  const { providers } = yaml<{ readonly providers: readonly { readonly options: { readonly path: string } }[] }>(
    'dashboards/provisioning/dashboards/snowglobe.yaml',
  );
  const mount = mounts.find(([, to]) => to === providers[0]?.options.path);
  expect(mount?.[0]).toBe('./dashboards/grafana');
  const home = services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
  expect([...generated().keys()]).toContain(home.replace(`${mount?.[1]}/`, 'grafana/'));
});
