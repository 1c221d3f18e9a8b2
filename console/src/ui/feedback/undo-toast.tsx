import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Says what was done, with a button that takes it back. Stays long enough to be reached by keyboard. */
export const toastUndo = (message: string, undo: () => void): void => {
  const shown = notifications.show({
    message: (
      <span className="spread">
        {message}
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            notifications.hide(shown);
            undo();
          }}
        >
          Undo
        </Button>
      </span>
    ),
    color: 'green',
    autoClose: 20_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Close this message' },
  });
};
