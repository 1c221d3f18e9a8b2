import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { commentOnRequest } from '../../api/requests.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';

/** Asks or answers something about a request; those concerned are told. */
export const CommentForm = ({ requestId }: { readonly requestId: string }) => {
  const [text, setText] = useState('');
  const comment = useAct({
    run: () => commentOnRequest(requestId, text.trim()),
    stales: ['requests'],
    quiet: true,
    done: () => 'Said; those concerned are told',
    after: () => setText(''),
  });
  const send = (): void => {
    if (text.trim() !== '' && !comment.isPending) comment.mutate(undefined);
  };
  return (
    <form
      className="stack"
      aria-label="Comment"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        label="Comment"
        description="All who may read the request read it."
        autosize
        minRows={2}
        maxRows={6}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <Problem error={comment.error} />
      <Button type="submit" variant="default" disabled={text.trim() === ''} loading={comment.isPending}>
        Comment
      </Button>
    </form>
  );
};
