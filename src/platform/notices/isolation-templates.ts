/** Mails about systems that only the gateways are to reach: they are about security, and never kept back. */
export const ISOLATION_TEMPLATES: readonly (readonly [
  string,
  { readonly subject: string; readonly lines: readonly string[]; readonly act: string; readonly urgent: true },
])[] = [
  [
    'logon.past_reeve',
    {
      subject: 'Log-on past Reeve on {system}: {account}',
      lines: [
        '{account} was logged on to {system} from {from}, and not through Reeve:',
        '  {how}, {at}',
        '',
        'Find out who it was, end it, and take away what let them in.',
      ],
      act: 'See what is known of it',
      urgent: true,
    },
  ],
  [
    'isolation.lost',
    {
      subject: '{system} can be reached without Reeve again',
      lines: ['{system} was closed to everybody but the gateways, and is not any more:', '{>what}'],
      act: 'See what it is to be told, and have it proved',
      urgent: true,
    },
  ],
];
