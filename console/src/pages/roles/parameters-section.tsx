import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { bindingList, bindRole, parametersQuery, type RoleParameters } from '../../api/role-parameters.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { ParametersEditor } from './parameters-editor.tsx';
import { ValuesForm } from './values-form.tsx';

/** What has to be said to have a role: its parameters, what their values make of it, and who it is bound for. */
export const ParametersSection = ({ roleId, name }: { readonly roleId: string; readonly name: string }) => {
  const me = useMe();
  const { data } = useQuery(parametersQuery(roleId));
  if (data === undefined) return null;
  if (data.bindingOf !== null)
    return (
      <Section title="Parameters">
        <p>
          This is{' '}
          <Link to="/roles/$id" params={{ id: data.bindingOf.id }}>
            {data.bindingOf.name}
          </Link>{' '}
          with {wordsOf(data.bindingOf.values)}. It changes with it.
        </p>
      </Section>
    );
  const maySet = can(me, 'role.parameters');
  if (data.parameters.length === 0 && !maySet) return null;
  return (
    <Section title="Parameters">
      <div className="stack">
        {data.parameters.length === 0 ? (
          <p className="dim">None: it is given as it is. With parameters it is given for values of them only.</p>
        ) : (
          <Template roleId={roleId} name={name} of={data} />
        )}
        {maySet ? <ParametersEditor roleId={roleId} parameters={data.parameters} /> : null}
      </div>
    </Section>
  );
};

const wordsOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

const Template = ({
  roleId,
  name,
  of,
}: {
  readonly roleId: string;
  readonly name: string;
  readonly of: RoleParameters;
}) => {
  const me = useMe();
  const navigate = useNavigate();
  const bind = useAct({
    run: (values: Readonly<Record<string, string>>) => bindRole(roleId, values),
    stales: ['roles'],
    quiet: true,
    done: ({ name: bound, made }) => (made ? `${bound} is there now` : `${bound} was there already`),
    after: ({ id }) => void navigate({ to: '/roles/$id', params: { id } }),
  });
  return (
    <>
      <Facts
        of={[
          ...of.parameters.map(
            (one) => [one.name, one.allowedValues === null ? 'any text' : one.allowedValues.join(', ')] as const,
          ),
          [
            'Gives by them',
            of.patterns.length === 0
              ? 'nothing yet: a version says it'
              : of.patterns.map(({ pattern, systemName }) => `${pattern} on ${systemName}`).join(', '),
          ],
        ]}
      />
      {can(me, 'role.bind') ? (
        <ValuesForm
          name={name}
          parameters={of.parameters}
          action="Find the role for"
          busy={bind.isPending}
          onSay={(values) => bind.mutate(values)}
        />
      ) : null}
      {bind.error === null ? null : <Problem error={bind.error} />}
      {can(me, 'role.bindings') ? <Bindings roleId={roleId} /> : null}
    </>
  );
};

const Bindings = ({ roleId }: { readonly roleId: string }) => {
  const list = useRows(bindingList(roleId));
  return (
    <>
      <PlainTable
        label="Bound to values"
        rows={list.rows}
        rowId={(row) => row.id}
        empty="To none yet; asking for it with values does it."
        columns={[
          {
            id: 'name',
            header: 'Role',
            title: true,
            cell: (row) => (
              <Link to="/roles/$id" params={{ id: row.id }}>
                {row.name}
              </Link>
            ),
          },
          { id: 'values', header: 'Values', cell: (row) => wordsOf(row.values) },
          { id: 'rule', header: 'By rule', cell: (row) => row.rule ?? <span className="dim">nobody</span> },
          { id: 'holders', header: 'Granted to', cell: (row) => String(row.holders) },
          { id: 'gone', header: 'Gone at source', cell: (row) => (row.gone === 0 ? '' : String(row.gone)) },
        ]}
      />
      {list.hasMore ? (
        <button type="button" onClick={list.more}>
          Show more
        </button>
      ) : null}
    </>
  );
};
