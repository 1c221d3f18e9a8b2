import { said, texts, worse, type Rule } from '../model.ts';

/** A rule of sudo or doas: everything, something that leads to everything, or something narrow. */
export const sudo: Rule = ({ account, facts, kind, about }, around) => {
  const rule = said(facts['rule']);
  const runAs = texts(facts['runAs']);
  const asRoot = kind === 'doas' || facts['asRoot'] === true;
  // Another account's power is lent by a rule that runs as it.
  const lent = asRoot ? undefined : runAs.map((name) => around.powerOf(name)).reduce(worse, undefined);
  const groups = texts(facts['asGroups']);
  if (!asRoot && lent === undefined && groups.length === 0) return [];
  const everything = facts['everything'] === true;
  const freely = facts['noPassword'] === true;
  const risks = texts(facts['risks']);
  // `may be given any arguments` alone is how most rules are written.
  const wide = risks.filter(
    (risk) => !(everything ? /may be given any arguments/u : /may be given any arguments|forbids nothing/u).test(risk),
  );
  const severity = everything ? (freely ? 'critical' : 'high') : wide.length > 0 ? 'high' : 'medium';
  const as = asRoot
    ? 'as root'
    : lent === undefined
      ? `in group ${groups.join('; ')},`
      : `as ${runAs.join(' or ')}, who is privileged`;
  const what = everything ? 'may run any command' : 'may run some commands';
  const program = kind === 'doas' ? 'doas' : 'sudo';
  const through = texts(facts['through']);
  return [
    {
      kind,
      severity: asRoot ? severity : (lent ?? 'high'),
      power: true,
      restsOn: 'credential',
      reason: [
        `${account === '' ? 'everybody ' : ''}${what} ${as} through ${program}${freely ? ' without a password' : ''}`,
        ...(through.length > 0 ? [`by group ${through.join(', ')}`] : []),
        ...(wide.length > 0 ? [wide.join('; ')] : []),
      ].join('; '),
      ...(kind === 'sudo' && about.startsWith('sudo:')
        ? { entitlement: about }
        : { byHand: `take the rule away: ${rule}` }),
    },
  ];
};
