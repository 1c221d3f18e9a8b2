/** Focuses something once no dialog covers the page: a palette that is just closing gives focus back to where it was opened. */
export const focusUncovered = (find: () => HTMLElement | null): void => {
  let tries = 40;
  const timer = setInterval(() => {
    tries -= 1;
    const covered = document.querySelector('[aria-modal="true"]') !== null;
    if (covered && tries > 0) return;
    clearInterval(timer);
    if (!covered) find()?.focus();
  }, 25);
};
