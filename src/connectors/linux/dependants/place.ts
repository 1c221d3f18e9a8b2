/** What a place on a Linux host looks like that holds a credential of another system. */
import { z } from 'zod';
import { TargetError } from '../../port.ts';

const path = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9/._@+-]+$/u, 'is an absolute path of letters, digits and / . _ @ + -')
  .refine((given) => !given.split('/').some((part) => part === '..' || part === '.'), 'goes through . or ..');

export const linuxPlace = z
  .strictObject({
    /** The file, which has to be there. */
    file: path,
    /**
     * `line`: the value of `key` in a file of lines such as `key=value`, `key: value` or `"key": "value",`. `url`: the password in the URL that is the value of `key`.
     * `whole`: all of the file.
     */
    format: z.enum(['line', 'url', 'whole']).default('line'),
    key: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/u, 'is a name such as DB_PASSWORD')
      .optional(),
    /** The systemd unit that reads it: restarted if it runs, and looked at whether it is up again. */
    service: z
      .string()
      .regex(/^[A-Za-z0-9@._:-]{1,100}$/u, 'is the name of a unit, such as shop.service')
      .refine((name) => !name.startsWith('-'), 'is no name of a unit')
      .optional(),
  })
  .refine((given) => (given.key === undefined) === (given.format === 'whole'), {
    message: 'is needed for a line or a URL, and says nothing of a whole file',
    path: ['key'],
  });
export type LinuxPlace = z.infer<typeof linuxPlace>;

export function placeOf(place: Readonly<Record<string, unknown>>): LinuxPlace {
  const parsed = linuxPlace.safeParse(place);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TargetError('unsupported', `that place is none: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
