/** A session as the record has it. */
export interface Session {
  readonly id: string;
  readonly identityId: string;
  readonly accountId: string;
  readonly systemId: string;
  readonly grantIds: readonly string[];
  readonly protocol: string;
  readonly state: 'live' | 'ended';
  readonly node: string;
  readonly clientAddress: string;
  readonly clientVersion: string;
  readonly startedAt: Date;
  /** The longest time policy allowed it; null: as long as its grants last. */
  readonly mustEndAt: Date | null;
  /** When it ends by itself: the last grant it rests on, or sooner; null: open-ended. */
  readonly endsAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedBecause: string | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly recorded: boolean;
  /** Its gateway can pause it. */
  readonly holds: boolean;
  /** It runs only while somebody observes it, and waits so long for one; null: needs nobody. */
  readonly observerSeconds: number | null;
  /** It ends once it was not used for so long; null: it may stay unused. */
  readonly idleSeconds: number | null;
  /** Why nothing flows, in the words of who paused it; null: not paused. */
  readonly pausedBecause: string | null;
  readonly recordingHead: string | null;
  /** When its recording was taken away, as its class said; null: it is there. */
  readonly recordingPurgedAt: Date | null;
  readonly recordingPurgedClass: string | null;
  /** Why nothing flows until the store of its recording takes it again; null: it does. */
  readonly recordingBehind: 'unwritable' | 'full' | 'slow' | null;
}

/** What a command does, as far as its first word tells. For reviewers, not for policy. */
export type CommandClass = 'read' | 'change' | 'privilege' | 'transfer' | 'shell' | 'other';

const WORDS: Readonly<Record<Exclude<CommandClass, 'other'>, ReadonlySet<string>>> = {
  privilege: new Set(
    'sudo su doas passwd chpasswd useradd userdel usermod groupadd visudo chown chmod setfacl'.split(' '),
  ),
  transfer: new Set(
    'scp sftp sftp-server rsync curl wget git git-upload-pack git-receive-pack nc ftp internal-sftp'.split(' '),
  ),
  change: new Set(
    'rm mv cp dd mkfs mount umount systemctl service apt apt-get dpkg yum dnf rpm kill pkill reboot shutdown tee truncate iptables nft crontab at'.split(
      ' ',
    ),
  ),
  shell: new Set('bash sh zsh dash ksh fish tmux screen python python3 perl ruby node psql mysql'.split(' ')),
  read: new Set(
    'ls cat less more head tail grep find ps top id whoami w who df du stat uptime uname hostname journalctl env pwd echo true date free ss ip'.split(
      ' ',
    ),
  ),
};

/** Classes a command line by its first word, past assignments and the path of the program. */
export function classOf(command: string): CommandClass {
  const word = command
    .trim()
    .split(/\s+/)
    .find((w) => !/^[A-Za-z_]\w*=/.test(w));
  const program = word?.split('/').at(-1) ?? '';
  for (const [name, words] of Object.entries(WORDS)) if (words.has(program)) return name as CommandClass;
  return 'other';
}

/** `5 min`, `90 s`. */
export const inMinutes = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);
