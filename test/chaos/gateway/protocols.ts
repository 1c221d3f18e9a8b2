import type { LabMariadb, LabPostgres } from '#lab/index.ts';
import type { Application } from '#test/http-rig/application.ts';
import type { Sshd } from '#test/ssh-rig/sshd.ts';
import type { Beside } from './beside.ts';
import { http } from './speak-http.ts';
import { mysql } from './speak-mysql.ts';
import { postgres } from './speak-postgres.ts';
import { ssh } from './speak-ssh.ts';
import type { Protocol } from './talking.ts';

/** What is behind the gateways. */
export interface Targets {
  readonly sshd: Sshd;
  readonly lab: LabPostgres;
  readonly mariadb: LabMariadb;
  readonly application: Application;
}

/** Every protocol there is a gateway for. */
export const protocolsOf = (beside: Beside, targets: Targets): readonly Protocol[] => [
  ssh(targets.sshd),
  postgres(beside, targets.lab),
  mysql(beside, targets.mariadb),
  http(beside, targets.application),
];
