import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldErrors } from '../../api/errors.ts';
import { putSource } from '../../api/sources.ts';
import { useAct } from '../../ui/feedback/act.ts';

/** Names a source; everything else about it is said on its own page. Nothing is read or delivered by that. */
export const NewSource = ({ taken }: { readonly taken: readonly string[] }) => {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const make = useAct({
    run: async () => {
      await putSource(name, {});
      await navigate({ to: '/sources/$name', params: { name } });
    },
    stales: ['sources'],
    quiet: true,
    done: () => `${name} is there; say where its people are`,
  });
  const fits = /^[a-z0-9]([a-z0-9._-]{0,60}[a-z0-9])?$/.test(name) && !taken.includes(name);
  return (
    <div className="row">
      <TextInput
        aria-label="Name of a new source"
        placeholder="Name of a new source"
        value={name}
        error={fieldErrors(make.error)['source']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button variant="default" disabled={!fits} loading={make.isPending} onClick={() => make.mutate(undefined)}>
        New source
      </Button>
    </div>
  );
};
