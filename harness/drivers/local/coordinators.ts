/** What runs in the pods of a coordinator's members, by its kind. */
import { join } from 'node:path';
import type { CoordinatorKind } from '../../core/coordinator-kind.ts';
import { EXIT, SnowglobeError } from '../../core/errors.ts';
import { AS_NOBODY_IN_NAMESPACE, POSTGRES_ENVIRONMENT, postgresCommand } from '../../coordinators/postgres-command.ts';
import { onDisk } from '../agent/disks/slow-sync.ts';
import { findPostgres, NO_POSTGRES } from '../agent/postgres-program.ts';
import type { Place, Surroundings } from './members.ts';
import { etcdWorkload, logFile } from './members.ts';
import type { WorkloadSpec } from './sandbox-protocol.ts';

/** `members`: all of its coordinator. */
type MemberWorkload = (member: Place, members: readonly Place[], around: Surroundings) => WorkloadSpec;

export const MEMBER_WORKLOADS: Readonly<Record<CoordinatorKind, MemberWorkload>> = {
  etcd: etcdWorkload,
  postgres: (member, _members, around) => {
    const programs = findPostgres();
    if (programs === undefined) throw new SnowglobeError(EXIT.environment, [NO_POSTGRES]);
    const command = postgresCommand({
      programs,
      dataFolder: join(around.memberData, member.name),
      listenOn: member.address,
      // Whoever calls, everything in the sandbox has the power of root over it.
      unprivileged: AS_NOBODY_IN_NAMESPACE,
    });
    return {
      name: member.name,
      command: onDisk(around.slowSync, command),
      environment: { PATH: around.path, ...POSTGRES_ENVIRONMENT },
      log: logFile(member, around),
    };
  },
};
