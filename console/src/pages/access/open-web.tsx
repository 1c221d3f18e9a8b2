import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { issueWebSignIn, webPlaceQuery } from '../../api/web.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';

/** Opens a web application in a tab of its own, signed in; nothing where it is none or may not be opened. */
export const OpenWeb = ({ system }: { readonly system: string }) => {
  const { data } = useQuery(webPlaceQuery(system));
  if (data === undefined || data.origin === null) return null;
  return (
    <section className="stack">
      <div className="dim small">Opens signed in, in a tab of its own; each request is recorded.</div>
      {data.accounts.map((account) => (
        <OpenAs key={account} system={system} account={account} />
      ))}
    </section>
  );
};

const OpenAs = ({ system, account }: { readonly system: string; readonly account: string }) => {
  const open = useAct({
    run: async (tab: Window | null) => {
      try {
        return await issueWebSignIn(system, account);
      } catch (error) {
        tab?.close();
        throw error;
      }
    },
    stales: [],
    quiet: true,
    after: ({ link }, tab) => {
      if (tab === null) return;
      // the application's page must not reach back into this one
      tab.opener = null;
      tab.location.replace(link);
    },
    done: (_, tab) => (tab === null ? 'The browser let no tab open: allow it for this page' : 'Opened'),
  });
  return (
    <>
      <div>
        <Button
          size="sm"
          loading={open.isPending}
          // opened at once, since a browser lets nothing open after a wait
          onClick={() => open.mutate(window.open('about:blank', '_blank'))}
        >
          Open as {account}
        </Button>
      </div>
      <Problem error={open.error} />
      <CommandLine text={`reeve web open ${account}@${system}`} />
    </>
  );
};
