import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useMe } from '../api/me.ts';
import { ConfirmDialog } from '../ui/feedback/confirm.tsx';
import { LiveRegion, announce } from '../ui/feedback/live-region.tsx';
import { ErrorBoundary, Waiting } from '../ui/feedback/states.tsx';
import { StepUpDialog } from '../ui/feedback/step-up.tsx';
import { useActions } from '../ui/keyboard/actions.ts';
import { useGlobalKeys } from '../ui/keyboard/global-keys.ts';
import { HelpDialog } from './help-dialog.tsx';
import { navFor } from './nav.ts';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { SealBanner } from './seal-banner.tsx';
import { TopBar } from './top-bar.tsx';
import s from './layout.module.css';

/** After a change of page, focus goes to its heading and screen readers hear its name. */
const useFocusOnNavigation = (path: string): void => {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // The page may still be loading its code; its heading comes with it.
    let tries = 40;
    const timer = setInterval(() => {
      const heading = document.querySelector<HTMLElement>('#main h1');
      const covered = document.querySelector('[aria-modal="true"]') !== null;
      tries -= 1;
      // A palette that is just closing would give focus back to where it was opened.
      if ((heading === null || covered) && tries > 0) return;
      clearInterval(timer);
      if (heading === null || covered) return;
      if (document.activeElement?.closest('#main [data-list]') === null) heading.focus({ preventScroll: true });
      announce(heading.textContent);
    }, 25);
    return () => clearInterval(timer);
  }, [path]);
};

/** What stays while pages change: rail, bar, palette, dialogs, keys. */
export const Shell = () => {
  const me = useMe();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? state.location.pathname });
  const [menuOpen, setMenuOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);
  useGlobalKeys();
  useFocusOnNavigation(path);
  useEffect(() => setMenuOpen(false), [path]);
  useActions(
    navFor(me)
      .flatMap(({ entries }) => entries)
      .map(({ to, label, keys, keywords }) => ({
        id: `go.${to}`,
        label,
        group: 'Go to',
        keys,
        keywords,
        run: () => void navigate({ to }),
      })),
  );
  useActions([
    {
      id: 'request.new',
      label: 'Request access',
      group: 'Console',
      keys: 'n',
      keywords: 'ask for access',
      run: () => void navigate({ to: '/request' }),
    },
  ]);
  return (
    <div className={s['shell']}>
      <a href="#main" className={s['skip']}>
        Skip to the page
      </a>
      <div className={s['side']} data-open={menuOpen ? '' : undefined}>
        <Rail onGo={() => setMenuOpen(false)} />
      </div>
      <TopBar menuOpen={menuOpen} onMenu={() => setMenuOpen(!menuOpen)} onHelp={() => setHelpOpen(true)} />
      <main id="main" tabIndex={-1} className={s['main']}>
        <SealBanner />
        <ErrorBoundary resetKey={path}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Palette />
      <HelpDialog opened={helpOpen} onClose={() => setHelpOpen(false)} />
      <ConfirmDialog />
      <StepUpDialog />
      <LiveRegion />
    </div>
  );
};
