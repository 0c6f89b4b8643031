import { expect, test } from 'vitest';
import { linkRules, renewalScript, shapeBatch, tableScript } from './link-rules.ts';

const A = '198.18.1.1';
const B = '198.18.1.2';

test('the union of what was asked: an address once in each set', () => {
  const { sets } = linkRules([
    { addresses: [A, B], trouble: { what: 'drop' } },
    { addresses: [B], trouble: { what: 'drop' } },
    { addresses: [A], trouble: { what: 'loss', percent: 20 } },
    { addresses: [A], trouble: { what: 'loss', percent: 50 } },
  ]);
  expect(Object.fromEntries(sets)).toEqual({ on_drop: [A, B], on_loss_20: [A], on_loss_50: [A] });
});

test('delays of one address add up, the narrowest bandwidth holds, and each address has a class of its own', () => {
  const { shapes } = linkRules([
    { addresses: [A, B], trouble: { what: 'bandwidth', kbitPerSecond: 1000 } },
    { addresses: [A], trouble: { what: 'bandwidth', kbitPerSecond: 500 } },
    { addresses: [A], trouble: { what: 'delay', delayMs: 20, jitterMs: 5 } },
    { addresses: [A], trouble: { what: 'delay', delayMs: 30, jitterMs: 10 } },
  ]);
  expect(shapes).toEqual([
    { address: A, minor: 1, delayMs: 50, jitterMs: 15, kbitPerSecond: 500 },
    { address: B, minor: 2, delayMs: 0, jitterMs: 0, kbitPerSecond: 1000 },
  ]);
  expect(shapeBatch('eth0', shapes)).toBe(
    [
      'qdisc add dev eth0 root handle 5106: htb',
      'class add dev eth0 parent 5106: classid 5106:1 htb rate 10gbit quantum 60000',
      'qdisc add dev eth0 parent 5106:1 netem limit 10000 delay 50ms 15ms rate 500kbit',
      'class add dev eth0 parent 5106: classid 5106:2 htb rate 10gbit quantum 60000',
      'qdisc add dev eth0 parent 5106:2 tbf rate 1000kbit burst 3000 latency 400ms',
      '',
    ].join('\n'),
  );
});

test('resets pass where connections are reset, and only after whatever is dropped for sure', () => {
  const script = tableScript(
    linkRules([
      { addresses: [A], trouble: { what: 'reset' } },
      { addresses: [B], trouble: { what: 'deaf' } },
    ]),
    5,
  );
  const input = script.slice(script.indexOf('chain input'), script.indexOf('chain output'));
  expect(input.split('\n').slice(1, 5)).toEqual([
    '    ip saddr @on_deaf drop',
    '    ip saddr @on_reset tcp flags & rst == rst accept',
    '    ip saddr @on_reset meta l4proto tcp reject with tcp reset',
    '    ip saddr @on_reset drop',
  ]);
  // What goes out to those it does not hear passes.
  expect(script.slice(script.indexOf('chain output'))).not.toContain('on_deaf drop');
});

test('nothing is asked without a timeout, and a renewal empties each set before it fills it', () => {
  const rules = linkRules([{ addresses: [A], trouble: { what: 'bandwidth', kbitPerSecond: 500 } }]);
  expect(renewalScript(rules, 5)).toBe(
    `flush set inet snowglobe on_slow_1\nadd element inet snowglobe on_slow_1 { ${A} timeout 5s }\n`,
  );
  expect(tableScript(rules, 5)).toContain('ip daddr @on_slow_1 meta priority set 5106:1');
});
