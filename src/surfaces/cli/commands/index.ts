import type { Command } from 'commander';
import { addCompletion } from './completion.ts';

/** Commands that are not one call of the API: they work on this machine, on a file, or through `ssh`. */
export const ownCommands: readonly ((program: Command) => void)[] = [addCompletion];
