import { ActionIcon, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { mapSodFunction, sodFunctionQuery } from '../../api/sod.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Icon } from '../../ui/show/icon.tsx';

/** What one function of the library is here, and what it could be by its name; one mapping for every rule that names it. */
export const FunctionMapping = ({ of, mayMap }: { readonly of: string; readonly mayMap: boolean }) => {
  const query = useQuery(sodFunctionQuery(of));
  const map = useAct({
    run: (entitlements: string[]) => mapSodFunction(of, entitlements),
    stales: ['sod'],
    done: ({ created, retired }) =>
      created.length > 0
        ? `Mapped; in force from now on: ${created.join(', ')}`
        : retired.length > 0
          ? `Mapped; no longer in force: ${retired.join(', ')}`
          : 'Mapped',
  });
  if (query.error !== null) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Waiting />;
  const { name, entitlements, suggestions, examples, rules } = query.data;
  const mapped = entitlements.map(({ id }) => id);
  return (
    <section className="stack" aria-label={name}>
      <h3>{name}</h3>
      <span className="dim small">
        For instance {examples.slice(0, 3).join(', ')}. Named by {rules.join(', ')}.
      </span>
      {entitlements.length === 0 ? <p className="dim">Not mapped to anything here yet.</p> : null}
      <ul className="plain">
        {entitlements.map(({ id, name: called }) => (
          <li key={id} className="spread">
            <span>{called}</span>
            {mayMap ? (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Drop ${called}`}
                onClick={() => map.mutate(mapped.filter((one) => one !== id))}
              >
                <Icon name="close" size={14} />
              </ActionIcon>
            ) : null}
          </li>
        ))}
        {mayMap
          ? suggestions.slice(0, 5).map(({ id, name: called, system }) => (
              <li key={id} className="spread">
                <span>
                  {called} <span className="dim small">{system}, by its name</span>
                </span>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Map ${called}`}
                  loading={map.isPending}
                  onClick={() => map.mutate([...mapped, id])}
                >
                  Map
                </Button>
              </li>
            ))
          : null}
      </ul>
    </section>
  );
};
