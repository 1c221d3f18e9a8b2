/** The log-ons a host recorded: sshd's own words, and wtmp for what sshd's log no longer has. */
import type { Logon } from '../../port.ts';
import type { Section } from '../ssh/script.ts';
import { linesOf } from './access.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function logonsOf(sections: readonly Section[], since: Date, now: Date): readonly Logon[] {
  const found: Logon[] = [];
  const offset = linesOf(sections, 'offset')[0]?.trim();
  for (const line of linesOf(sections, 'accepted')) {
    const match = /^(\S+) (.*?)Accepted (\S+) for (\S+) from (\S+) port \d+(?: ssh2)?(?:: \S+ (SHA256:\S+))?/u.exec(
      line,
    );
    if (!match) continue;
    const [, stamp = '', head = '', method = '', account = '', from = '', key = ''] = match;
    const at = instantOf(head, stamp, now, offset);
    if (at !== undefined)
      found.push({ account, at: at.toISOString(), from, how: key === '' ? method : `${method} ${key}` });
  }
  for (const line of linesOf(sections, 'wtmp')) {
    const match = /^(\S+)\s+(\S+)\s+(\S+)\s.*?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d)/u.exec(line);
    if (!match || match[1] === 'reboot' || match[1] === 'runlevel' || match[1] === 'wtmp') continue;
    const at = new Date(match[4] ?? '');
    if (!Number.isNaN(at.getTime()))
      found.push({
        account: match[1] ?? '',
        at: at.toISOString(),
        from: match[3] === '0.0.0.0' ? '' : (match[3] ?? ''),
        how: `terminal ${match[2]}`,
      });
  }
  const recent = found.filter(({ at }) => Date.parse(at) >= since.getTime());
  const once = new Map(recent.map((one) => [JSON.stringify(one), one]));
  return [...once.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Syslog's two ways of telling the time, the older of them in the host's own zone; a log without times is as old as its file. */
function instantOf(head: string, stamp: string, now: Date, offset: string | undefined): Date | undefined {
  const iso = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))/u.exec(head)?.[1];
  if (iso !== undefined) return new Date(iso.replace(/([+-]\d\d)(\d\d)$/u, '$1:$2'));
  const old = /([A-Z][a-z]{2})\s+(\d{1,2}) (\d\d):(\d\d):(\d\d)/u.exec(head);
  if (old) {
    const month = months.indexOf(old[1] ?? '');
    const [day, hours, minutes, seconds] = old.slice(2).map(Number);
    const at = new Date(
      Date.UTC(now.getUTCFullYear(), month, day, hours, minutes, seconds) - minutesOf(offset) * 60_000,
    );
    if (at.getTime() > now.getTime() + 86_400_000) at.setUTCFullYear(at.getUTCFullYear() - 1);
    return at;
  }
  return /^\d+$/u.test(stamp) ? new Date(Number(stamp) * 1000) : undefined;
}

/** How far a zone as `date +%z` tells it is ahead of UTC. */
function minutesOf(offset = '+0000'): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/u.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}
