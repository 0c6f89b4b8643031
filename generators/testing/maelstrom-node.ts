/**
 * A node of Maelstrom's workload unique-ids in a few lines, which does what its argument says: `counter` (numbers beyond
 * 2^53), `list`, `chatty` (tells the others, and answers), `asks-first` (waits for another node), `fails`, `mumbles`.
 */
import { createInterface } from 'node:readline';

const [how = 'counter'] = process.argv.slice(2);
let self = '';
let others: string[] = [];
let next = 2n ** 53n + 1n;

const send = (dest: string, body: string): void =>
  void process.stdout.write(`{"src":"${self}","dest":"${dest}","body":{${body}}}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const { src, body } = JSON.parse(line) as {
    src: string;
    body: { type: string; msg_id: number; node_id: string; node_ids: string[] };
  };
  const reply = (type: string, rest = ''): void => send(src, `"type":"${type}","in_reply_to":${body.msg_id}${rest}`);
  if (body.type === 'init') {
    self = body.node_id;
    others = body.node_ids.filter((node) => node !== self);
    console.error(`I am ${self}, beside ${others.join()}`);
    return reply('init_ok');
  }
  if (how === 'fails') return reply('error', ',"code":11,"text":"not now"');
  if (how === 'mumbles') return void process.stdout.write('give me a moment\n');
  if (how === 'chatty' || how === 'asks-first')
    for (const other of others) send(other, `"type":"next","value":${next}`);
  if (how === 'asks-first') return;
  reply('generate_ok', how === 'list' ? `,"id":["${self}",${next++}]` : `,"id":${next++}`);
});
