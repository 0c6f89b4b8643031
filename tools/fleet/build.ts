/**
 * Downloads the packages of published generators at their pinned versions, and builds the programs around them, into
 * `FLEET`: nothing of it is in this repository, and nothing of it is a dependency of it. What was built and has not
 * changed since is left as it is.
 *
 * Versions and checksums are pinned where each package manager keeps them: package-lock.json, go.sum, Cargo.lock,
 * requirements.txt with hashes; for Maven in pom.xml and checksums.txt.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FLEET, type Toolchain } from '../../generators/published/programs/fleet.ts';

const PROGRAMS = join(import.meta.dirname, '../../generators/published/programs');
const BIN = join(FLEET, 'bin');
const TEN_MINUTES_MS = 600_000;

interface Recipe {
  /** What has to run, and what to do where it does not. */
  readonly needs: readonly { readonly command: readonly [string, ...string[]]; readonly remedy: string }[];
  build(folder: string): void;
}

const RECIPES: { readonly [Each in Toolchain]: Recipe } = {
  npm: {
    needs: [{ command: ['npm', '--version'], remedy: 'npm comes with Node.js' }],
    build(folder) {
      const into = made(join(FLEET, 'npm'));
      for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(folder, file), join(into, file));
      run(into, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
    },
  },
  go: {
    needs: [{ command: ['go', 'version'], remedy: 'install Go 1.22 or later' }],
    build(folder) {
      for (const main of globSync('*/main.go', { cwd: folder })) {
        const name = main.replace('/main.go', '');
        // A program with a go.mod of its own needs another version of what the others need.
        const isApart = existsSync(join(folder, name, 'go.mod'));
        const [from, what] = isApart ? [join(folder, name), '.'] : [folder, `./${name}`];
        run(from, 'go', 'build', '-mod=readonly', '-trimpath', '-o', join(made(BIN), name), what);
      }
    },
  },
  rust: {
    needs: [{ command: ['cargo', '--version'], remedy: 'install Rust 1.85 or later' }],
    build(folder) {
      const target = join(FLEET, 'rust');
      for (const manifest of globSync('*/Cargo.toml', { cwd: folder })) {
        const name = manifest.replace('/Cargo.toml', '');
        run(join(folder, name), 'cargo', 'build', '--release', '--locked', '--quiet', '--target-dir', target);
        copyFileSync(join(target, 'release', name), join(made(BIN), name));
      }
    },
  },
  java: {
    needs: [
      { command: ['mvn', '--version'], remedy: 'install Maven' },
      { command: ['javac', '--version'], remedy: 'install a JDK, 17 or later' },
    ],
    build(folder) {
      const jars = join(FLEET, 'java/lib');
      rmSync(jars, { recursive: true, force: true });
      run(folder, 'mvn', '-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`);
      compareJars(jars, readFileSync(join(folder, 'checksums.txt'), 'utf8'));
      const sources = globSync('*.java', { cwd: folder });
      run(folder, 'javac', '-cp', `${jars}/*`, '-d', made(join(FLEET, 'java/classes')), ...sources);
    },
  },
  python: {
    needs: [
      {
        command: ['python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 11))'],
        remedy: 'install Python 3.11 or later, as python3',
      },
    ],
    build(folder) {
      const into = join(FLEET, 'python');
      rmSync(into, { recursive: true, force: true });
      const list = join(folder, 'requirements.txt');
      run(
        folder,
        'python3',
        '-m',
        'pip',
        'install',
        '--quiet',
        '--require-hashes',
        '--no-deps',
        '--target',
        into,
        '-r',
        list,
      );
    },
  },
};

/** Builds what a toolchain is for. Returns what is missing for it, as a sentence; undefined: it is built. */
export function build(toolchain: Toolchain, say: (line: string) => void): string | undefined {
  const { needs, build: make } = RECIPES[toolchain];
  for (const { command, remedy } of needs)
    if (!works(command)) return `\`${command.join(' ')}\` does not work here: ${remedy}`;
  const folder = join(PROGRAMS, toolchain);
  const [stamp, wanted] = [join(made(FLEET), `${toolchain}.built`), fingerprint(folder)];
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  say(`building the programs in ${toolchain}`);
  rmSync(stamp, { force: true });
  make(folder);
  writeFileSync(stamp, wanted);
  return undefined;
}

/** Of all that is built from: sources, versions and checksums. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  const files = globSync('**/*.*', { cwd: folder }).filter((file) =>
    /\.(ts|json|mod|sum|go|toml|lock|rs|xml|txt|java|py)$/.test(file),
  );
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** Maven has no lock file: all that it brought, and nothing else, has these checksums (of sha256sum). */
function compareJars(folder: string, checksums: string): void {
  const wanted = checksums.trim().split('\n').sort();
  const got = globSync('*.jar', { cwd: folder }).map(
    (jar) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, jar)))
        .digest('hex')}  ${basename(jar)}`,
  );
  const other = got.find((line) => !wanted.includes(line));
  const absent = wanted.find((line) => !got.includes(line));
  if (other !== undefined) throw new Error(`Maven brought what is not in checksums.txt: ${other}`);
  if (absent !== undefined) throw new Error(`Maven did not bring what is in checksums.txt: ${absent}`);
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

function works([program, ...words]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore', timeout: TEN_MINUTES_MS });
    return true;
  } catch {
    return false;
  }
}

function run(cwd: string, program: string, ...words: string[]): void {
  // A program of Go must be static: the clock of one that asks a C library could be skewed in another way than meant.
  const env = { ...process.env, CGO_ENABLED: '0', PIP_ROOT_USER_ACTION: 'ignore' };
  execFileSync(program, words, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: TEN_MINUTES_MS });
}
