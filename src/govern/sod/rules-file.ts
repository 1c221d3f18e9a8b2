import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '#kit/errors/index.ts';
import { nestsDeeper, text } from '#kit/http/index.ts';

/** Rules as a file: entitlements and systems by the names people know, owners by username. */
const fileRule = z.strictObject({
  name: text(120),
  description: text(2000).optional(),
  risk: text(2000).optional(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  mode: z.enum(['record', 'warn', 'enforce']).default('record'),
  counts: z.enum(['held', 'same_session', 'same_window']).default('held'),
  windowSeconds: z.int().min(1).max(31_622_400).optional(),
  owner: text(200).optional(),
  systems: z.array(text(200)).min(1).max(100).optional(),
  orgUnits: z.array(text(200)).min(1).max(1000).optional(),
  personCondition: text(2000).optional(),
  controls: z
    .array(z.strictObject({ name: text(300), owner: text(200), everyDays: z.int().min(1).max(366) }))
    .min(1)
    .max(100)
    .optional(),
  functions: z.array(z.strictObject({ name: text(120), entitlements: z.array(text(300)).min(1) })).min(2),
});
const rulesFile = z.strictObject({ rules: z.array(fileRule).min(1) });
export type FileRule = z.output<typeof rulesFile>['rules'][number];

export const unreadable = (detail: string, pointer = '/yaml'): AppError =>
  new AppError({
    code: 'sod.file_unreadable',
    status: 422,
    detail,
    fix: 'see the file that `reeve sod export` writes',
    errors: [{ pointer, detail }],
  });

/** Far deeper than rules are; the parser goes down with each level and takes seconds over a hundred thousand. */
const DEEPEST = 50;
/** Lists and keys that begin within each other on one line. */
const NESTED_LINE = /(?:[-?:][ \t]+){50}/;

/**
 * Reads rules from YAML 1.2. Aliases are not followed, so that a small file cannot unfold into a large one; a key
 * written twice, a field that does not exist and a rule named twice are refused. Throws `sod.file_unreadable`.
 */
export const readRules = (yaml: string): FileRule[] => {
  if (nestsDeeper(yaml, DEEPEST) || NESTED_LINE.test(yaml))
    throw unreadable('this is no file of rules: it is nested too deep');
  let raw: unknown;
  try {
    raw = parse(yaml, { maxAliasCount: 0, uniqueKeys: true, schema: 'core' });
  } catch (error) {
    throw unreadable(
      `this is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be read'}`,
    );
  }
  return checkRules(raw, '/yaml');
};

/** What was read from a file as rules, held to their shape. Throws `sod.file_unreadable`. */
export const checkRules = (raw: unknown, pointer: string): FileRule[] => {
  const read = rulesFile.safeParse(raw);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not as it should be'}`, pointer);
  }
  const names = new Set<string>();
  for (const { name } of read.data.rules) {
    const known = name.toLowerCase();
    if (names.has(known)) throw unreadable(`the rule "${known}" is there twice`, pointer);
    names.add(known);
  }
  return read.data.rules;
};

/** Writes rules as YAML that `readRules` reads back. */
export const writeRules = (rules: readonly FileRule[]): string => stringify({ rules }, { lineWidth: 100 });
