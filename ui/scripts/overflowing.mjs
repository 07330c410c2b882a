/**
 * For the page itself: what of it is cut off, wider than the window or beyond its edge. Rows that scroll sideways may be.
 * @returns {string[]} what it says, or what it is called
 */
export function overflowing() {
  const cut = [];
  const page = document.documentElement.scrollWidth;
  if (page > innerWidth) cut.push(`page ${page}`);
  const slot = document.querySelector('[data-testid="recording-slot"] > span');
  if (slot && slot.scrollWidth > slot.clientWidth + 1) cut.push(slot.textContent);
  for (const button of document.querySelectorAll('button')) {
    const box = button.getBoundingClientRect();
    const wide = button.scrollWidth > button.clientWidth + 1;
    const beyond = box.right > innerWidth + 1 || box.left < -1;
    if (box.width > 0 && (wide || (beyond && !scrollsSideways(button)))) {
      cut.push(button.textContent || button.getAttribute('aria-label'));
    }
  }
  return cut;

  function scrollsSideways(element) {
    const up = element.parentElement;
    if (!up) return false;
    const scrolls = up.scrollWidth > up.clientWidth && getComputedStyle(up).overflowX === 'auto';
    return scrolls || scrollsSideways(up);
  }
}
