import { describe, expect, it } from 'vitest';
import { folderRun, programs, relative, sourced } from './commands.ts';

describe('a command line', () => {
  it('runs what stands first, or behind what runs others; what it is told beside that is no program', () => {
    expect(programs('cp /srv/app/data.db /backup/ >>/var/log/app/copy.log 2>&1')).toEqual({
      run: [],
      mentioned: ['/srv/app/data.db', '/backup'],
    });
    expect(programs('nice -n 5 /opt/a/run; python3 /opt/b.py && [ -x /opt/c ] && /opt/c -f /etc/c.conf')).toEqual({
      run: ['/opt/a/run', '/opt/b.py', '/opt/c'],
      mentioned: ['/etc/c.conf'],
    });
    expect(programs('bash -c "/opt/d --all"').run).toEqual(['/opt/d']);
  });

  it('names programs from the folder it stands in', () => {
    expect(relative('cd /srv/jobs/ && ./run.sh && python3 later.py', undefined)).toEqual([
      '/srv/jobs/run.sh',
      '/srv/jobs/later.py',
    ]);
    expect(relative('/usr/bin/node server.js', '/srv/web')).toEqual(['/srv/web/server.js']);
    expect(relative('./run.sh', undefined)).toEqual([]);
  });

  it('runs all of a folder by run-parts, by a shell with a pattern, and by a loop', () => {
    expect(folderRun('run-parts --report /srv/hourly')).toEqual(['/srv/hourly']);
    expect(folderRun('sh /srv/a/*.sh')).toEqual(['/srv/a']);
    expect(folderRun('for f in /srv/hooks/*.sh; do sh "$f"; done')).toEqual(['/srv/hooks']);
    expect(folderRun('for f in /srv/data/*; do gzip "$f"; done')).toEqual([]);
  });

  it('reads as its own text what it sources', () => {
    expect(sourced('[ -f /x ] && . /etc/default/app\nsource "/srv/settings"\ncat ./data /srv/not')).toEqual([
      '/etc/default/app',
      '/srv/settings',
    ]);
  });
});
