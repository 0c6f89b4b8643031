/**
 * What the tests of the project `real` need of a machine, and which of them cannot run here. A machine that lacks a part
 * runs the rest and is told what it did not run; under CI nothing but the optional is left out, so that what lacks a part
 * fails.
 */
import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { findPostgres } from '../harness/drivers/agent/postgres-program.ts';
import { findK6 } from '../harness/load/k6-program.ts';

export interface RealPart {
  readonly name: string;
  readonly remedy: string;
  /** Globs of the test files that need it. */
  readonly files: readonly string[];
  readonly isHere: () => boolean | Promise<boolean>;
  /** The harness does without; only these tests need it. Left out under CI too, where it is not there. */
  readonly optional?: true;
}

const PING_TIMEOUT_MS = 3000;

export const REAL_PARTS: readonly RealPart[] = [
  {
    name: 'a Docker engine',
    remedy: 'Start one, or set DOCKER_HOST.',
    files: ['harness/drivers/docker/**/*.real.test.ts'],
    isHere: dockerAnswers,
  },
  {
    name: 'etcd',
    remedy: 'Run tools/setup.sh as root, or apt-get install etcd-server.',
    files: ['harness/coordinators/**/*.real.test.ts', 'generators/{shell,mutants}/*.real.test.ts'],
    isHere: () => hasProgram('etcd'),
  },
  {
    name: 'PostgreSQL',
    remedy: 'Run tools/setup.sh as root, or apt-get install postgresql.',
    files: [
      'harness/coordinators/postgres-*.real.test.ts',
      'harness/drivers/local/postgres.real.test.ts',
      'harness/drivers/docker/postgres.real.test.ts',
    ],
    isHere: () => findPostgres() !== undefined,
  },
  {
    name: 'Linux with etcd, nft, ip and libfaketime (the local driver)',
    remedy: 'Run tools/setup.sh as root; snowglobe doctor has the commands.',
    files: [
      'harness/drivers/local/**/*.real.test.ts',
      'harness/drivers/agent/**/*.real.test.ts',
      'tools/**/*.real.test.ts',
      'dashboards/live.real.test.ts',
      'harness/init/*.real.test.ts',
    ],
    isHere: () => process.platform === 'linux' && ['etcd', 'nft', 'ip', 'unshare'].every(hasProgram) && hasFaketime(),
  },
  {
    name: 'a C compiler (clocks that drift, those of Go, Java and Python, and slow disks)',
    remedy: 'apt-get install gcc libc6-dev',
    files: [
      'harness/drivers/agent/{clocks,disks}/*.real.test.ts',
      'harness/drivers/{local,docker}/clocks.real.test.ts',
      'generators/recorder/{go,python}.real.test.ts',
      'harness/laws/coordinator-faults.real.test.ts',
    ],
    isHere: () => hasProgram('cc'),
  },
  {
    name: 'Linux, by whose clocks and /proc nodes are checked',
    remedy: 'Run them in a Linux container or virtual machine.',
    files: [
      'harness/check-node/*.real.test.ts',
      'generators/{recorder,module}/*.real.test.ts',
      'harness/drivers/remote/*.real.test.ts',
    ],
    isHere: () => process.platform === 'linux',
  },
  {
    name: 'x86-64, whose code the vDSO launcher writes',
    remedy: 'There is none: elsewhere the clocks of Go and of static programs cannot be skewed.',
    files: ['harness/drivers/agent/clocks/{go,vdso}.real.test.ts'],
    isHere: () => process.arch === 'x64',
    optional: true,
  },
  {
    name: 'xmllint (the schema of JUnit)',
    remedy: 'apt-get install libxml2-utils',
    files: ['reports/**/*.real.test.ts'],
    isHere: () => hasProgram('xmllint'),
  },
  {
    name: 'Python',
    remedy: 'apt-get install python3',
    files: [
      'harness/drivers/agent/clocks/python.real.test.ts',
      'generators/recorder/python.real.test.ts',
      'harness/drivers/local/services.real.test.ts',
      'harness/check-node/python-node.real.test.ts',
    ],
    isHere: () => hasProgram('python3'),
    optional: true,
  },
  {
    name: 'Go',
    remedy: 'apt-get install golang-go',
    files: [
      'harness/drivers/agent/clocks/go.real.test.ts',
      'generators/recorder/go.real.test.ts',
      'harness/check-node/go-node.real.test.ts',
      'tools/fleet/fleet.real.test.ts',
      'harness/drivers/{docker,local}/services.real.test.ts',
      'harness/drivers/agent/clocks/minters.real.test.ts',
    ],
    isHere: () => hasProgram('go'),
    optional: true,
  },
  {
    name: 'Rust (a node of the crate maelstrom-node)',
    remedy: 'apt-get install cargo',
    files: ['generators/recorder/maelstrom.real.test.ts'],
    isHere: () => hasProgram('cargo'),
    optional: true,
  },
  {
    name: 'a JDK',
    remedy: 'apt-get install default-jdk-headless',
    files: ['harness/drivers/agent/clocks/java.real.test.ts', 'harness/check-node/java-node.real.test.ts'],
    isHere: () => hasProgram('javac'),
    optional: true,
  },
  {
    name: 'k6',
    remedy: 'Run tools/setup.sh where Go is, or see snowglobe doctor.',
    files: ['harness/load/**/*.real.test.ts', 'harness/drivers/docker/k6-image.real.test.ts'],
    isHere: () => !('missing' in findK6()),
    optional: true,
  },
  {
    name: 'Prometheus with promtool',
    remedy: 'apt-get install prometheus; its service need not run.',
    files: ['dashboards/{promtool,scraped,live}.real.test.ts'],
    isHere: () => ['prometheus', 'promtool'].every(hasProgram),
  },
  {
    name: 'openssl (certificates for tests of TLS)',
    remedy: 'apt-get install openssl',
    files: ['harness/stores/clickhouse/server.real.test.ts', 'harness/laws/server-store.real.test.ts'],
    isHere: () => hasProgram('openssl'),
  },
  {
    name: 'chdb (the embedded store)',
    remedy: 'Run npm install --include=optional; chdb has no build for some systems.',
    files: [
      'harness/cli/audit.real.test.ts',
      'harness/stores/**/*.real.test.ts',
      'harness/engine/**/*.real.test.ts',
      'harness/laws/**/*.real.test.ts',
      'dashboards/{panels,live}.real.test.ts',
    ],
    isHere: () => existsSync(join(import.meta.dirname, '../node_modules/chdb')),
  },
];

/** The parts that this machine lacks. */
export async function missingParts(): Promise<readonly RealPart[]> {
  const here = await Promise.all(REAL_PARTS.map(async (part) => part.isHere()));
  return REAL_PARTS.filter((_, i) => here[i] !== true);
}

function hasProgram(name: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, name)),
  );
}

function hasFaketime(): boolean {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].filter((folder) => existsSync(folder));
  return folders.some((folder) =>
    ['.', ...readdirSync(folder)].some((inner) => existsSync(join(folder, inner, 'faketime/libfaketimeMT.so.1'))),
  );
}

/** By its socket, or by DOCKER_HOST. */
function dockerAnswers(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const target = host.startsWith('unix://')
    ? { socketPath: host.slice('unix://'.length) }
    : { host: new URL(host).hostname, port: new URL(host).port };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: PING_TIMEOUT_MS }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}
