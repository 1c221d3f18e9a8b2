import { Button, Select, Switch, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { can, useMe } from '../../api/me.ts';
import { setSshTerms, sshTermsQuery, type SshTerms } from '../../api/ssh-terms.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { CaptureRules } from './capture-rules.tsx';
import { linesOf } from '../../ui/lines-of.ts';

const DIRECTIONS = [
  { value: 'both', label: 'both ways' },
  { value: 'from_target', label: 'from the system only: nothing is written' },
  { value: 'to_target', label: 'to the system only: nothing is read' },
  { value: 'none', label: 'not at all' },
] as const;

/** What sessions on a host may do besides terminal and commands. */
export const SshTermsTab = ({ id }: { readonly id: string }) => {
  const terms = useQuery(sshTermsQuery(id));
  if (terms.error !== null && terms.data === undefined)
    return <Failed error={terms.error} onRetry={() => void terms.refetch()} />;
  if (terms.data === undefined) return <Waiting />;
  return <TermsForm key={JSON.stringify(terms.data)} id={id} terms={terms.data} />;
};

const TermsForm = ({ id, terms }: { readonly id: string; readonly terms: SshTerms }) => {
  const me = useMe();
  const [forwardTo, setForwardTo] = useState(terms.forwardTo.join('\n'));
  const [listenOn, setListenOn] = useState(terms.listenOn.join('\n'));
  const [agent, setAgent] = useState(terms.agent);
  const [files, setFiles] = useState<SshTerms['files']>(terms.files);
  const [deniedPaths, setDeniedPaths] = useState(terms.deniedPaths.join('\n'));
  const [capture, setCapture] = useState(terms.capture);
  const readOnly = !can(me, 'ssh_terms.set');
  const save = useAct({
    run: () =>
      setSshTerms(id, {
        forwardTo: linesOf(forwardTo),
        listenOn: linesOf(listenOn).map(Number),
        agent,
        files,
        deniedPaths: linesOf(deniedPaths),
        capture,
      }),
    stales: ['systems'],
    quiet: true,
    done: () => 'Set; it holds for sessions that begin now',
  });
  return (
    <form
      className="stack"
      style={{ maxWidth: '44rem' }}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        save.mutate(undefined);
      }}
    >
      <Textarea
        label="Forwarded to"
        description="Addresses as the system sees them, one a line: 127.0.0.1:5432. For ssh -L, -D and -W; empty: nowhere."
        autosize
        minRows={2}
        readOnly={readOnly}
        value={forwardTo}
        onChange={(event) => setForwardTo(event.currentTarget.value)}
      />
      <Textarea
        label="Listened on"
        description="Ports of the system’s loopback, one a line. For ssh -R; empty: none."
        autosize
        minRows={1}
        readOnly={readOnly}
        value={listenOn}
        onChange={(event) => setListenOn(event.currentTarget.value)}
      />
      <Switch
        label="The agent of whoever comes may be used"
        description="Programs on the system can have it sign while somebody is there (ssh -A): so can whoever is root there. Each signature is on the record."
        disabled={readOnly}
        checked={agent}
        onChange={(event) => setAgent(event.currentTarget.checked)}
      />
      <Select
        label="Files go"
        data={[...DIRECTIONS]}
        allowDeselect={false}
        readOnly={readOnly}
        value={files}
        onChange={(value) => setFiles((value ?? 'both') as SshTerms['files'])}
      />
      <Textarea
        label="Paths nobody touches by file transfer"
        description="Whole paths, one a line, with all below them. Whoever has a shell can still read what their account may."
        autosize
        minRows={2}
        readOnly={readOnly}
        value={deniedPaths}
        onChange={(event) => setDeniedPaths(event.currentTarget.value)}
      />
      <CaptureRules rules={capture} readOnly={readOnly} onChange={setCapture} />
      <Problem error={save.error} />
      {readOnly ? null : (
        <div>
          <Button type="submit" size="sm" loading={save.isPending}>
            Set
          </Button>
        </div>
      )}
    </form>
  );
};
