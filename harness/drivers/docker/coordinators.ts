/** What runs in the containers of a coordinator's members, by its kind. */
import type { CoordinatorKind } from '../../core/coordinator-kind.ts';
import { POSTGRES_ENVIRONMENT, postgresCommand } from '../../coordinators/postgres-command.ts';
import { onDisk } from '../agent/disks/slow-sync.ts';
import { POSTGRES_PROGRAMS } from './images.ts';
import type { MemberRun, Place } from './members.ts';
import { etcdSpec, slowSyncOf, snapshotsMount } from './members.ts';
import type { WorkloadSpec } from './workload.ts';

type MemberSpec = (member: Place, members: readonly Place[], run: MemberRun) => WorkloadSpec;

/** `nobody` of every Debian, by number: a container whose user is chosen from outside has no name for it. */
const NOBODY = '65534';

export const MEMBER_SPECS: Readonly<Record<CoordinatorKind, MemberSpec>> = {
  etcd: etcdSpec,
  postgres: (_member, _members, run) => ({
    command: onDisk(
      slowSyncOf(run),
      postgresCommand({
        programs: POSTGRES_PROGRAMS,
        // In the container's own layer: it survives a kill and a start, and goes with the container.
        dataFolder: '/tmp/postgres',
        listenOn: '0.0.0.0',
        unprivileged: ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      }),
    ),
    environment: POSTGRES_ENVIRONMENT,
    // It has to become nobody, whoever the caller is.
    user: '0:0',
    mounts: [snapshotsMount(run)],
  }),
};
