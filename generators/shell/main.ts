/**
 * The node shell: turns a generator file into a node that serves HTTP and taps every batch before it replies.
 *
 * Exit codes: 0 closed by SIGTERM or SIGINT · 1 defect, or the tap could not be written, or the service behind it ended ·
 * 2 bad configuration.
 */
import { endianness } from 'node:os';
import type { Minter } from '../../harness/core/generator.ts';
import { idBitsOf, wordsPerId } from '../../harness/core/layout.ts';
import { messageOf } from '../../harness/core/errors.ts';
import { GENERATOR_FAULT, GeneratorFault, minterProblem } from '../../harness/core/minter-problem.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import { EtcdClient } from '../../harness/coordinators/etcd-client.ts';
import { refusingOddLeases } from '../../harness/coordinators/lease-spelling.ts';
import { NO_COORDINATION, NO_RANGES } from '../../harness/coordinators/not-offered.ts';
import { PostgresClient } from '../../harness/coordinators/postgres-client.ts';
import { monotonicNs, wallMs } from './clocks.ts';
import { ConfigError, lackingVariable, readConfig } from './config.ts';
import type { ShellConfig } from './config.ts';
import { CoordinatorAnswers } from './coordinator-answers.ts';
import { createEnv } from './env.ts';
import { Lane } from './lane.ts';
import { LoggedCoordination } from './lease-log.ts';
import { claimIncarnation } from './life.ts';
import { servedBy } from './served-by.ts';
import { createMetrics } from './metrics.ts';
import { startSelfLoad } from './self-load.ts';
import { PROTOCOL_VERSION, serve } from './serve.ts';
import { becomeRestored, restored } from './snapshot.ts';
import { SEGMENT_BYTES, TapWriter } from './tap-writer.ts';

/** How long a closing node may take to give its worker ID back. */
const CLOSE_MS = 1000;

/** Starts the node; resolves when it serves. */
async function start(config: ShellConfig): Promise<void> {
  if (endianness() !== 'LE')
    throw new ConfigError('the shell writes IDs as they lie in memory: it needs a little-endian CPU');
  const generator = await servedBy(config);
  const lacking = lackingVariable(generator, config);
  if (lacking !== undefined) throw new ConfigError(`${lacking} is not set, and ${generator.name} needs it`);
  const { node, index, zone, region, tapFolder, diskFolder, options } = config;
  const { snapshot } = generator;
  if (snapshot !== undefined && restored() === undefined) becomeRestored(snapshot, tapFolder);
  const incarnation = claimIncarnation(tapFolder, node, {
    protocol: PROTOCOL_VERSION,
    generator: generator.name,
    pid: process.pid,
    monotonicNs: monotonicNs().toString(),
    wallMs: wallMs(),
  });
  const closing = new AbortController();
  const answers = new CoordinatorAnswers(monotonicNs);
  const etcd =
    config.etcd.length === 0 ? NO_COORDINATION : answers.coordination(new EtcdClient({ endpoints: config.etcd }));
  const ranges = config.postgres === undefined ? NO_RANGES : answers.ranges(new PostgresClient(config.postgres));
  const coordination = new LoggedCoordination(etcd, tapFolder, node, incarnation);
  const { signal } = closing;
  const place = { ...(zone !== undefined && { zone }), ...(region !== undefined && { region }) };
  const host = { name: node, index, incarnation, ...place };
  const env = createEnv({ host, options, coordination: refusingOddLeases(coordination), ranges, diskFolder, signal });

  let minter: Minter;
  try {
    minter = await generator.create(env);
  } catch (error) {
    if (error instanceof GeneratorFault) throw error;
    const what = error instanceof ServiceFault ? error.message : `create threw (${messageOf(error)})`;
    throw new ConfigError(`${GENERATOR_FAULT}${what}`, { cause: error });
  }
  const wrong = minterProblem(minter);
  if (wrong !== undefined) throw new ConfigError(`${GENERATOR_FAULT}${wrong}`);
  const metrics = createMetrics({
    node,
    incarnation,
    layout: generator.layout,
    holding: () => minter.holding(),
    unansweredSeconds: () => answers.unansweredSeconds(),
  });
  const minters = [minter, ...(minter.moreLanes ?? [])];
  const lanes = minters.map((minter, lane) => {
    const tap = new TapWriter(tapFolder, { node, incarnation, lane }, SEGMENT_BYTES, idBitsOf(generator.layout));
    return new Lane(minter, tap, metrics, wordsPerId(generator.layout));
  });
  const servers = await serve(config.listen, {
    incarnation,
    minter,
    lanes,
    // The first may speak for all lanes.
    encoders: minters.map((one) => one.encode?.bind(one) ?? minter.encode?.bind(minter)),
    writers: minters.map((one) => one.written?.bind(one)),
    idBits: idBitsOf(generator.layout),
    metrics,
    leaseSpent: (lease) => coordination.spent(lease),
    // Not before the harness begins to ask: it has to come up beside the nodes.
    onFirstRequest: () => {
      if (config.selfLoad !== undefined) startSelfLoad(lanes[0]!, config.selfLoad);
    },
  });
  env.log(`${generator.name} serves`);

  const close = async (): Promise<void> => {
    setTimeout(() => process.exit(0), CLOSE_MS);
    for (const server of servers) server.close().closeIdleConnections();
    closing.abort();
    await minter.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void close());
  process.once('SIGINT', () => void close());
}

/** One line, then the end: a node that cannot tap must not answer anyone any more. */
function die(error: unknown): void {
  const bad = error instanceof ConfigError || error instanceof GeneratorFault;
  console.error(`snowglobe node: ${bad || error instanceof ServiceFault ? inOneLine(error.message) : traceOf(error)}`);
  process.exit(bad ? 2 : 1);
}

const traceOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : String(error));
const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

process.on('uncaughtException', die);
try {
  await start(readConfig(process.env));
} catch (error) {
  die(error);
}
