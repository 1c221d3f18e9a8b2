import { Button, Group, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRows } from '../../api/pages.ts';
import { entitlementList } from '../../api/people.ts';
import { fieldErrors } from '../../api/errors.ts';
import { draftRole, lookAtVersion, roleList, versionQuery, type DraftBody, type Whom } from '../../api/roles.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import type { RoleParameters } from '../../api/role-parameters.ts';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { GoneSince } from './gone-since.tsx';
import { ImpactView } from './impact-view.tsx';
import { PatternsEditor, type EditedPattern } from './patterns-editor.tsx';
import { toEditedWhom, WhomEditor, whomOfDraft } from './whom-editor.tsx';

/** One thing a draft names, as it is edited. */
export interface EditedPart {
  readonly id: string;
  readonly name: string;
  readonly what: 'entitlement' | 'role';
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Since when it is gone at its source. */
  readonly goneSince?: string | null | undefined;
}

interface RoleEditorProps {
  readonly roleId: string;
  readonly parts: readonly EditedPart[];
  /** Who has it by rule and what it excludes, as it is in force. */
  readonly whom: Whom;
  /** What has to be said to have it, and what it gives by that. */
  readonly byValues: RoleParameters;
}

/** Says what a role is to be made of; each time it is saved, what publishing it would do is found out anew. */
export const RoleEditor = ({ roleId, parts: first, whom: inForce, byValues }: RoleEditorProps) => {
  const isTemplate = byValues.parameters.length > 0;
  const [patterns, setPatterns] = useState<readonly EditedPattern[]>(byValues.patterns);
  const [parts, setParts] = useState(first);
  const [whom, setWhom] = useState(() => toEditedWhom(inForce));
  const [kind, setKind] = useState<DraftBody['kind']>('business');
  const [reason, setReason] = useState('');
  const save = useAct({
    run: async () => {
      const of = (what: EditedPart['what']) =>
        parts
          .filter((part) => part.what === what)
          .map(({ id, validFrom, validTo }) => ({
            id,
            ...(validFrom === undefined ? {} : { validFrom }),
            ...(validTo === undefined ? {} : { validTo }),
          }));
      const made = { entitlements: of('entitlement'), roles: of('role') };
      const version = await draftRole(roleId, {
        kind,
        reason,
        ...made,
        ...(isTemplate ? { patterns: patterns.map(ofDraft) } : {}),
        ...whomOfDraft(whom),
      });
      await lookAtVersion(version.id);
      return version;
    },
    stales: ['roles'],
    quiet: true,
  });
  const change = (id: string, more: Partial<EditedPart>): void =>
    setParts(parts.map((part) => (part.id === id ? { ...part, ...more } : part)));
  return (
    <div className="stack">
      <PlainTable
        label="What it is to be made of"
        rows={parts}
        rowId={(part) => part.id}
        empty="Nothing yet."
        columns={[
          {
            id: 'name',
            header: 'Name',
            title: true,
            cell: (part) => (
              <>
                {part.name} <GoneSince at={part.goneSince} />
              </>
            ),
          },
          { id: 'what', header: 'What', cell: (part) => part.what },
          {
            id: 'until',
            header: 'Until',
            cell: (part) => (
              <TextInput
                type="date"
                size="xs"
                aria-label={`${part.name} until`}
                value={part.validTo?.slice(0, 10) ?? ''}
                onChange={(event) => {
                  const day = event.currentTarget.value;
                  change(part.id, { validTo: day === '' ? undefined : `${day}T00:00:00.000Z` });
                }}
              />
            ),
          },
          {
            id: 'drop',
            header: 'Drop',
            cell: (part) => (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Drop ${part.name}`}
                onClick={() => setParts(parts.filter(({ id }) => id !== part.id))}
              >
                Drop
              </Button>
            ),
          },
        ]}
      />
      <AddPart
        roleId={roleId}
        chosen={new Set(parts.map(({ id }) => id))}
        onAdd={(part) => setParts([...parts, part])}
      />
      {isTemplate ? <PatternsEditor of={byValues} patterns={patterns} onChange={setPatterns} /> : null}
      <WhomEditor
        roleId={roleId}
        whom={whom}
        parameters={byValues.parameters.map(({ name }) => name)}
        onChange={setWhom}
        error={fieldErrors(save.error)['assignment/personCondition']}
      />
      <DutiesWhatIf
        of={{
          role: {
            id: roleId,
            entitlements: parts.filter(({ what }) => what === 'entitlement').map(({ id }) => id),
            roleIds: parts.filter(({ what }) => what === 'role').map(({ id }) => id),
          },
        }}
      />
      <NativeSelect
        label="Kind"
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as DraftBody['kind'])}
        data={[
          { value: 'business', label: 'Business: what people do' },
          { value: 'it', label: 'IT: what a system needs' },
        ]}
      />
      <Textarea label="Why" required value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      {save.error === null ? null : <Problem error={save.error} />}
      <Group>
        <Button disabled={reason.trim() === ''} loading={save.isPending} onClick={() => save.mutate(undefined)}>
          Save draft and see what it would do
        </Button>
        {save.data === undefined ? null : (
          <Link to="/role-versions/$id" params={{ id: save.data.id }}>
            Go on to approval
          </Link>
        )}
      </Group>
      {save.data === undefined ? null : <LiveImpact versionId={save.data.id} />}
    </div>
  );
};

/** Times that were said of a pattern stay with it. */
const ofDraft = ({ systemId, pattern, validFrom, validTo }: EditedPattern) => ({
  systemId,
  pattern,
  ...(validFrom == null ? {} : { validFrom }),
  ...(validTo == null ? {} : { validTo }),
});

const LiveImpact = ({ versionId }: { readonly versionId: string }) => {
  const { data } = useQuery(versionQuery(versionId));
  return data === undefined ? null : <ImpactView versionId={versionId} impact={data.impact} />;
};

interface AddPartProps {
  readonly roleId: string;
  readonly chosen: ReadonlySet<string>;
  readonly onAdd: (part: EditedPart) => void;
}

const AddPart = ({ roleId, chosen, onAdd }: AddPartProps) => {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const entitlements = useRows({ ...entitlementList({ search }), enabled: search !== '' });
  const roles = useRows({ ...roleList(), enabled: search !== '' });
  const found: EditedPart[] =
    search === ''
      ? []
      : [
          ...roles.rows
            .filter(({ id, name }) => id !== roleId && name.toLowerCase().includes(search.toLowerCase()))
            .slice(0, 4)
            .map(({ id, name }) => ({ id, name, what: 'role' as const })),
          ...entitlements.rows.slice(0, 8).map(({ id, name, systemName }) => ({
            id,
            name: `${name} on ${systemName ?? ''}`,
            what: 'entitlement' as const,
          })),
        ];
  return (
    <div>
      <TextInput
        label="Add an entitlement or a role"
        placeholder="First letters of its name"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ul className="plain">
        {found.map((part) => (
          <li key={part.id} className="spread">
            <span>
              {part.name} <span className="dim">{part.what}</span>
            </span>
            <Button
              size="compact-xs"
              variant="default"
              disabled={chosen.has(part.id)}
              aria-label={`Add ${part.name}`}
              onClick={() => onAdd(part)}
            >
              Add
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
};
