/**
 * Builds `dist/`, what the package ships: compiled JavaScript with types in the folders of the sources, and the node
 * shell as one file (and those in which its threads begin), so that it runs in a container or a namespace that has no
 * node_modules.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });

for (const file of readdirSync(join(root, 'harness'), { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('Dockerfile') || file.includes('/native/')) {
    mkdirSync(dirname(join(dist, 'harness', file)), { recursive: true });
    copyFileSync(join(root, 'harness', file), join(dist, 'harness', file));
  }

const generators = (file: string): string => join(root, 'generators', file);
await build({
  // A thread begins in a file of its own, beside the shell.
  entryPoints: {
    shell: generators('shell/main.ts'),
    'thread-entry': generators('shell/thread-entry.ts'),
    'lane-entry': generators('module/lane-entry.ts'),
  },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // prom-client is CommonJS and asks for Node's own modules by `require`.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
