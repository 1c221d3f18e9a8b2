/** What wtmp and lastlog say about the last interactive login. Neither knows of commands run without a terminal, so absence means unknown. */

/** Latest login by account name, as ISO instants. `last` is `last --time-format iso`, newest first; `lastlog` is lastlog(8). */
export function lastLogins(last: string, lastlog: string): ReadonlyMap<string, string> {
  const latest = new Map<string, string>();
  const note = (name: string | undefined, instant: number): void => {
    if (name === undefined || Number.isNaN(instant)) return;
    const iso = new Date(instant).toISOString();
    const known = latest.get(name);
    if (known === undefined || known < iso) latest.set(name, iso);
  };
  for (const line of last.split('\n')) {
    const match = /^(\S+)\s.*?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d)/u.exec(line);
    if (match && match[1] !== 'reboot' && match[1] !== 'wtmp') note(match[1], Date.parse(match[2] ?? ''));
  }
  for (const line of lastlog.split('\n')) {
    const match = /^(\S+)\s.*?[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})\s*$/u.exec(
      line,
    );
    if (match) note(match[1], Date.parse(`${match[3]} ${match[2]} ${match[6]} ${match[4]} ${match[5]}`));
  }
  return latest;
}
