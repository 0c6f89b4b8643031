/** Writes alerts and dashboards from their sources: `npm run dashboards`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generated } from '../dashboards/generated.ts';

const FOLDER = join(import.meta.dirname, '../dashboards');

for (const [file, content] of generated()) {
  const path = join(FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
