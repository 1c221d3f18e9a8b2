/** Credentials of other systems in settings of a service, such as the password of a connection it makes itself. */
import { z } from 'zod';
import { TargetError, type Credential, type DependantPlaces } from '../../port.ts';
import { exact, pointer, request } from '../description/parts.ts';
import { asking } from '../request.ts';
import { withServer } from '../server.ts';
import { valueAt } from '../values/pointer.ts';
import type { Scope } from '../values/template.ts';

const VALUE = '/value';
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A place in a service: how the value is set, and what tells that it is. Requests are written as in descriptions. */
const setting = exact({
  /** Puts the value (`{ $from: /value }`) there; `/name` is the account it is of. */
  set: request,
  /** Asked afterwards: `at` is the value itself, or `is` where the service shows none, such as a state that says connected. */
  check: request.extend({ at: pointer, is: scalar.optional() }),
}).superRefine(({ set, check }, context) => {
  if (!JSON.stringify(set.body ?? null).includes(`{"$from":"${VALUE}"}`))
    context.addIssue({ code: 'custom', path: ['set', 'body'], message: 'holds { $from: /value } nowhere' });
  for (const [name, one] of [['set', set] as const, ['check', check] as const])
    if (JSON.stringify([one.call, one.query ?? null]).includes(VALUE))
      context.addIssue({ code: 'custom', path: [name], message: 'has the value in its address, which is logged' });
});

export const restDependants: DependantPlaces = {
  place: setting as unknown as DependantPlaces['place'],
  put: (target, given, value) =>
    withServer(target, async (server) => {
      const { set } = placeOf(given);
      server.hide(textOf(value));
      server.mustBeGood(await server.ask(asking(set, scopeOf(value))), 'put a credential into its settings');
    }),
  check: (target, given, value) =>
    withServer(target, async (server) => {
      const { check } = placeOf(given);
      server.hide(textOf(value));
      const answer = await server.ask(asking(check, scopeOf(value)));
      return valueAt(server.jsonOfGood(answer, 'look at its settings'), check.at) === (check.is ?? textOf(value));
    }),
};

function placeOf(given: Readonly<Record<string, unknown>>): z.infer<typeof setting> {
  const place = setting.safeParse(given);
  if (place.success) return place.data;
  const issue = place.error.issues[0];
  throw new TargetError('unsupported', `that place is none: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

const scopeOf = (value: Credential): Scope => ({ value: textOf(value), name: value.username });

function textOf(value: Credential): string {
  if (value.kind === 'password') return value.password;
  if (value.kind === 'ssh_key') return value.privateKey;
  if (value.kind === 'token') return value.token;
  throw new TargetError('unsupported', 'there is no value to be put there');
}
