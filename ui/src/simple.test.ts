import { describe, expect, it } from 'vitest';
import { appView, callView, lobbyView, waitingView } from './engine/fake/samples';
import type { ScreenView, Settings } from './engine/view';
import { drawnSettings, isGuest, simplePatch } from './simple';

const guest = callView(2);
guest.me.is_admin = false;

describe('simple mode', () => {
  it('is for guests from the start, and for whoever chose it', () => {
    const of = (screen: ScreenView, change: Partial<Settings> = {}) =>
      drawnSettings({ screen, settings: { ...appView().settings, simple_for_guests: true, ...change } })
        .simple;
    expect(of({ kind: 'call', ...guest })).toBe(true);
    expect(of({ kind: 'call', ...callView(2) })).toBe(false);
    expect(of({ kind: 'call', ...callView(2) }, { simple: true })).toBe(true);
    expect(of({ kind: 'lobby', ...lobbyView() })).toBe(true);
    expect(of({ kind: 'waiting', ...waitingView(1) })).toBe(true);
    expect(of({ kind: 'home', problem: null })).toBe(false);
    expect(of({ kind: 'call', ...guest }, { simple_for_guests: false })).toBe(false);
  });

  it('is not for a test call', () => {
    expect(isGuest({ kind: 'call', ...guest, is_test_call: true })).toBe(false);
  });

  it('stays off once it was switched off', () => {
    const { settings } = appView();
    expect(simplePatch({ ...settings, simple_for_guests: true }, false)).toEqual({
      simple: false,
      simple_for_guests: false,
    });
    expect(simplePatch({ ...settings, simple_for_guests: true }, true)).toEqual({ simple: true });
  });
});
