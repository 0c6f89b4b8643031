/**
 * The labels by which the parts of a run are found again, by a sweep of the harness that made them or of any other.
 */
import type { Owner } from '../../core/owner.ts';

export const RUN_LABEL = 'snowglobe.run';
export const OWNER_LABEL = 'snowglobe.owner';

export type Labels = { readonly [label: string]: string };

export function labelsOf(run: { readonly runId: string; readonly owner: Owner }): Record<string, string> {
  return { [RUN_LABEL]: run.runId, [OWNER_LABEL]: JSON.stringify(run.owner) };
}

/** The owner that a label names, or undefined when it names none: a sweep leaves such a run to its user. */
export function ownerOf(labels: Labels | undefined): Owner | undefined {
  try {
    return JSON.parse(labels?.[OWNER_LABEL] ?? '') as Owner;
  } catch {
    return undefined;
  }
}

/** Every container and network of a run is called `snowglobe-RUN-PART`. */
export function partName(runId: string, part: string): string {
  return `snowglobe-${runId}-${part}`;
}
