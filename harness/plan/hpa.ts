/** A HorizontalPodAutoscaler that never asks for more nodes than there are worker IDs. */
import { Document, isMap, isScalar } from 'yaml';
import { grouped } from '../core/phrases.ts';
import type { PlanInput } from './plan-input.ts';
import { AUTOSCALING } from './reference-claims.ts';

export interface HpaFacts {
  readonly autoscaling: NonNullable<PlanInput['autoscaling']>;
  /** Where there are several. */
  readonly region?: string;
  readonly maxReplicas: number;
  /** Worker IDs of the region, and how many nodes they allow; absent where IDs carry none. */
  readonly workerIds?: { readonly available: number; readonly reserve: number; readonly room: number };
  /** IDs a second that a node is planned with. */
  readonly idsPerNode: number;
}

/** The manifest as YAML, with the reasons for its figures as comments. */
export function hpaManifest({ autoscaling, region, maxReplicas, workerIds, idsPerNode }: HpaFacts): string {
  const { target, kind, namespace, minReplicas, metric } = autoscaling;
  const { cpuPercent, up, down } = AUTOSCALING;
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
  };
  const rate = {
    type: 'Pods',
    pods: { metric: { name: metric }, target: { type: 'AverageValue', averageValue: String(Math.floor(idsPerNode)) } },
  };
  const manifest = new Document({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: target, ...(namespace !== undefined && { namespace }) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name: target },
      minReplicas,
      maxReplicas,
      metrics: [cpu, ...(metric === undefined ? [] : [rate])],
      behavior: {
        scaleUp: behaviour(up),
        scaleDown: behaviour(down),
      },
    },
  });
  manifest.commentBefore = [
    ` Written by snowglobe plan${region === undefined ? '' : ` for the region ${region}`}.`,
    ' Figures of scaling: claim F5 of the reference design; the bounds are those of the plan.',
  ].join('\n');
  comment(
    manifest,
    ['spec', 'maxReplicas'],
    workerIds === undefined
      ? ' IDs carry no worker ID: what bounds this is the plan alone.'
      : [
          ` ${grouped(workerIds.available)} worker IDs allow ${grouped(workerIds.room)} nodes, with ${grouped(workerIds.reserve)} kept for hand-over.`,
          ' A node above that finds no worker ID, and never becomes ready.',
        ].join('\n'),
  );
  if (metric !== undefined)
    comment(
      manifest,
      ['spec', 'metrics', 1, 'pods'],
      ` ${grouped(Math.floor(idsPerNode))} IDs/s: the planned share of what a node was measured to mint.`,
    );
  comment(
    manifest,
    ['spec', 'behavior', 'scaleDown'],
    ' Slowly: each worker ID that is given up is out of use until its lease has ended.',
  );
  return manifest.toString({ lineWidth: 0 });
}

function behaviour({ seconds, percent }: { readonly seconds: number; readonly percent: number }): object {
  return {
    stabilizationWindowSeconds: seconds,
    policies: [{ type: 'Percent', value: percent, periodSeconds: 60 }],
  };
}

/** Puts a comment above a key. */
function comment(document: Document, path: readonly (string | number)[], text: string): void {
  const map = document.getIn(path.slice(0, -1), true);
  const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  if (pair === undefined || !isScalar(pair.key)) throw new Error(`the manifest has no ${path.join('.')}`);
  pair.key.commentBefore = text;
}
