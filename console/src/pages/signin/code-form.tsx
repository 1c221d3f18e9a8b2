import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

/** Where a person types the code that their terminal shows. */
export const CodeForm = ({
  code = '',
  busy = false,
  onCode,
}: {
  /** What the page was opened with. */
  readonly code?: string;
  readonly busy?: boolean;
  readonly onCode: (code: string) => void;
}) => {
  const [text, setText] = useState(code);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onCode(text.trim());
      }}
    >
      <Group align="end" gap="xs">
        <TextInput
          label="Code in your terminal"
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" size="sm" loading={busy}>
          Find it
        </Button>
      </Group>
    </form>
  );
};
