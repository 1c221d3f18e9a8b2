import { Button } from '@mantine/core';
import { useRows } from '../../api/pages.ts';
import { resolveSourceCase, sourceCaseList } from '../../api/sources.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

/** Rows of which a person has to say who they are, with who it may be and why. */
export const SourceCases = ({ source, may }: { readonly source: string; readonly may: boolean }) => {
  const cases = useRows(sourceCaseList(source));
  const resolve = useAct({
    run: ({ id, identityId, because }: { id: string; identityId: string | null; because: string }) =>
      resolveSourceCase(id, identityId, because),
    stales: ['source-cases'],
    done: () => 'Said; it is taken so with the next delivery',
  });
  const ask = (id: string, identityId: string | null, whom: string): void =>
    void confirm({
      title: identityId === null ? `None of them?` : `Is this ${whom}?`,
      text: 'It is taken so from the next delivery on.',
      action: identityId === null ? 'None of them' : 'It is',
      reason: 'required',
    }).then((answer) =>
      answer === undefined ? undefined : resolve.mutate({ id, identityId, because: answer.reason }),
    );
  if (cases.rows.length === 0) return <p className="dim">No row waits for you to say who it is.</p>;
  return (
    <ul className="stack">
      {cases.rows.map((row) => (
        <li key={row.id} className="card">
          <strong>{row.displayName}</strong> <span className="dim">{row.externalId}</span>
          <ul>
            {row.candidates.map((candidate) => (
              <li key={candidate.identityId}>
                <IdentityName id={candidate.identityId} />{' '}
                <span className="dim">
                  same {candidate.because.join(', ')}
                  {candidate.gone ? '; has left' : ''}
                </span>{' '}
                {may ? (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => ask(row.id, candidate.identityId, candidate.name ?? candidate.identityId)}
                  >
                    It is {candidate.name ?? 'them'}…
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
          {may ? (
            <Button variant="default" size="xs" onClick={() => ask(row.id, null, '')}>
              None of them…
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
};
