import type { Command } from 'commander';
import { addAudit } from './audit.ts';
import { addBackup } from './backup.ts';
import { addCompletion } from './completion.ts';
import { addPlay } from './play.ts';
import { addSignIn } from './sign-in.ts';

/** Commands that are not one call of the API: they work on this machine, on a file, or through `ssh`. */
export const ownCommands: readonly ((program: Command) => void)[] = [
  addSignIn,
  addAudit,
  addPlay,
  addBackup,
  addCompletion,
];
