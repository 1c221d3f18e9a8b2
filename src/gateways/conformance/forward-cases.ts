import { oneLine, type Case } from './ways.ts';

/** Waits until somebody listens, bounded. */
const listening = (port: string): string =>
  `for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/${port}) 2> /dev/null && break; sleep 0.05; done`;
const ends = 'kill $! 2> /dev/null; wait 2> /dev/null';
const greeting = 'head -c 8 <&3; echo';

/** Forwards that a ticket names. `$REACH` is a port of the target's loopback, `$LISTEN` one to listen on, `$LOCAL` a free one here. */
export const forwardCases: readonly Case[] = [
  oneLine(
    'a forward to an address of the target: -L',
    `$SSH -N -L $LOCAL:127.0.0.1:$REACH $DEST & ${listening('$LOCAL')}; exec 3<>/dev/tcp/127.0.0.1/$LOCAL; ${greeting}; ${ends}`,
  ),
  oneLine(
    'a forward for a program that names the address itself: -D',
    `$SSH -N -D $LOCAL $DEST & ${listening('$LOCAL')}; exec 3<>/dev/tcp/127.0.0.1/$LOCAL; printf '\\005\\001\\000' >&3; head -c 2 <&3 | od -An -tx1; printf "\\005\\001\\000\\001\\177\\000\\000\\001\\\\$(printf %03o $((REACH / 256)))\\\\$(printf %03o $((REACH % 256)))" >&3; head -c 10 <&3 | od -An -tx1; ${greeting}; ${ends}`,
  ),
  oneLine(
    'a port of the target on which somebody listens here: -R',
    `$SSH -N -o ExitOnForwardFailure=yes -R $LISTEN:127.0.0.1:$REACH $DEST & ${listening('$LISTEN')}; exec 3<>/dev/tcp/127.0.0.1/$LISTEN; ${greeting}; exec 4<>/dev/tcp/127.0.0.1/$LISTEN; head -c 8 <&4; echo; ${ends}`,
  ),
];
