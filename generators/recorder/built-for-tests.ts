/** Programs that tests build once, into the user's cache, by the content of their sources. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SOURCES = join(import.meta.dirname, '../testing');

/** How each language builds the folder that it is in, and where the program is then. */
const BUILDS = {
  go: { words: ['go', 'build', '-o', 'program', '.'], program: 'program', environment: { CGO_ENABLED: '0' } },
  cargo: {
    words: ['cargo', 'build', '--release', '--locked', '--quiet'],
    program: 'target/release/maelstrom-unique-ids',
    environment: {},
  },
} as const;

/** The program of a folder of `generators/testing/`. */
export function builtProgram(folder: string, by: keyof typeof BUILDS): string {
  const { words, program, environment } = BUILDS[by];
  const sources = join(SOURCES, folder);
  const hash = createHash('sha256');
  for (const file of readdirSync(sources, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()))
    hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'snowglobe');
  const built = join(cache, `${folder}-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(built)) return join(built, program);
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'build-'));
  try {
    cpSync(sources, fresh, { recursive: true });
    const [command, ...args] = words;
    execFileSync(command, args, {
      cwd: fresh,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(fresh, built);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  return join(built, program);
}
