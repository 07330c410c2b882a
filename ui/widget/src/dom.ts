// Elements made one by one: pages whose policy forbids markup or styles from scripts (Trusted Types, `style-src`) have the
// widget all the same.

const SVG = 'http://www.w3.org/2000/svg';

/** Signs of Lucide (ISC), 24 by 24. */
const SIGNS = {
  move: ['M9 5h.01', 'M15 5h.01', 'M9 12h.01', 'M15 12h.01', 'M9 19h.01', 'M15 19h.01'],
  minimise: ['M5 12h14'],
  restore: ['m18 15-6-6-6 6'],
  full: ['M15 3h6v6', 'm21 3-7 7', 'm3 21 7-7', 'M9 21H3v-6'],
  notFull: ['m14 10 7-7', 'M20 10h-6V4', 'm3 21 7-7', 'M4 14h6v6'],
  close: ['M18 6 6 18', 'm6 6 12 12'],
};

export type Sign = keyof typeof SIGNS;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

export function sign(name: Sign): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const facts = { viewBox: '0 0 24 24', width: '20', height: '20', 'aria-hidden': 'true' };
  for (const [fact, value] of Object.entries(facts)) svg.setAttribute(fact, value);
  for (const line of SIGNS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', line);
    svg.append(path);
  }
  return svg;
}

/** A button that is a sign and a name. */
export function button(className: string, press: () => void): HTMLButtonElement {
  const made = element('button', className);
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

export function named(one: HTMLButtonElement, name: string, shows: Sign): void {
  one.setAttribute('aria-label', name);
  one.title = name;
  if (one.dataset.sign === shows) return;
  one.dataset.sign = shows;
  one.replaceChildren(sign(shows));
}

/** A style sheet for a shadow root; the content policy of the page has no say in one that is constructed. */
export function styled(root: ShadowRoot, style: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const tag = document.createElement('style');
    tag.textContent = style;
    root.append(tag);
  }
}

/** Whether somebody is typing: then nothing takes the keyboard away. */
export function isTyping(): boolean {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (!(active instanceof HTMLElement)) return false;
  // What is in another frame is not known.
  return active.isContentEditable || /^(INPUT|TEXTAREA|SELECT|IFRAME)$/.test(active.tagName);
}
