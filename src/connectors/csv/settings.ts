import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** Settings of a folder of files. Every key has a working default; unknown keys are refused. */
export const csvSettings = z.strictObject({
  /** The folder, inside the one folder such folders may be in. Default: there, named by the system's id. */
  path: z
    .string()
    .max(1000)
    .refine((path) => isAbsolute(path) && resolve(path) === path && !path.includes('\0'), 'is a plain absolute path')
    .optional(),
  /** Whether `SHA256SUMS` has to be there. Where it is there it always has to fit. */
  sums: z.enum(['if_there', 'required']).default('if_there'),
  /** Rows handed over at a time. */
  rowsPerPiece: z.int().min(1).max(50_000).default(5_000),
  /** Largest file that is read, in megabytes. */
  maxMegabytes: z.int().min(1).max(100_000).default(4_096),
  /** An order not seen in the files after so many hours is given again. */
  orderAgainAfterHours: z.int().min(1).max(8_760).default(24),
});

export type CsvSettings = Omit<z.infer<typeof csvSettings>, 'path'> & { readonly path: string };

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target, root: string): CsvSettings {
  const parsed = csvSettings.safeParse(target.settings);
  if (parsed.success) return { ...parsed.data, path: parsed.data.path ?? join(root, target.systemId) };
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this csv target are wrong: ${where}${issue?.message ?? ''}`);
}
