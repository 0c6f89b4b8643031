/** The node of examples/nodes/python. */
import { join } from 'node:path';
import { test } from 'vitest';
import { expectEveryRuleKept } from './kept-rules-for-tests.ts';

const PROGRAM = join(import.meta.dirname, '../../examples/nodes/python/node.py');

test('the node in Python keeps every rule', () => expectEveryRuleKept('--', 'python3', PROGRAM));
