import { minutes, type Routes } from './answer.ts';

const texts = [
  {
    template: 'approval.wanted',
    version: 2,
    changed: true,
    urgent: false,
    variables: ['because', 'beneficiary', 'number', 'reason', 'requester', 'what'],
    subject: '{number}: {beneficiary} needs your decision',
    body: '{requester} asks for access for {beneficiary}:\n  {what}\n\nReason:\n{>reason}\n\nDecide here:\n{link}',
    changedAt: minutes(-9_000),
    changedBy: 'identity:dana',
  },
  {
    template: 'approval.reminder',
    version: 0,
    changed: false,
    urgent: true,
    variables: ['beneficiary', 'number', 'reason', 'requester', 'what'],
    subject: '{number}: still waits for your decision',
    body: '{requester} asks for access for {beneficiary}:\n  {what}\n\nDecide here:\n{link}',
    changedAt: null,
    changedBy: null,
  },
];

/** Texts of mails, and when somebody wants them. */
export const noticeTextRoutes: Routes = {
  'GET /v1/notice-preferences': () => ({
    delivery: 'daily',
    quietFrom: '20:00',
    quietTo: '07:00',
    site: 'house',
    timeZone: 'Europe/Amsterdam',
    nextAt: minutes(900),
  }),
  'PUT /v1/notice-preferences': ({ body }) => body,
  'GET /v1/notice-templates': () => ({ items: texts, nextCursor: null }),
  'GET /v1/notice-templates/{template}/versions': () => ({
    items: [
      { number: 2, subject: texts[0]?.subject, body: texts[0]?.body, madeAt: minutes(-9_000), madeBy: 'identity:dana' },
      { number: 1, subject: null, body: null, madeAt: minutes(-19_000), madeBy: 'identity:dana' },
    ],
    nextCursor: null,
  }),
  'POST /v1/notice-templates/{template}/preview': () => ({
    subject: '[Reeve] R-1: Person B needs your decision',
    text: 'Person A asks for access for Person B:\n  an entitlement on a system\n\nDecide here:\nhttps://reeve.example.org/example\n\nReeve sends this mail by itself; answers reach nobody.\n',
  }),
  'PUT /v1/notice-templates/{template}': ({ params }) => ({ template: params['template'], version: 3 }),
  'POST /v1/notice-templates/{template}/reset': ({ params }) => ({ template: params['template'], version: 3 }),
};
