/**
 * A terminal that draws with the DOM writes `<style>` elements and style attributes, both of which the console's policy
 * (`style-src 'self'`) refuses. What scripts do through the CSS object model is not refused: here the same text goes
 * there. Elements made by this document or within `making` take it.
 */
const sheetFor = (element: HTMLStyleElement): void => {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => {
      sheet.replaceSync(text);
    },
    get: () => '',
  });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    HTMLStyleElement.prototype.remove.call(element);
  };
};

const made = (element: HTMLElement): HTMLElement => {
  if (element instanceof HTMLStyleElement) {
    sheetFor(element);
    return element;
  }
  element.setAttribute = (name: string, value: string) => {
    if (name === 'style') element.style.cssText = value;
    else HTMLElement.prototype.setAttribute.call(element, name, value);
  };
  return element;
};

const createElement = (tag: string): HTMLElement => made(Document.prototype.createElement.call(document, tag));

/** The page's document, whose new elements are styled by script. */
export const documentStyledByScript = (): Document =>
  new Proxy(document, {
    get: (target, name) => {
      if (name === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** Runs `work` in which the page's own document makes such elements too. */
export const making = (work: () => void): void => {
  Object.defineProperty(document, 'createElement', { value: createElement, configurable: true });
  try {
    work();
  } finally {
    Reflect.deleteProperty(document, 'createElement');
  }
};
