import { z } from 'zod';
import { AppError } from '#kit/errors/index.ts';

const versions = z.object({ versions: z.array(z.coerce.number().int().positive()).min(1).max(1000) });
const options = z.object({ cas: z.coerce.number().int().min(0).optional() }).optional();
const value = z.object({ data: z.record(z.string(), z.unknown()), options });
const settings = z.object({
  max_versions: z.coerce.number().int().min(0).max(1000).optional(),
  cas_required: z.boolean().optional(),
  delete_version_after: z.union([z.string(), z.number()]).optional(),
  custom_metadata: z.record(z.string().min(1).max(128), z.string().max(512)).nullable().optional(),
});

const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const read = schema.safeParse(body ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError({
    code: 'input.invalid',
    status: 400,
    detail: `${issue?.path.join('.') ?? 'the body'}: ${issue?.message ?? 'is not what is expected'}`,
    fix: 'see docs/how-to/read-secrets-from-programs.md',
  });
};

export const readVersions = (body: unknown): readonly number[] => parse(versions, body).versions;
export const readValue = (body: unknown): z.output<typeof value> => parse(value, body);
export const readSettings = (body: unknown): z.output<typeof settings> => parse(settings, body);

/** A duration as Go writes it (`3h25m19s`) or a number of seconds; null for none (`0s`). */
export function readSeconds(given: string | number): number | null {
  const parts = typeof given === 'number' ? [] : [...given.matchAll(/(\d+)(h|m|s)/g)];
  const whole = parts.map((part) => part[0]).join('');
  if (typeof given === 'string' && (given === '' || (whole !== given && !/^\d+$/.test(given)))) {
    throw new AppError({
      code: 'input.invalid',
      status: 400,
      detail: `delete_version_after: ${given.slice(0, 40)} is no duration`,
      fix: 'write it as 3h25m19s',
    });
  }
  const size = { h: 3600, m: 60, s: 1 } as const;
  const seconds =
    parts.length > 0
      ? parts.reduce((sum, part) => sum + Number(part[1]) * size[part[2] as keyof typeof size], 0)
      : Math.floor(Number(given));
  return seconds > 0 ? seconds : null;
}

/** A JSON merge patch (RFC 7396) laid on a value. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out = new Map<string, unknown>(
    typeof target === 'object' && target !== null && !Array.isArray(target) ? Object.entries(target) : [],
  );
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) out.delete(name);
    else out.set(name, mergePatch(out.get(name), change));
  }
  return Object.fromEntries(out);
}
