/** The second script of a closer look: who may change the files the first one named. */
import { word } from '../ssh/script.ts';

/** Files asked about at most. */
const MOST_PATHS = 6_000;

/** Modes of files and folders themselves: one program for all of them. */
const modes = (paths: readonly string[]): string =>
  `S files; printf '%s\\n' ${paths.map(word).join(' ')} | tr '\\n' '\\0' | xargs -0 stat -Lc '%a|%U|%G|%F|%n' -- 2>/dev/null || :`;

/** `ls` marks a file with an access list; getfacl reads it, or perl where that is not installed. */
const acls = (paths: readonly string[]): string => `S acls
case $(uname -m) in x86_64) NR=191;; aarch64|riscv64|loongarch64) NR=8;; i?86) NR=229;; arm*) NR=229;; ppc64*) NR=212;; s390x) NR=227;; *) NR=0;; esac
printf '%s\\n' ${paths.map(word).join(' ')} | tr '\\n' '\\0' | xargs -0 ls -Ld --time-style=+ -l -- 2>/dev/null |
  sed -n 's|^[^ ]*+ [^/]* /|/|p' | while IFS= read -r f; do
  a=; if has getfacl; then a=$(getfacl -ncp -- "$f" 2>/dev/null | sed 's/[[:space:]].*//' | tr '\\n' ',')
  elif has perl && [ $NR != 0 ]; then a=$(perl -e 'my $b = "\\0" x 8192; my ($r, $f) = @ARGV; my $x = "system.posix_acl_access"; my $n = syscall(0 + $r, $f, $x, $b, 8192); exit if $n < 4;
    my %t = (1 => "user:", 2 => "user", 4 => "group:", 8 => "group", 16 => "mask:", 32 => "other:");
    for (my $i = 4; $i + 8 <= $n; $i += 8) { my ($k, $p, $d) = unpack("vvV", substr($b, $i, 8));
      print $t{$k}, ":", ($k == 2 || $k == 8 ? $d : ""), ":", ($p & 4 ? "r" : "-"), ($p & 2 ? "w" : "-"), ($p & 1 ? "x" : "-"), "," }' "$NR" "$f" 2>/dev/null); fi
  printf '%s\\t%s\\n' "$f" "\${a:-unread}"
done || :`;

const helpers = `has() { command -v "$1" >/dev/null 2>&1; }`;

/** The folders a file is in, the nearest first. */
export const parents = (path: string): readonly string[] => {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`).toReversed();
};

/** `asked`: files whose mode is asked for, with that of every folder above; `known`: files whose mode is known. */
export function accessScript(paths: { readonly asked: readonly string[]; readonly known: readonly string[] }): string {
  const asked = [...new Set([...paths.asked, ...paths.asked.flatMap(parents)])].slice(0, MOST_PATHS);
  const listed = [...new Set([...asked, ...paths.known])].filter((path) => path !== '').slice(0, MOST_PATHS);
  return [helpers, ...(asked.length === 0 ? [] : [modes(asked)]), ...(listed.length === 0 ? [] : [acls(listed)])].join(
    '\n',
  );
}
