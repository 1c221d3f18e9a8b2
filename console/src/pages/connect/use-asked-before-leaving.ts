import { useEffect } from 'react';

/** Leaving the page ends the session: the browser asks first. */
export const useAskedBeforeLeaving = (open: boolean): void => {
  useEffect(() => {
    if (!open) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [open]);
};
