/** Checkouts made in this tab, so that they can be given back from here. The secrets themselves are not kept. */
interface Made {
  readonly checkoutId: string;
  readonly endsAt: string;
}

const key = 'reeve.checkouts';
const all = (): Record<string, Made> => {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as Record<string, Made>;
  } catch {
    return {};
  }
};

export const checkoutOf = (secretId: string): Made | undefined => {
  const made = all()[secretId];
  return made !== undefined && Date.parse(made.endsAt) > Date.now() ? made : undefined;
};
export const rememberCheckout = (secretId: string, made: Made | undefined): void => {
  const { [secretId]: _, ...others } = all();
  sessionStorage.setItem(key, JSON.stringify(made === undefined ? others : { ...others, [secretId]: made }));
};
