import { isIP } from 'node:net';
import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { isMachineOnly } from '#kit/outbound/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { termsSet } from './events.ts';
import { termsOf, type CaptureTerms, type SshTerms } from './store.ts';

const MIB = 1024 * 1024;
const terms = {
  forwardTo: z.array(z.string().max(80)).max(100),
  listenOn: z.array(z.int().min(1024).max(65_535)).max(20),
  agent: z.boolean(),
  files: z.enum(['both', 'from_target', 'to_target', 'none']),
  deniedPaths: z.array(z.string().min(1).max(1000)).max(100),
  capture: z
    .array(
      z.object({
        account: z.string().min(1).max(200).nullable().default(null).describe('its name; null: any'),
        direction: z.enum(['both', 'from_target', 'to_target']).default('both'),
        path: z.string().min(1).max(1000).default('/**').describe('absolute; * is anything within a name, ** anything'),
        mostBytes: z
          .int()
          .min(1)
          .max(64 * MIB)
          .default(16 * MIB)
          .describe('of one file'),
        beyond: z.enum(['go_on', 'refuse']).default('go_on').describe('a larger one is kept so far, or refused'),
      }),
    )
    .max(20),
};
const termsOut = z.object({ systemId: z.uuid(), ...terms });
const system = (input: { readonly systemId: string }) => ({ type: 'System', id: input.systemId });
const path = '/v1/systems/{systemId}/ssh-terms';

/** Shown and set, for one system. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'sshTerms.show',
    action: 'ssh_terms.read',
    kind: 'read',
    method: 'GET',
    path,
    summary: 'Show what sessions on a system may do besides terminal and commands',
    input: z.object({ systemId: z.uuid() }),
    output: termsOut,
    resource: system,
    cli: { command: 'systems ssh-terms', positional: ['systemId'] },
    handler: async (ctx, _permit, { systemId }) => {
      await requireSystem(ctx.tx, systemId);
      return { systemId, ...copied(await termsOf(ctx.tx, systemId)) };
    },
  }),
  defineOperation({
    name: 'sshTerms.set',
    action: 'ssh_terms.set',
    kind: 'write',
    method: 'PUT',
    path,
    summary:
      'Set what sessions on a system may do besides: forwards, listening, the agent, files, which way, and which are kept',
    description:
      'What is not named stays as it was. It holds for sessions that begin from now on. Whoever has a shell can read a file without any file transfer.',
    input: z.object({
      systemId: z.uuid(),
      forwardTo: terms.forwardTo.optional().describe('address:port as seen from the target, for ssh -L, -D and -W'),
      listenOn: terms.listenOn.optional().describe('ports of the target’s loopback, for ssh -R'),
      agent: terms.agent
        .optional()
        .describe('programs on the system may use the keys of the person’s own agent (ssh -A)'),
      files: terms.files.optional(),
      deniedPaths: terms.deniedPaths.optional().describe('absolute; what is below them too'),
      capture: terms.capture.optional().describe('which files are kept with the recording; the first that fits holds'),
    }),
    output: termsOut,
    resource: system,
    cli: { command: 'systems set-ssh-terms', positional: ['systemId'] },
    handler: async (ctx, permit, { systemId, ...wanted }) => {
      await requireSystem(ctx.tx, systemId);
      wanted.forwardTo?.forEach((to, i) => checkAddress(to, `/forwardTo/${String(i)}`));
      wanted.deniedPaths?.forEach((denied, i) => checkPath(denied, `/deniedPaths/${String(i)}`));
      wanted.capture?.forEach(({ path: kept }, i) => checkPattern(kept, `/capture/${String(i)}/path`));
      const before = await termsOf(ctx.tx, systemId);
      const now = copied({
        forwardTo: wanted.forwardTo ?? before.forwardTo,
        listenOn: wanted.listenOn ?? before.listenOn,
        agent: wanted.agent ?? before.agent,
        files: wanted.files ?? before.files,
        deniedPaths: wanted.deniedPaths ?? before.deniedPaths,
        capture: wanted.capture ?? before.capture,
      });
      await ctx.tx.run(sql`
        insert into ssh_terms (system_id, forward_to, listen_on, agent, files, denied_paths, capture, changed_at, changed_by)
        values (${systemId}, ${sql.array(now.forwardTo)}::text[], ${sql.array(now.listenOn)}::int[], ${now.agent}, ${now.files},
                ${sql.array(now.deniedPaths)}::text[], ${sql.json(now.capture)}, ${ctx.now}, ${ctx.principal.id})
        on conflict on constraint ssh_terms_pk do update set forward_to = excluded.forward_to, listen_on = excluded.listen_on,
          agent = excluded.agent, files = excluded.files, denied_paths = excluded.denied_paths,
          capture = excluded.capture, changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
      await ctx.record(permit, { event: termsSet, data: { systemId, ...now, capture: now.capture.map(inWords) } });
      return { systemId, ...now };
    },
  }),
];

/** As an answer and an event have it: lists of their own. */
const copied = ({ forwardTo, listenOn, agent, files, deniedPaths, capture }: SshTerms) => ({
  forwardTo: [...forwardTo],
  listenOn: [...listenOn],
  agent,
  files,
  deniedPaths: [...deniedPaths],
  capture: capture.map((rule) => ({ ...rule })),
});

const inWords = ({ account, direction, path: of, mostBytes, beyond }: CaptureTerms): string =>
  `${account ?? 'any account'}, ${direction}, ${of}, up to ${String(mostBytes)} bytes, beyond: ${beyond}`;

function checkAddress(to: string, pointer: string): void {
  const colon = to.lastIndexOf(':');
  const [host, port] = [to.slice(0, colon), Number(to.slice(colon + 1))];
  if (colon < 1 || !/^\d{1,5}$/u.test(to.slice(colon + 1)) || port < 1 || port > 65_535)
    throw invalid(pointer, `${to} is no address with a port`, 'write it as 127.0.0.1:5432');
  if (isIP(host) === 0 && host !== 'localhost')
    throw invalid(pointer, `${host} is a name`, 'write the IP address: a name is resolved by the target as it likes');
  // However it is written: `::ffff:169.254.169.254` and `fe80:0::1` are the same addresses.
  if (isMachineOnly(host))
    throw invalid(pointer, `${host} answers only who is on that machine`, 'nothing is forwarded there');
}

/** A pattern is looked at for every file that is opened, against names that whoever opens it chooses. */
const MOST_STARS = 16;

function checkPattern(pattern: string, pointer: string): void {
  checkPath(pattern, pointer);
  if (pattern.split('*').length - 1 > MOST_STARS)
    throw invalid(pointer, `${pattern} has more than ${String(MOST_STARS)} stars`, 'write several rules');
}

function checkPath(denied: string, pointer: string): void {
  const parts = denied.split('/');
  const plain = [...denied].every((c) => (c.codePointAt(0) ?? 0) >= 0x20);
  if (!denied.startsWith('/') || !plain || parts.some((part) => part === '.' || part === '..'))
    throw invalid(pointer, `${denied} is no whole path`, 'write it from / on, without . and ..');
}
