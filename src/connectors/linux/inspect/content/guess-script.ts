/** Whether password hashes are of a password everybody tries first: compared on the host, where nothing leaves it but names. */
import { guessesFor } from '#kit/common-passwords/index.ts';
import { word } from '../../ssh/script.ts';

/** Tried against every hash; the rest only where a guess costs little, since some hashes are made to take long. */
const FIRST: readonly string[] = [
  'password',
  'Password1',
  'Welcome1',
  'changeme',
  'admin',
  '123456',
  'letmein',
  'secret',
  'test',
  'P@ssw0rd',
  'qwerty',
  'toor',
];
const FEW = FIRST.length;

/** What a guess is made of; another list of them is another look. */
export const guessesTried = [...FIRST, ...guessesFor('').filter((guess) => guess !== '' && !FIRST.includes(guess))];

export const guessScript = (
  seconds: number,
): string => `S guessed; if has perl && [ -r /etc/shadow ]; then G ${seconds} perl -e 'my $end = time + ${Math.max(2, seconds - 2)}; my @c = @ARGV; open(my $s, "<", "/etc/shadow") or exit;
  while (<$s>) { chomp; my ($u, $h) = split /:/; next unless defined $h && $h =~ m{^[\\$_./0-9A-Za-z]} && length($h) >= 13;
    for my $g ($u, "\${u}1", "\${u}123", scalar reverse($u), ($h =~ m{^\\$(?:y|gy|7|2[aby])\\$} ? @c[0 .. ${FEW - 1}] : @c)) { if (time > $end) { print "stopped\\n"; exit } my $r = crypt($g, $h); if (defined $r && $r eq $h) { print "$u\\t", (index(lc $g, lc $u) >= 0 || reverse($u) eq $g ? "own" : "common"), "\\n"; last } } }' -- ${guessesTried.map(word).join(' ')} 2>/dev/null || :
else printf 'unable\\n'; fi`;
