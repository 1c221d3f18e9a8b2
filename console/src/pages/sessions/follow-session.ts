import { useEffect, useRef, useState } from 'react';
import { said } from '../../api/errors.ts';
import { beginWatch, followWatch, leaveWatch } from '../../api/live.ts';
import type { Followed } from '../../api/shapes/live.ts';

/** How a session that is followed is, as last heard. */
export interface Following {
  readonly state: 'beginning' | 'live' | 'ended' | 'failed';
  readonly held: Followed['held'];
  readonly because: string | undefined;
}

type Feed = (got: Pick<Followed, 'events' | 'size'>) => void;

/** Fetches one after the other until `signal` says stop; each time the connection fails, a moment later again. */
async function follow(
  watchId: string,
  how: { readonly glance: boolean; readonly signal: AbortSignal },
  heard: (got: Followed) => void,
): Promise<void> {
  let from: { after?: number; tail?: boolean } = how.glance ? { tail: true } : { after: 0 };
  while (!how.signal.aborted) {
    const got = await followWatch(watchId, { ...from, waitMs: how.glance ? 0 : 2_000 }, how.signal);
    from = { after: got.next };
    heard(got);
    if (got.finished || (got.state === 'ended' && got.events.length === 0)) return;
    // a wall fetches for many at once, and a browser keeps few connections
    if (how.glance) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/**
 * Watches a session while the page is open, and leaves with it. `glance`: from a little before now, and at leisure, as on
 * a wall. `feed` gets what is to be shown.
 */
export const useFollowing = (
  sessionId: string,
  how: { readonly observes: boolean; readonly glance: boolean },
  feed: Feed,
): Following => {
  const [now, setNow] = useState<Following>({ state: 'beginning', held: null, because: undefined });
  const latest = useRef(feed);
  useEffect(() => {
    latest.current = feed;
  }, [feed]);
  const { observes, glance } = how;
  useEffect(() => {
    const stop = new AbortController();
    let watchId: string | undefined;
    const run = async (): Promise<void> => {
      ({ watchId } = await beginWatch(sessionId, observes));
      if (stop.signal.aborted) return;
      await follow(watchId, { glance, signal: stop.signal }, (got) => {
        latest.current(got);
        setNow({ state: got.state, held: got.held, because: got.endedBecause ?? undefined });
      });
      setNow((was) => ({ ...was, state: 'ended' }));
    };
    const running = run().catch((error: unknown) => {
      if (!stop.signal.aborted) setNow({ state: 'failed', held: null, because: said(error) });
    });
    return () => {
      stop.abort();
      void running.then(() => (watchId === undefined ? undefined : leaveWatch(watchId).catch(() => undefined)));
    };
  }, [sessionId, observes, glance]);
  return now;
};
