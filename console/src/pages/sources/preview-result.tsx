import type { SourcePreview } from '../../api/sources.ts';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const tones: Readonly<Record<SourcePreview['state'], Tone>> = { refused: 'bad', held: 'wait', applying: 'good' };
const words: Readonly<Record<SourcePreview['state'], string>> = {
  refused: 'would be refused',
  held: 'would wait for an administrator',
  applying: 'would be applied',
};
const what: Readonly<Record<string, string>> = {
  bad: 'cannot be read',
  nobody: 'left out: nobody knows them',
  ambiguous: 'left out: may be several people',
  username_taken: 'left out: the user name is somebody else’s',
};

/** What a delivery would do by the draft: the verdict, the counts, and row by row what is read and what would change. */
export const PreviewResult = ({ of }: { readonly of: SourcePreview }) => (
  <div role="status" className="stack">
    <p>
      <StateBadge tone={tones[of.state]}>{words[of.state]}</StateBadge>{' '}
      {Object.entries(of.counts)
        .filter(([name, count]) => count > 0 || name === 'rows')
        .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
        .join(' · ')}
    </p>
    {[...of.heldBecause, ...of.problems].slice(0, 20).map((reason) => (
      <p key={`${reason.code} ${reason.detail}`}>
        {reason.detail}
        {'fix' in reason && reason.fix !== undefined ? <span className="dim"> {reason.fix}</span> : null}
      </p>
    ))}
    <PlainTable
      label="Rows"
      rows={of.rows}
      rowId={(row) => `${String(row.row)} ${row.externalId ?? ''}`}
      empty="No row of this kind."
      columns={[
        { id: 'row', header: 'Row', right: true, cell: (row) => row.row ?? 'in none' },
        {
          id: 'who',
          header: 'Who',
          title: true,
          cell: (row) => row.record?.displayName ?? row.externalId ?? 'unknown',
        },
        { id: 'what', header: 'What', cell: (row) => what[row.what] ?? row.what },
        { id: 'changed', header: 'Changes', cell: (row) => row.changed.join(', ') },
        {
          id: 'read',
          header: 'Read as',
          cell: (row) =>
            row.record === null ? (
              row.problems.map((problem) => problem.detail).join('; ')
            ) : (
              <span className="mono small">{readAs(row.record)}</span>
            ),
        },
      ]}
    />
  </div>
);

type Record_ = NonNullable<SourcePreview['rows'][number]['record']>;

/** The facts that have a value, one after the other. */
const readAs = ({ attributes, ...facts }: Record_): string =>
  [...Object.entries(facts), ...Object.entries(attributes)]
    .filter(([name, value]) => name !== 'kind' && value !== null && value !== '')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');
