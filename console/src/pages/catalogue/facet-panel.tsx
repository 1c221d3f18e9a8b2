import { useQuery } from '@tanstack/react-query';
import { facetsQuery, type Facets } from '../../api/catalogue.ts';
import { withToken } from '../../ui/table/tokens.ts';
import s from './catalogue.module.css';
import { facets } from './catalogue-words.ts';

type Key = keyof typeof facets;

/** Which count of the contract a token is about, and how its values are written on the filter line. */
const COUNTS: Readonly<Record<Key, { readonly of: keyof Facets; readonly yes?: string; readonly no?: string }>> = {
  system: { of: 'system' },
  risk: { of: 'risk' },
  class: { of: 'dataClass' },
  tag: { of: 'tag' },
  owner: { of: 'owned', yes: 'known', no: 'none' },
  described: { of: 'described', yes: 'yes', no: 'no' },
  requestable: { of: 'requestable', yes: 'yes', no: 'no' },
  privileged: { of: 'privileged', yes: 'yes', no: 'no' },
  used: { of: 'used' },
};
const SHOWN = 8;

/** How many entries there are of each value; choosing one writes it on the filter line, choosing it again takes it off. */
export const FacetPanel = ({
  query,
  chosen,
  line,
  onLine,
}: {
  readonly query: Readonly<Record<string, unknown>>;
  readonly chosen: Readonly<Record<string, string>>;
  readonly line: string;
  readonly onLine: (line: string) => void;
}) => {
  const found = useQuery(facetsQuery(query)).data;
  const counted = found?.facets;
  return (
    <aside className={s['facets']} aria-label="Narrow the catalogue">
      {found?.about === true ? <p className="dim small">About how many: type a third letter to count them.</p> : null}
      {(Object.keys(COUNTS) as Key[]).map((key) => {
        const { of, yes, no } = COUNTS[key];
        const values = (counted?.[of] ?? []).map(({ name, n }) => ({
          value: name === 'true' ? (yes ?? name) : name === 'false' ? (no ?? name) : name,
          n,
        }));
        if (values.length === 0) return null;
        return (
          <fieldset key={key}>
            <legend>{facets[key].label}</legend>
            {values.slice(0, SHOWN).map(({ value, n }) => (
              <button
                key={value}
                type="button"
                aria-pressed={chosen[key] === value}
                onClick={() => onLine(withToken(line, key, chosen[key] === value ? undefined : value))}
              >
                <span>{value.replaceAll('_', ' ')}</span>
                <span className="dim">{`${found?.about === true ? '≈ ' : ''}${n.toLocaleString('en')}`}</span>
              </button>
            ))}
            {values.length > SHOWN ? (
              <p className="dim small">{`and ${String(values.length - SHOWN)} more: type ${key}:`}</p>
            ) : null}
          </fieldset>
        );
      })}
    </aside>
  );
};
