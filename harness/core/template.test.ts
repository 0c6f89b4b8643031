import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillIn, hasPlace, templateProblem, type Places } from './template.ts';

const places: Places = {
  node: 'n2',
  index: 1,
  host: '127.0.0.1',
  port: 8080,
  etcd: ['http://a:1', 'http://b:1'],
  disk: '/d',
  options: { workerId: 7, mode: 'fast' },
};

test('places are filled in by what the node is, and braces are written twice', () => {
  expect(fillIn('--id={worker} {node}:{index} {host}:{port} {etcd} {disk} {option.mode} {{x}}', places)).toBe(
    '--id=7 n2:1 127.0.0.1:8080 http://a:1,http://b:1 /d fast {x}',
  );
});

test('a node without the option workerId has its index as its worker ID', () => {
  expect(fillIn('{worker}', { ...places, options: {} })).toBe('1');
});

test('a place that means nothing, and one that is not known here, are told', () => {
  expect(templateProblem('--port {prot}')).toContain('{prot} means nothing here');
  expect(templateProblem('--port {port} {option.any}')).toBeUndefined();
  expect(() => fillIn('{option.none}', places)).toThrow('n2 has no such option');
  expect(() => fillIn('{count}', places)).toThrow('not known here');
});

test('any text comes through when its braces are doubled', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(fillIn(text.replaceAll('{', '{{').replaceAll('}', '}}'), places)).toBe(text);
    }),
  );
});

test('whether a template asks for a count is told', () => {
  expect(hasPlace('/ids?n={count}', 'count')).toBe(true);
  expect(hasPlace('/ids?n={{count}}', 'count')).toBe(false);
});
