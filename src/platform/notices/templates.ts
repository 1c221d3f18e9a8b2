import { COMMAND_TEMPLATES } from './command-templates.ts';
import { EMERGENCY_TEMPLATES } from './emergency-templates.ts';
import { ISOLATION_TEMPLATES } from './isolation-templates.ts';

/** What a text fills in, by name. */
export type Facts = Readonly<Record<string, string>>;

/** One kind of mail. `{name}` is filled in; a line whose facts are all missing is left out. */
export interface Template {
  readonly subject: string;
  readonly lines: readonly string[];
  /** What one does on the page it links to. */
  readonly act: string;
  /** Never kept back for a digest: it is about security, or about hours. */
  readonly urgent?: true;
}

/** Every mail Reeve sends. None holds a link that acts: programs follow links before people do. */
export const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  [
    'approval.wanted',
    {
      subject: '{number}: {beneficiary} needs your decision',
      lines: [
        '{requester} asks for access for {beneficiary}:',
        '  {what}',
        '',
        'Reason:',
        '{>reason}',
        '',
        'You are asked as {because}.',
      ],
      act: 'Decide here',
    },
  ],
  [
    'approval.reminder',
    {
      subject: '{number}: still waits for your decision',
      lines: [
        '{requester} asks for access for {beneficiary}:',
        '  {what}',
        '',
        'Reason:',
        '{>reason}',
        '',
        'If you do not answer, somebody else is asked too.',
      ],
      act: 'Decide here',
      urgent: true,
    },
  ],
  [
    'request.approved',
    {
      subject: '{number}: approved',
      lines: ['Access for {beneficiary} was approved:', '  {what}'],
      act: 'See until when, and connect',
    },
  ],
  [
    'request.scheduled',
    {
      subject: '{number}: approved for later',
      lines: ['Access for {beneficiary} was approved and begins at {startsAt}:', '  {what}'],
      act: 'See it, or take it back',
    },
  ],
  [
    'request.begun',
    {
      subject: '{number}: its time has come',
      lines: ['What {requester} asked for {beneficiary} is so from now on:', '  {what}'],
      act: 'See until when, and connect',
    },
  ],
  [
    'request.commented',
    {
      subject: '{number}: a comment',
      lines: ['About access for {beneficiary}:', '  {what}', '', '{>comment}'],
      act: 'Answer here',
    },
  ],
  [
    'request.denied',
    {
      subject: '{number}: denied',
      lines: ['Access for {beneficiary} was not given:', '  {what}', '', 'Because:', '{>because}'],
      act: 'See who decided',
    },
  ],
  [
    'request.expired',
    {
      subject: '{number}: expired without a decision',
      lines: ['Nobody decided in time about access for {beneficiary}:', '  {what}'],
      act: 'Ask again',
    },
  ],
  [
    'access.ends_soon',
    {
      subject: 'Your access ends soon: {what}',
      lines: ['Access of {beneficiary} ends at {until}:', '  {what}'],
      act: 'Ask for more time if you need it',
    },
  ],
  [
    'sod.exception_wanted',
    {
      subject: 'An exception is asked for: {rule}',
      lines: [
        'Access for {person} is kept back by the rule of duties “{rule}”. An exception is asked for:',
        '{>reason}',
        '',
        'Without one nothing is given.',
      ],
      act: 'Decide whether to grant one',
    },
  ],
  [
    'sod.exception_ends_soon',
    {
      subject: 'An exception ends soon: {rule}',
      lines: [
        'The exception of {person} to the rule of duties “{rule}” ends at {until}. From then on the conflict counts again.',
        '',
        'Control that makes up for it:',
        '{>control}',
      ],
      act: 'Take one side away before, or grant another exception',
    },
  ],
  [
    'sod.exception_lapsed',
    {
      subject: 'An exception has lapsed: {rule}',
      lines: [
        'The exception of {person} to the rule of duties “{rule}” has lapsed. The conflict counts again.',
        '',
        'Control that made up for it:',
        '{>control}',
      ],
      act: 'Decide what should become of it',
      urgent: true,
    },
  ],
  [
    'sod.act_found',
    {
      subject: 'A rule about acts was run against: {rule}',
      lines: [
        '{person} did what the rule of duties “{rule}” keeps everybody from ({what}). Reeve refuses that; it came about past Reeve.',
        '',
        'The guard that should have refused it: {guard}',
      ],
      act: 'Look at what was done',
      urgent: true,
    },
  ],
  [
    'sod.evidence_overdue',
    {
      subject: 'A control has not run: {rule}',
      lines: [
        'The exception of {person} to the rule of duties “{rule}” rests on a control that should have run again.',
        '',
        'The control:',
        '{>control}',
      ],
      act: 'Say that it ran, or end the exception',
    },
  ],
  [
    'review.given',
    {
      subject: '{items} items to review were given to you: {campaign}',
      lines: [
        '{from} had these to review, and you have them now:',
        '  {items} items of {campaign}',
        '',
        'Because:',
        '{>because}',
      ],
      act: 'Review them',
    },
  ],
  [
    'review.stage_open',
    {
      subject: '{items} items wait for your review: {campaign}',
      lines: ['Those before you kept them; you are asked next:', '  {items} items of {campaign}'],
      act: 'Review them',
    },
  ],
  [
    'review.held',
    {
      subject: 'Decisions of {reviewer} were held: {campaign}',
      lines: [
        '{fast} of {decisions} decisions of {reviewer} were the same and took less than two seconds each.',
        '',
        'What became of it:',
        '{>because}',
      ],
      act: 'See how they decide',
    },
  ],
  [
    'review.held_from_you',
    {
      subject: 'Your decisions are held: {campaign}',
      lines: [
        'They were the same and faster than anybody reads, so they do not count yet. Whoever runs the certification looks at them.',
        'If nobody does until {until}, what you revoked is revoked, and what you kept counts as not answered.',
      ],
      act: 'See what is held',
    },
  ],
  [
    'review.held_ends',
    {
      subject: 'Decisions of {reviewer} are still held: {campaign}',
      lines: [
        'Let them go, open them again, or give them to somebody else.',
        'If nobody does until {until}, what was revoked is revoked, and what was kept counts as not answered.',
      ],
      act: 'Say what becomes of them',
    },
  ],
  [
    'review.revocation_announced',
    {
      subject: 'Access of yours is to be revoked: {campaign}',
      lines: ['It ends unless you say until {until} why it should stay:', '{>what}'],
      act: 'Say why it should stay',
      urgent: true,
    },
  ],
  [
    'review.objected',
    {
      subject: 'Somebody objects to a revocation: {campaign}',
      lines: ['You revoked access, and the person concerned says:', '{>words}'],
      act: 'Stand by it, or take it back',
    },
  ],
  [
    'feed.refused',
    {
      subject: 'A feed of {source} was refused',
      lines: [
        '{source} delivered a feed of {rows} rows. Nothing was changed, because it cannot be trusted:',
        '{>because}',
      ],
      act: 'See the delivery',
    },
  ],
  [
    'feed.held',
    {
      subject: 'A feed of {source} waits for you',
      lines: ['{source} delivered a feed over a limit. Nothing is changed until somebody accepts it:', '{>because}'],
      act: 'Look through what it would change, then accept or decline it',
    },
  ],
  [
    'entitlement.gone',
    {
      subject: '{count} entitlements of {system} are gone at the source',
      lines: [
        'These are gone from {system}, and roles, rules or grants you answer for still name them. Nothing was changed there; each shows since when it is gone:',
        '{>what}',
      ],
      act: 'Look what should take their place',
    },
  ],
  [
    'stewardship.digest',
    {
      subject: '{count} entitlements wait for you',
      lines: ['{count} entitlements you see to need an owner, a description or a look.'],
      act: 'See to them',
    },
  ],
  [
    'drift.found',
    {
      subject: '{system} differs from what was granted',
      lines: ['{count} things on {system} are not as Reeve says they should be.'],
      act: 'Decide what follows',
    },
  ],
  [
    'reading.held',
    {
      subject: 'A reading of {system} waits for you',
      lines: [
        '{system} was read, and much of it was not there. It stays as it was until somebody accepts that:',
        '{>because}',
      ],
      act: 'Look whether the system is whole, then accept the reading or have it read again',
    },
  ],
  [
    'renewal.wanted',
    {
      subject: '{name} ends soon',
      lines: ['You answer for {name}, whose access ends at {until}.', 'Nothing has to be done to let it end.'],
      act: 'Renew it if it is needed for longer',
    },
  ],
  [
    'renewal.in_source',
    {
      subject: '{name} ends soon',
      lines: [
        'You answer for {name}, whose access ends at {until}.',
        '{source} says so; have the last day changed there if they are needed for longer.',
      ],
      act: 'See what ends',
    },
  ],
  [
    'handover.wanted',
    {
      subject: 'You are asked to answer for {name}',
      lines: [
        '{from} answered for {name} and cannot any more. You do for the time being.',
        'If nobody accepts it by {until}, it is suspended.',
      ],
      act: 'Accept it, or name somebody else',
    },
  ],
  [
    'handover.reminder',
    {
      subject: '{name} still needs somebody who answers for it',
      lines: ['{from} answered for {name} and cannot any more.', 'If nobody accepts it by {until}, it is suspended.'],
      act: 'Accept it, or name somebody else',
    },
  ],
  [
    'handover.lapsed',
    {
      subject: '{name} is suspended: nobody answers for it',
      lines: ['Nobody accepted in time to answer for {name}. Its accounts are locked; nothing is deleted.'],
      act: 'Accept it to open it again',
      urgent: true,
    },
  ],
  ...COMMAND_TEMPLATES,
  ...EMERGENCY_TEMPLATES,
  ...ISOLATION_TEMPLATES,
  [
    'mover.review',
    {
      subject: '{name} works for you now and kept access',
      lines: ['{name} has access from before that no rule gives in the new place:', '  {what}'],
      act: 'See what is still needed, and have the rest taken away',
    },
  ],
  [
    'review.due',
    {
      subject: '{items} items wait for your review until {until}: {campaign}',
      lines: ['You have not decided about {items} items of {campaign}, which ends at {until}.'],
      act: 'Review them',
    },
  ],
  [
    'review.silent',
    {
      subject: '{items} items were not reviewed: {campaign}',
      lines: ['{campaign} is over. {items} items were not decided about by whoever was to review them:', '{>who}'],
      act: 'See what came of it',
    },
  ],
]);
