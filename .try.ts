import { startLdap } from './lab/ldap.ts';
import { openLdap, ber, berInteger, berTag, readBer, berBoolean, type Ldap, type LdapEntry } from './src/kit/ldap/index.ts';
const lab = await startLdap({ log: console.log });
try {
const address = { host: lab.host, port: lab.port, tls: 'ldaps', connectMs: 5000 } as const;
const open = () => openLdap({ address, pinned: [`tls-sha256:${lab.tls.fingerprint256}`], answerMs: 5000 });
const l = await open();
await l.bind(lab.management.username, lab.management.password);
const show = (e?: LdapEntry, only?: RegExp) => console.log(e?.dn, Object.fromEntries((e?.names ?? []).filter(n => !only || only.test(n)).map(n => [n, e!.texts(n)])));
const all = async (q: Parameters<Ldap['search']>[0], o = {}) => { const r: LdapEntry[] = []; for await (const e of l.search(q, o)) r.push(e); return r; };
const S = lab.suffix;
const csn = async (dn: string) => (await l.readEntry(dn, ['entryCSN']))?.text('entryCSN');
const ctx = async () => (await l.readEntry(S, ['contextCSN']))?.texts('contextCSN');
const pp = { oid: '1.3.6.1.4.1.42.2.27.8.5.1' };
const tryBind = async (n: string, pw: string) => { const c = await open(); const r = await c.tryBind(lab.dn(n), pw, [pp]); c.close(); return [r.code, r.diagnostic, r.controls.map(c => c.oid + ' ' + c.value?.toString('hex'))].join('|'); };
const setpw2 = (dn: string, p: string) => l.extended('1.3.6.1.4.1.4203.1.11.1', ber(berTag.sequence, ber(0x80, dn), ber(0x82, p)));
const pw = (n: string) => lab.passwords.get(n)!;


const usable = async (f: string) => { for (const e of await all({ base: S, scope: 'sub', filter: f, attributes: ['uid'] }, { pageSize: 3, controls: [{ oid: '1.3.6.1.4.1.42.2.27.9.5.8' }] })) console.log('   use', e.dn, e.controls.map(c => c.oid + ' ' + c.value?.toString('hex'))); };
await usable('(objectClass=person)'); await usable('(objectClass=organizationalRole)');
for (let i = 0; i < 5; i++) await tryBind('ines', 'nope');
await l.modify(lab.dn('nadia'), [{ do: 'replace', attribute: 'userPassword', values: [] }]);
await l.modify(lab.dn('priya'), [{ do: 'replace', attribute: 'pwdEndTime', values: ['19700101000000Z'] }]);
await setpw2(lab.dn('dana'), 'Something-else-1');
console.log('---'); await usable('(|(uid=ines)(uid=nadia)(uid=priya)(uid=gareth)(uid=dana))');
const POL = `cn=default,ou=policies,${S}`;
await l.modify(POL, [{ do: 'replace', attribute: 'pwdLockout', values: ['FALSE'] }]);
console.log('--- no lockout'); await usable('(|(uid=ines)(uid=nadia)(uid=priya)(uid=gareth)(uid=dana))');
await l.modify(POL, [{ do: 'replace', attribute: 'pwdLockout', values: ['TRUE'] }, { do: 'replace', attribute: 'pwdLockoutDuration', values: [] }, { do: 'replace', attribute: 'pwdMaxAge', values: ['1'] }]);
await new Promise(r => setTimeout(r, 2100));
console.log('--- no duration, expired'); await usable('(|(uid=ines)(uid=nadia)(uid=priya)(uid=gareth)(uid=dana))');
console.log(await tryBind('dana', 'Something-else-1'));
for (const v of ['20380101000000Z','20400101000000Z','20990101000000Z','29991231235959Z','50001231235959Z', '99991231235900Z', '99991230235959Z']) {
await l.modify(lab.dn('hanna'), [{ do: 'replace', attribute: 'pwdStartTime', values: [v] }]);
console.log(v, await tryBind('hanna', pw('hanna')));
}
for (const e of await all({ base: 'cn=config', scope: 'sub', filter: '(|(olcAccess=*)(olcPPolicyDefault=*))', attributes: ['olcAccess', 'olcRootDN', 'olcSuffix', 'olcPPolicyDefault'] })) show(e);
l.close();
} catch (e) { console.log(e); process.stdout.write(lab.logs().slice(-3000)); }
await lab.stop();
