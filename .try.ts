import { directory, targetOf } from './src/connectors/ldap/lab-directory.fixture.ts';
import { crowd } from './src/connectors/ldap/crowd.fixture.ts';
import { ldapConnector } from './src/connectors/ldap/index.ts';
const t0 = performance.now();
const T = (s: string) => console.log(s, Math.round(performance.now() - t0));
const lab = await directory({ extra: crowd(20000), loadLimit: 60000 });
if ('skip' in lab) throw 1;
T('up');
const c0 = process.cpuUsage();
const r = await ldapConnector.read(targetOf(lab));
T('read ' + r.holdings.length);
const c1 = process.cpuUsage(c0);
console.log('cpu', c1.user / 1e3, c1.system / 1e3);
const logs = lab
  .logs()
  .split('\n')
  .filter((l) => /SRCH|SEARCH RESULT/.test(l));
const agg = new Map<string, [number, number]>();
let last = '';
for (const l of logs) {
  const m = /SRCH base="([^"]*)" scope=(\d).*filter="([^"]*)"/.exec(l);
  if (m) last = m[1] + '|' + m[3].slice(0, 60);
  const e = /etime=([\d.]+)/.exec(l);
  if (e) {
    const a = agg.get(last) ?? [0, 0];
    a[0]++;
    a[1] += Number(e[1]);
    agg.set(last, a);
  }
}

await lab.stop();
