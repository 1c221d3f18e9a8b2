/**
 * A terminal that draws with the DOM writes `<style>` elements and style attributes, both of which the console's policy
 * (`style-src 'self'`) refuses. What scripts do through the CSS object model is not refused: here the same text goes
 * there.
 */
const stylesheetInPlaceOfElement = (): HTMLElement => {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  // an empty <style> is refused as well; this stands where it would
  const element = Document.prototype.createElement.call(document, 'template');
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => {
      sheet.replaceSync(text);
    },
    get: () => '',
  });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
};

/** Runs `work`, whose `<style>` elements become stylesheets of the page. */
export const stylesheetsFor = (work: () => void): void => {
  const createElement = (tag: string): HTMLElement =>
    tag === 'style' ? stylesheetInPlaceOfElement() : Document.prototype.createElement.call(document, tag);
  Object.defineProperty(document, 'createElement', { value: createElement, configurable: true });
  try {
    work();
  } finally {
    Reflect.deleteProperty(document, 'createElement');
  }
};

/** From now on the style attribute of a `span` is set as a style, which is the same to whoever looks. */
export const styleSpansByScript = (): void => {
  HTMLSpanElement.prototype.setAttribute = function setAttribute(name: string, value: string) {
    if (name === 'style') this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
};
