import { appendEvents, appendEvent, defineEvent, pub, personal } from './src/spine/audit/index.ts';
import { keysOf, rootKeyOf } from './src/kit/crypto/index.ts';
import { newId } from './src/kit/ids/index.ts';
import { z } from 'zod';
const keys = keysOf(rootKeyOf(Buffer.alloc(32, 1)));
const ev = defineEvent('grant.ended', { grantId: pub(z.uuid()), identityId: pub(z.uuid()), entitlementId: pub(z.uuid()), reason: pub(z.string()), justification: personal(z.string().optional()) });
const people = Array.from({ length: 200 }, () => newId());
const h = (n: number): any => ({ event: ev, subject: people[n % 200], data: { grantId: newId(), identityId: people[n % 200], entitlementId: newId(), reason: 'the certifier revoked it in the campaign of the first quarter', justification: n % 4 === 0 ? 'Moved to the data platform team in March and no longer needs it' : undefined },
  principal: { kind: 'identity', id: people[(n * 7) % 200] }, origin: { via: 'console', signinId: newId(), address: '192.0.2.10' }, trace: newId(), decision: { id: newId(), allowed: true, policies: ['certifications.certifiers_decide_their_items'], obligations: [], errors: [], version: 's1' } });
const cbs: any[] = [];
const mk = (): any => ({ now: new Date(), afterCommit: (f: any) => cbs.push(f), many: async (q: any) => { q.text; return q.text.includes('insert into subject_key') ? q.values[1].map((id: string) => ({ subjectId: id })) : []; }, run: async (q: any) => { void q.text; void q.values; return 1; } });
const tx0 = mk();
await appendEvents(tx0, keys, Array.from({ length: 400 }, (_, i) => h(i)));
for (const c of cbs) c();
const N = 20000;
for (let r = 0; r < 3; r++) {
  const batches = Array.from({ length: N / 100 }, (_, b) => Array.from({ length: 100 }, (_, i) => h(b * 100 + i)));
  const u0 = process.cpuUsage(); let t = performance.now();
  for (const b of batches) await appendEvents(mk(), keys, b);
  const u = process.cpuUsage(u0);
  console.log('batch us/event', ((u.user + u.system) / N).toFixed(1), ((performance.now() - t) * 1000 / N).toFixed(1));
}
