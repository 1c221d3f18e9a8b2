import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useCallback, useEffect, useRef, useState, type FormEvent } from 'react';
import { onStepUp } from '../../api/client.ts';
import { said } from '../../api/errors.ts';
import { beginStepUp, stepUpWithCode, stepUpWithPasskey } from '../../api/signin.ts';

type Wanted = Parameters<typeof beginStepUp>[0];

interface Asking {
  readonly why: string;
  readonly wanted: Wanted;
  readonly answer: (proved: boolean) => void;
}

/** Proving again who you are, before something of weight. The call that needed it is sent again by itself afterwards. */
export const StepUpDialog = () => {
  const [asking, setAsking] = useState<Asking>();
  const [ceremony, setCeremony] = useState<Awaited<ReturnType<typeof beginStepUp>>>();
  const [code, setCode] = useState('');
  const [error, setError] = useState<string>();
  const field = useRef<HTMLInputElement>(null);

  const begin = useCallback((wanted: Wanted, byCode: boolean): void => {
    setCode('');
    setError(undefined);
    setCeremony(undefined);
    beginStepUp(wanted, byCode).then(setCeremony, (cause: unknown) => setError(said(cause)));
  }, []);
  useEffect(() => {
    onStepUp(
      (problem) =>
        new Promise((resolve) => {
          const wanted = problem.step_up ?? { action: '', resource_id: '' };
          setAsking({ why: problem.detail ?? 'This asks for a fresh proof that it is you.', wanted, answer: resolve });
          begin(wanted, false);
        }),
    );
  }, [begin]);

  // The field is there only once the server has answered, when the dialog has given focus to something else.
  const byCode = ceremony?.options === null;
  useEffect(() => {
    if (byCode) field.current?.focus();
  }, [byCode]);

  const close = (proved: boolean): void => {
    asking?.answer(proved);
    setAsking(undefined);
  };
  const prove = async (): Promise<void> => {
    if (ceremony === undefined) return;
    try {
      if (ceremony.options === null) await stepUpWithCode(ceremony.challengeId, code);
      else await stepUpWithPasskey(ceremony.challengeId, ceremony.options);
      close(true);
    } catch (cause) {
      // A passkey prompt works once, so another try is another prompt.
      if (ceremony.options !== null && asking !== undefined) begin(asking.wanted, false);
      setError(said(cause));
    }
  };
  return (
    <Modal
      opened={asking !== undefined}
      onClose={() => close(false)}
      title="Is it still you?"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void prove();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{asking?.why}</Text>
          {ceremony?.options === null ? (
            <TextInput
              label="Code from your authenticator"
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              ref={field}
            />
          ) : null}
          {error === undefined ? null : (
            <Alert color="red" role="alert">
              {error}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            {asking !== undefined && (ceremony === undefined ? error !== undefined : ceremony.options !== null) ? (
              <Button variant="subtle" onClick={() => begin(asking.wanted, true)}>
                Use a code instead
              </Button>
            ) : null}
            <Button variant="default" onClick={() => close(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={ceremony === undefined}>
              {ceremony?.options === null ? 'Confirm' : 'Use passkey'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
