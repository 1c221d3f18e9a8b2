import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState, useSyncExternalStore, type FormEvent } from 'react';

interface Question {
  readonly title: string;
  readonly text: string;
  /** The verb on the button, for instance `Revoke`. */
  readonly action: string;
  readonly danger?: boolean;
  readonly reason?: 'required' | 'optional';
  readonly reasonLabel?: string;
}
interface Asked extends Question {
  readonly answer: (answer: { reason: string } | undefined) => void;
}

let asked: Asked | undefined;
const listeners = new Set<() => void>();
const set = (next: Asked | undefined): void => {
  asked = next;
  for (const listener of listeners) listener();
};

/** Asks before something that matters. Undefined when the person thought better of it. */
export const confirm = (question: Question): Promise<{ reason: string } | undefined> =>
  new Promise((resolve) => {
    set({
      ...question,
      answer: (answer) => {
        set(undefined);
        resolve(answer);
      },
    });
  });

const Body = ({ question }: { readonly question: Asked }) => {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (question.reason === 'required' && reason.trim() === '') setMissing(true);
    else question.answer({ reason: reason.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{question.text}</Text>
        {question.reason === undefined ? null : (
          <Textarea
            label={question.reasonLabel ?? 'Reason'}
            description={question.reason === 'optional' ? 'Optional' : undefined}
            required={question.reason === 'required'}
            withAsterisk={false}
            autosize
            minRows={2}
            maxRows={6}
            data-autofocus
            value={reason}
            error={missing ? 'Say why; it is kept with the decision.' : undefined}
            onChange={(event) => setReason(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => question.answer(undefined)}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={question.danger === true ? 'red' : 'indigo'}
            {...(question.reason === undefined ? { 'data-autofocus': true } : {})}
          >
            {question.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

export const ConfirmDialog = () => {
  const question = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
  return (
    <Modal
      opened={question !== undefined}
      onClose={() => question?.answer(undefined)}
      title={question?.title}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      {question === undefined ? null : <Body question={question} />}
    </Modal>
  );
};
