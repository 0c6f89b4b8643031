/**
 * The recorder: a minter that asks a service for its IDs, so that the shell taps each reply before it hands it on.
 *
 * The service is a process of its own beside the shell, under the same clock; or a container that somebody else started
 * in the same pod; or what runs already at a URL. One lane is one connection, with one request open.
 */
import type { GeneratorEnv, Holding, Minter } from '../../harness/core/generator.ts';
import { formProblem } from '../../harness/core/id-form.ts';
import { idBitsOf, wordsPerId } from '../../harness/core/layout.ts';
import {
  type HttpAsk,
  IMAGE_PORT,
  STARTS_WITHIN_MS,
  type MaelstromAsk,
  type ServiceNode,
} from '../../harness/core/node-program.ts';
import { messageOf } from '../../harness/core/errors.ts';
import { ServiceFault } from '../../harness/core/service-fault.ts';
import { fillIn, type Places } from '../../harness/core/template.ts';
import type { ShellConfig } from '../shell/config.ts';
import type { DescribedNode } from '../shell/described-node.ts';
import type { Asker } from './asker.ts';
import { FewWords } from './few-words.ts';
import { freePort } from './free-port.ts';
import { HttpAsker, requestOf, TIMEOUT_MS } from './http-asker.ts';
import type { Address } from './http-connection.ts';
import { IdBuffer } from './id-buffer.ts';
import { initialize, MaelstromAsker, MaelstromNode } from './maelstrom.ts';
import { idsReaderOf } from './read-ids.ts';
import { RecordingLane } from './recording-lane.ts';
import { ServiceProcess } from './service-process.ts';
import { untilFree, untilHealthy } from './until-healthy.ts';
import { holdingOf } from './worker-told.ts';

const LANES = 8;
/** How long the end of a service may be the first sign of an end that was asked for. */
const ASKED_FOR_MS = 250;
/** What a service has to do to be asked: one that is started for the run, and one that runs already. */
const LISTENS =
  'It has to listen at {host} and {port}, or at the port of --port (ask.port), and answer --health (ask.health) with 2xx; startsWithinMs of a generator file gives it longer';
const RUNS_ALREADY =
  'It has to run before snowglobe does, be reached from here at this URL, and answer --health (ask.health) with 2xx';
/** Where a service listens that says `localhost`: some resolve it to the one, some to the other. */
const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/** Starts the service and resolves when it serves; rejects with a ServiceFault that says why it does not. */
export async function startRecorder(
  { layout, node }: DescribedNode,
  config: ShellConfig,
  env: GeneratorEnv,
): Promise<Minter> {
  if (node.kind !== 'service') throw new TypeError(`the recorder was given a node of kind ${node.kind}`);
  const problem = formProblem(node.ask.form ?? 'decimal', idBitsOf(layout));
  if (problem !== undefined) throw new ServiceFault('cannot be recorded', `: ${problem}`);
  const started = await START[node.ask.over]({ node, config, env, idBits: idBitsOf(layout) });
  if (started.process !== undefined) endWith(started.process);
  const words = new FewWords();
  const lane = (holding: Holding): RecordingLane =>
    new RecordingLane(started.asker(), new IdBuffer(wordsPerId(layout), config.asWritten), holding, words);
  const holding = holdingOf(node, layout, started.places);
  const [first, ...others] = Array.from({ length: node.lanes ?? LANES }, () => lane(holding)) as [
    RecordingLane,
    ...RecordingLane[],
  ];
  return {
    mint: (into, count) => first.mint(into, count),
    extras: () => first.extras(),
    encode: (ids) => first.encode(ids),
    written: () => first.written(),
    holding: () => holding,
    moreLanes: others,
    async close() {
      await started.process?.stop();
      for (const each of [first, ...others]) await each.close();
    },
  };
}

interface Around {
  readonly node: ServiceNode;
  readonly config: ShellConfig;
  readonly env: GeneratorEnv;
  readonly idBits: 64 | 128;
}

/** A service that serves. */
interface Started {
  /** Undefined where somebody else started it. */
  readonly process?: ServiceProcess;
  readonly places: Places;
  /** For another lane. */
  readonly asker: () => Asker;
}

const START: { readonly [Over in ServiceNode['ask']['over']]: (around: Around) => Promise<Started> } = {
  http: (around) => startHttp(around, around.node.ask as HttpAsk),
  maelstrom: (around) => startMaelstrom(around, around.node.ask as MaelstromAsk),
};

async function startHttp({ node, config, env, idBits }: Around, ask: HttpAsk): Promise<Started> {
  const { host } = config;
  const at = node.urls?.[config.index];
  const url = at === undefined ? undefined : new URL(at);
  // An image is started by whoever started its recorder, and its command is a part of it.
  const ofOurs = node.image === undefined ? node.command : undefined;
  const port = url === undefined ? await portOf(ofOurs, ask) : Number(url.port || 80);
  const places = { ...placesOf(config), host, port };
  const asked = url === undefined ? ask : below(url.pathname, ask);
  const reader = filled(() => idsReaderOf(ask.ids ?? 'auto', ask.form ?? 'decimal', idBits));
  const requestTo = (address: Address): ((count: number) => Buffer) => filled(() => requestOf(asked, address, places));
  requestTo({ host, port }); // what is wrong with it shows before anything starts
  const hosts = url === undefined ? hostsOf(host, ask) : [url.hostname.replace(/^\[(.*)\]$/, '$1')];
  const addresses = hosts.map((each) => ({ host: each, port }));
  const sleep = (ms: number): Promise<void> => env.sleep(ms);
  if (ofOurs !== undefined) await untilFree(addresses, sleep);
  const process = ofOurs === undefined ? undefined : startProcess(node, ofOurs, config, env, places);
  const address = await untilHealthy({
    addresses,
    health: asked.health,
    withinMs: node.startsWithinMs ?? STARTS_WITHIN_MS,
    ended: process?.ended ?? new Promise(() => undefined),
    lastWords: () => process?.lastWords() ?? '',
    remedy: url === undefined ? LISTENS : RUNS_ALREADY,
    sleep,
  });
  const request = requestTo(address);
  return {
    ...(process !== undefined && { process }),
    places,
    asker: () => new HttpAsker(asked, address, request, reader, (reason) => env.refusal(reason)),
  };
}

async function startMaelstrom({ node, config, env, idBits }: Around, ask: MaelstromAsk): Promise<Started> {
  const { index, nodes } = config;
  if (node.command === undefined)
    throw new ServiceFault(
      'cannot be asked',
      ': a Maelstrom node speaks on standard input and output, so it is a command',
    );
  const places = placesOf(config);
  const log = (text: string): void => env.log(`service: ${text}`);
  const speaker: MaelstromNode = new MaelstromNode(`n${index}`, (line) => process.write(line), log);
  const process = startProcess(node, node.command, config, env, places, speaker.line);
  const withinMs = node.startsWithinMs ?? STARTS_WITHIN_MS;
  await Promise.race([
    initialize(speaker, index, Math.max(nodes ?? 0, index + 1), withinMs).catch((error: unknown) => {
      throw new ServiceFault('did not begin', `: after init ${messageOf(error)}${process.lastWords()}`);
    }),
    process.ended.then(
      (how) => Promise.reject(new ServiceFault('ended before it served', `: ${how}`)),
      (error: unknown) => Promise.reject(new ServiceFault('could not be started', `: ${messageOf(error)}`)),
    ),
  ]);
  const form = ask.form ?? 'decimal';
  return { process, places, asker: () => new MaelstromAsker(speaker, form, idBits, ask.timeoutMs ?? TIMEOUT_MS) };
}

function placesOf({ node, index, etcd, diskFolder, options }: ShellConfig): Places {
  return { node, index, etcd, disk: diskFolder, options };
}

async function portOf(command: ServiceNode['command'], ask: HttpAsk): Promise<number> {
  if (ask.port !== undefined) return ask.port;
  return command === undefined ? IMAGE_PORT : freePort();
}

/**
 * Where to look for a service. It may listen at the loopback whatever it is told: that is nobody else's where its pod has
 * one to itself, or where its port is one that the kernel chose for it.
 */
function hostsOf(host: string, { port }: HttpAsk): readonly string[] {
  if ((LOOPBACKS as readonly string[]).includes(host)) return LOOPBACKS;
  return port === undefined ? [host, ...LOOPBACKS] : [host];
}

/** The same below a path. */
function below(path: string, ask: HttpAsk): HttpAsk {
  const prefix = path.replace(/\/$/, '');
  return { ...ask, path: prefix + ask.path, ...(ask.health !== undefined && { health: prefix + ask.health }) };
}

function startProcess(
  { environment = {} }: ServiceNode,
  command: readonly string[],
  { clockPrefix }: ShellConfig,
  env: GeneratorEnv,
  places: Places,
  onLine?: (line: string) => void,
): ServiceProcess {
  return filled(() => {
    const fill = (template: string): string => fillIn(template, places);
    const [program, ...words] = command as [string, ...string[]];
    return new ServiceProcess(
      {
        words: [...clockPrefix, program, ...words.map(fill)],
        environment: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)])),
      },
      (text) => env.log(text),
      onLine,
    );
  });
}

/** What is wrong with a template, a pointer or a pattern is wrong with how the service is described. */
function filled<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ServiceFault) throw error;
    throw new ServiceFault('is described wrongly', `: ${messageOf(error)}`);
  }
}

/**
 * A service that ends by itself takes its node with it, and its last words are the node's. A moment later, because whoever
 * ends a node may signal all of its processes at once, and the service be the quickest: then the node is gone by then.
 */
function endWith(process: ServiceProcess): void {
  void process.ended.then((how) => {
    setTimeout(() => {
      throw new ServiceFault('ended by itself', `: ${how}`);
    }, ASKED_FOR_MS);
  });
}
