// The look of the window around the frame; colours are those of `src/styles/tokens.css`.

export const STYLE = `
:host {
  all: initial;
  position: fixed;
  z-index: 2147483000;
  color-scheme: light;
  --surface: #ffffff; --line: #d6dedd; --ink: #12201f; --ink-2: #435153; --sunken: #ebf0ef; --focus: #0a6870;
}
:host([data-theme="dark"]) {
  color-scheme: dark;
  --surface: #182021; --line: #2c3839; --ink: #eff4f3; --ink-2: #b9c5c6; --sunken: #222c2d; --focus: #8eebed;
}
@media print { :host { display: none } }
.window {
  position: fixed;
  display: flex;
  flex-direction: column;
  box-sizing: border-box;
  overflow: hidden;
  margin: 0;
  border: 1px solid var(--line);
  border-radius: 14px;
  background: var(--surface);
  color: var(--ink);
  font: 600 14px/20px system-ui, "Segoe UI", Cantarell, Inter, "Noto Sans", sans-serif;
  box-shadow: 0 16px 48px rgb(0 0 0 / .22), 0 2px 8px rgb(0 0 0 / .12);
}
.window[data-shape="nothing"] { visibility: hidden; pointer-events: none; border: 0 }
.window[data-fills] { border: 0; border-radius: 0; box-shadow: none }
.window:fullscreen { left: 0 !important; top: 0 !important; width: 100% !important; height: 100% !important; border: 0; border-radius: 0 }
.head {
  display: flex;
  flex: none;
  align-items: center;
  height: 44px;
  padding-left: 4px;
  border-bottom: 1px solid var(--line);
  cursor: move;
  touch-action: none;
  user-select: none;
  -webkit-user-select: none;
}
.window[data-fills] .head, .window:fullscreen .head { padding-left: 14px; cursor: default }
.window[data-shape="card"] .head, .window[data-shape="nothing"] .head,
.window[data-fills] .move, .window:fullscreen .move,
.window[data-fills] .corner, .window:fullscreen .corner, .window[data-shape="bar"] .corner,
.window[data-shape="card"] .corner, .window[data-shape="nothing"] .corner,
.window:fullscreen .small { display: none }
.title { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.window[data-fills]:not([data-shape="bar"]) .full { display: none }
.window[data-shape="bar"] .full { display: none }
button {
  display: grid;
  flex: none;
  place-items: center;
  width: 44px;
  height: 44px;
  margin: 0;
  padding: 0;
  border: 0;
  border-radius: 10px;
  background: none;
  color: var(--ink-2);
  cursor: default;
}
button.move { width: 32px; cursor: move }
button:hover { background: var(--sunken); color: var(--ink) }
button:focus-visible { outline: 3px solid var(--focus); outline-offset: -3px }
button[hidden] { display: none }
svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: none; color-scheme: inherit }
.window[data-moving] iframe { pointer-events: none }
.corner { position: absolute; width: 14px; height: 14px; touch-action: none }
.nw { left: 0; top: 0; cursor: nwse-resize }
.ne { right: 0; top: 0; cursor: nesw-resize }
.sw { left: 0; bottom: 0; cursor: nesw-resize }
.se { right: 0; bottom: 0; cursor: nwse-resize }
`;
