/** Mails about commands of sessions that matched a rule. What was typed is in none of them: it may hold a secret. */
export const COMMAND_TEMPLATES: readonly (readonly [
  string,
  { readonly subject: string; readonly lines: readonly string[]; readonly act: string; readonly urgent?: true },
])[] = [
  [
    'command.alert',
    {
      subject: 'A command of {who} on {place} matched a rule',
      lines: [
        '{who} ran a command as {place} that matches the rule',
        '  {rule}',
        '',
        'It was run. You are told of it once a session.',
      ],
      act: 'See the session',
      urgent: true,
    },
  ],
  [
    'command.ask',
    {
      subject: 'A command of {who} on {place} waits for you',
      lines: [
        '{who} wants to run a command as {place} that matches the rule',
        '  {rule}',
        '',
        'It waits {wait} for somebody to agree, and is not run otherwise.',
      ],
      act: 'See what it is, and decide',
      urgent: true,
    },
  ],
  [
    'command.end',
    {
      subject: 'A session of {who} on {place} was ended by a command',
      lines: [
        '{who} was about to run a command as {place} that matches the rule',
        '  {rule}',
        '',
        'It was not run, and the session was ended.',
      ],
      act: 'See the session',
      urgent: true,
    },
  ],
];
