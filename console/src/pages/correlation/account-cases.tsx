import { Button } from '@mantine/core';
import { accountCaseList, resolveAccountCase } from '../../api/correlation.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { partsText } from './words.ts';

/** Accounts whose owner a person has to name, with who it may be and what speaks for each. */
export const AccountCases = ({ may }: { readonly may: boolean }) => {
  const cases = useRows(accountCaseList());
  const resolve = useAct({
    run: ({ id, identityId, because }: { id: string; identityId: string | null; because: string }) =>
      resolveAccountCase(id, identityId, because),
    stales: ['correlation', 'accounts'],
    done: () => 'Said',
  });
  const ask = (id: string, identityId: string | null, whom: string): void =>
    void confirm({
      title: identityId === null ? 'Nobody of them?' : `Is it ${whom}’s?`,
      text:
        identityId === null
          ? 'The account stays without an owner and is not asked about again.'
          : 'The account becomes theirs.',
      action: identityId === null ? 'Nobody' : 'It is',
      reason: 'required',
    }).then((answer) =>
      answer === undefined ? undefined : resolve.mutate({ id, identityId, because: answer.reason }),
    );
  if (cases.error !== null) return <Failed error={cases.error} onRetry={cases.retry} />;
  if (cases.loading) return <Waiting lines={3} />;
  if (cases.rows.length === 0) return <p className="dim">No account waits for you to name its owner.</p>;
  return (
    <>
      <ul className="stack">
        {cases.rows.map((row) => (
          <li key={row.id} className="card">
            <strong>
              {row.accountName}@{row.systemName}
            </strong>
            <ul>
              {row.candidates.map((candidate) => (
                <li key={candidate.identityId}>
                  <IdentityName id={candidate.identityId} /> {candidate.score.toFixed(2)}{' '}
                  <span className="dim">{partsText(candidate.parts)}</span>{' '}
                  {may ? (
                    <Button
                      variant="default"
                      size="xs"
                      onClick={() => ask(row.id, candidate.identityId, candidate.name ?? 'them')}
                    >
                      It is {candidate.name ?? 'them'}…
                    </Button>
                  ) : null}
                </li>
              ))}
            </ul>
            {may ? (
              <Button variant="default" size="xs" onClick={() => ask(row.id, null, '')}>
                Nobody of them…
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {cases.hasMore ? (
        <button type="button" onClick={cases.more}>
          Show more
        </button>
      ) : null}
    </>
  );
};
