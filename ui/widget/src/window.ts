// The window that floats over a company's page: a header, and the frame with everything else. It is made once and only
// changes its form, because a frame that is put elsewhere in a page begins anew.

import { button, element, isTyping, named, styled } from './dom';
import {
  type Box,
  bar,
  type Corner,
  card,
  fills,
  first,
  grown,
  isSmall,
  kept,
  large,
  moved,
  pulled,
  type Size,
  within,
} from './place';
import { STYLE } from './style';
import type { Room, Shape, Spoken } from './wire';
import { word } from './words';

/** What the frame may use, should the person allow it. */
const ALLOW = [
  'camera',
  'microphone',
  'display-capture',
  'autoplay',
  'fullscreen',
  'screen-wake-lock',
  'speaker-selection',
  'clipboard-write',
].join('; ');
/** How far an arrow key goes. */
const STEP = 16;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export interface WindowWays {
  close(): void;
  room(room: Room): void;
  /** The keyboard is in the frame now. */
  focused(): void;
}

/** How it is to look. */
export interface Look {
  shape: Shape;
  title: string | null;
  language: Spoken;
}

export class FloatingWindow {
  readonly frame: HTMLIFrameElement;
  private readonly host = document.createElement('visita-widget');
  private readonly whole = element('section', 'window');
  private readonly head = element('header', 'head');
  private readonly title = element('span', 'title');
  private readonly grip: HTMLButtonElement;
  private readonly small: HTMLButtonElement;
  private readonly full: HTMLButtonElement;
  private readonly shut: HTMLButtonElement;
  private look: Look = { shape: 'nothing', title: null, language: 'en' };
  /** Where the person put it, as a window and as a bar; where that is in a smaller page is reckoned each time. */
  private window: Box | undefined;
  private bar: Box | undefined;
  private minimised = false;
  private inCall = false;
  private room: Room = 'whole';
  /** What had the keyboard before. */
  private before: HTMLElement | undefined;

  constructor(
    address: string,
    private readonly ways: WindowWays,
  ) {
    const { whole, head } = this;
    this.grip = button('move', () => {});
    this.small = button('small', () => this.minimise(!this.minimised));
    this.full = button('full', () => this.fullscreen());
    this.shut = button('close', () => ways.close());
    this.full.hidden = typeof whole.requestFullscreen !== 'function';
    head.append(this.grip, this.title, this.small, this.full, this.shut);
    this.frame = document.createElement('iframe');
    this.frame.allow = ALLOW;
    this.frame.src = address;
    const corners = (['nw', 'ne', 'sw', 'se'] as const).map((corner) => this.corner(corner));
    whole.setAttribute('role', 'dialog');
    whole.append(head, this.frame, ...corners);
    this.grip.addEventListener('keydown', (event) => this.key(event));
    head.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Element && event.target.closest('button:not(.move)')) return;
      if (!this.whole.hasAttribute('data-fills') && !document.fullscreenElement) {
        this.follow(event, head, (box, dx, dy) => moved(box, dx, dy, page()));
      }
    });
    const root = this.host.attachShadow({ mode: 'open' });
    styled(root, STYLE);
    root.append(whole);
    addEventListener('resize', this.place);
    document.addEventListener('fullscreenchange', this.draw);
    this.draw();
    // Beside the body: pages that put a new body in the place of the old one keep the call.
    document.documentElement.append(this.host);
  }

  destroy(): void {
    removeEventListener('resize', this.place);
    document.removeEventListener('fullscreenchange', this.draw);
    this.host.remove();
  }

  /** Light or dark. */
  dress(theme: 'light' | 'dark'): void {
    this.host.dataset.theme = theme;
  }

  show(look: Look): void {
    const { shape: was } = this.look;
    this.look = look;
    if (look.shape !== 'call') this.setMinimised(false);
    if (look.shape !== 'call' && document.fullscreenElement === this.host) void document.exitFullscreen();
    // Before the window is gone, and with it where the keyboard is.
    if (look.shape === 'nothing' && was !== 'nothing') this.giveBack();
    this.draw();
    if (look.shape === 'nothing' || look.shape === was) return;
    if (was === 'nothing') this.remember();
    // Somebody who types goes on typing while it rings.
    if (look.shape === 'call' || !isTyping()) this.focus();
  }

  /** Whether closing leaves a call. */
  setInCall(inCall: boolean): void {
    this.inCall = inCall;
    this.draw();
  }

  minimise(minimised: boolean): void {
    if (this.look.shape !== 'call' || minimised === this.minimised) return;
    if (minimised && document.fullscreenElement === this.host) void document.exitFullscreen();
    this.setMinimised(minimised);
    this.draw();
    if (!minimised) this.focus();
  }

  /** As much of it as a visit needs. */
  enlarge(): void {
    if (this.minimised) this.minimise(false);
    if (this.room === 'small') this.put(large(this.box(page()), page()));
  }

  focus(): void {
    this.frame.focus();
    this.ways.focused();
  }

  private setMinimised(minimised: boolean): void {
    if (minimised === this.minimised) return;
    this.minimised = minimised;
    this.bar = undefined;
  }

  private remember(): void {
    const { activeElement: active } = document;
    this.before = active instanceof HTMLElement && active !== this.host ? active : undefined;
  }

  private giveBack(): void {
    const { before } = this;
    this.before = undefined;
    const { activeElement: active } = document;
    if (active === this.host || active === document.body || active === null) {
      this.frame.blur();
      if (before?.isConnected) before.focus();
    }
  }

  private readonly draw = (): void => {
    const { look, whole, minimised } = this;
    const { language, shape } = look;
    const isFull = document.fullscreenElement === this.host;
    const title = shape === 'card' ? word(language, 'rings') : (look.title ?? word(language, 'visit'));
    this.title.textContent = title;
    whole.lang = language;
    whole.setAttribute('aria-label', title);
    this.frame.title = title;
    named(this.grip, word(language, 'move'), 'move');
    named(this.small, word(language, minimised ? 'restore' : 'minimise'), minimised ? 'restore' : 'minimise');
    named(this.full, word(language, isFull ? 'notFull' : 'full'), isFull ? 'notFull' : 'full');
    named(this.shut, word(language, this.inCall ? 'leave' : 'close'), 'close');
    whole.dataset.shape = shape === 'call' && minimised ? 'bar' : shape;
    whole.inert = shape === 'nothing';
    this.place();
  };

  private readonly place = (): void => {
    const { whole } = this;
    const all = page();
    const { shape } = whole.dataset;
    const fill = shape === 'call' && fills(all);
    whole.toggleAttribute('data-fills', fill);
    const now =
      shape === 'nothing'
        ? { left: 0, top: 0, width: 1, height: 1 }
        : shape === 'card'
          ? card(all)
          : this.box(all);
    const { style } = whole;
    style.left = `${fill ? 0 : now.left}px`;
    style.top = `${fill ? 0 : now.top}px`;
    style.width = fill ? '100%' : `${now.width}px`;
    style.height = fill ? '100dvh' : `${now.height}px`;
    const isFull = fill || document.fullscreenElement === this.host;
    const small = shape === 'call' && !isFull && isSmall(now, all);
    this.setRoom(shape === 'bar' ? 'bar' : small ? 'small' : 'whole');
  };

  /** Where it is now. */
  private box(all: Size): Box {
    const window = within(this.window ?? first(all), all);
    if (!this.minimised) return window;
    return this.bar ? kept(this.bar, all) : bar(window, all);
  }

  private put(box: Box): void {
    if (this.minimised) this.bar = box;
    else this.window = box;
    this.place();
  }

  private setRoom(room: Room): void {
    if (room === this.room) return;
    this.room = room;
    this.ways.room(room);
  }

  private corner(corner: Corner): HTMLElement {
    const handle = element('div', `corner ${corner}`);
    handle.addEventListener('pointerdown', (event) =>
      this.follow(event, handle, (box, dx, dy) => pulled(box, corner, dx, dy, page())),
    );
    return handle;
  }

  /** Goes with the pointer until it is let go. */
  private follow(down: PointerEvent, by: HTMLElement, next: (box: Box, dx: number, dy: number) => Box): void {
    if (down.button !== 0) return;
    const start = this.box(page());
    by.setPointerCapture?.(down.pointerId);
    this.whole.dataset.moving = '';
    const move = ({ clientX, clientY }: PointerEvent) => {
      this.put(next(start, clientX - down.clientX, clientY - down.clientY));
    };
    const end = () => {
      delete this.whole.dataset.moving;
      by.removeEventListener('pointermove', move);
      for (const over of ['pointerup', 'pointercancel']) by.removeEventListener(over, end);
    };
    by.addEventListener('pointermove', move);
    for (const over of ['pointerup', 'pointercancel']) by.addEventListener(over, end);
  }

  private key(event: KeyboardEvent): void {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const [dx, dy] = way;
    const box = this.box(page());
    if (!event.shiftKey) this.put(moved(box, dx, dy, page()));
    else if (!this.minimised) this.put(grown(box, dx, dy, page()));
  }

  private fullscreen(): void {
    const done =
      document.fullscreenElement === this.host ? document.exitFullscreen() : this.whole.requestFullscreen();
    // A browser may refuse; then nothing has changed.
    done?.catch?.(() => {});
  }
}

/** As much of the page as is seen. */
function page(): Size {
  const { clientWidth, clientHeight } = document.documentElement;
  return { width: clientWidth || innerWidth, height: innerHeight || clientHeight };
}
