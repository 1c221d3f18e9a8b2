/** Mails about emergency access: loud ones. */
export const EMERGENCY_TEMPLATES: readonly (readonly [
  string,
  { readonly subject: string; readonly lines: readonly string[]; readonly act: string },
])[] = [
  [
    'emergency.used',
    {
      subject: 'Emergency access: {who} took {what}',
      lines: [
        '{who} took emergency access by {path}, without approval:',
        '  {what}',
        '',
        'Reason:',
        '{>reason}',
        '',
        'It has to be reviewed by {until}, or the path is locked.',
      ],
      act: 'See what was done, and review it',
    },
  ],
  [
    'emergency.not_justified',
    {
      subject: 'Emergency access of {who} was found not justified',
      lines: ['The use of {path} by {who} was found not justified, and has ended:', '  {what}', '', '{>comment}'],
      act: 'See the use and its review',
    },
  ],
  [
    'emergency.locked',
    {
      subject: 'Emergency path {path} is locked',
      lines: [
        'Nobody reviewed in time what {who} did by {path}. The access has ended and nobody can use the path:',
        '  {what}',
        '',
        '{openers}',
      ],
      act: 'Review the use; then two people open the path again',
    },
  ],
  [
    'emergency.opening',
    {
      subject: 'Emergency path {path} waits for you to be opened',
      lines: ['Somebody asked to open {path} again, and another person has to agree within a day:', '{>reason}'],
      act: 'See what locked it, and agree or not',
    },
  ],
];
