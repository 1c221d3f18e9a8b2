import type { Command } from 'commander';
import { addAudit } from './audit.ts';
import { addBackup } from './backup.ts';
import { addCertificates } from './certificates.ts';
import { addCompletion } from './completion.ts';
import { addHostCertificates } from './host-certificates.ts';
import { addImports } from './imports.ts';
import { addIsolate } from './isolate.ts';
import { addDatabase } from './database.ts';
import { addLease } from './lease.ts';
import { addPlay } from './play.ts';
import { addSignIn } from './sign-in.ts';
import { addSsh } from './ssh.ts';
import { addSshConfig } from './ssh-config.ts';
import { addWatch } from './watch.ts';
import { addWeb } from './web.ts';
import { addWorkloads } from './workloads.ts';

/** Commands that are not one call of the API: they work on this machine, on a file, or through `ssh`. */
export const ownCommands: readonly ((program: Command) => void)[] = [
  addSignIn,
  addSsh,
  addSshConfig,
  addCertificates,
  addHostCertificates,
  addIsolate,
  addLease,
  addImports,
  addWorkloads,
  addDatabase,
  addWeb,
  addAudit,
  addPlay,
  addWatch,
  addBackup,
  addCompletion,
];
