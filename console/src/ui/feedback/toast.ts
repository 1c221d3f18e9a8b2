import { notifications } from '@mantine/notifications';
import { said } from '../../api/errors.ts';

const closeButtonProps = { 'aria-label': 'Close this message' };

/** Says what was done. The screen already shows it; this names it for who looked away. */
export const toastDone = (message: string): void => {
  notifications.show({ message, color: 'green', autoClose: 4_000, withBorder: true, closeButtonProps });
};

/** Says what did not happen, why, and what to do. Stays until closed: it asks something of the reader. */
export const toastError = (error: unknown): void => {
  notifications.show({
    title: 'Not done',
    message: said(error),
    color: 'red',
    autoClose: false,
    withBorder: true,
    closeButtonProps,
    role: 'alert',
  });
};
