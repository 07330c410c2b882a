// The engine of a page that lies in a company's: a user who can be rung, and at most one call. What it is told and tells
// goes by `Parent`; the call itself is the same as that of a link's page.

import type { FromFrame, Room, Shape, ToFrame, WidgetCall } from '../../../../widget/src/wire';
import { spoken } from '../../../i18n';
import type { Engine, FrameSide } from '../../engine';
import type { AppView, Problem, ScreenView } from '../../view';
import { browserEngine, type Words } from '..';
import { App } from '../app';
import { linkOf } from '../entry';
import { Bell } from '../user/bell';
import type { IncomingCall } from '../user/messages';
import { User, type UserEvent } from '../user/user';
import { Parent } from './parent';

export function embedEngine(words: Words): Engine {
  const app = new App(false);
  const embed = new Embed(app);
  const base = browserEngine(words, app);
  return {
    ...base,
    appView: async () => embed.view(),
    onAppView: async (heard) => embed.onView(heard),
    openLink: async () => app.lookUp({ here: true }),
    goHome: async () => app.close(),
    browser: base.browser && { ...base.browser, appLink: () => undefined },
    frame: embed.side,
  };
}

/** What the page in the frame is to the one around it. */
class Embed {
  private readonly parent: Parent;
  private readonly user: User;
  private readonly bell = new Bell();
  private readonly views = new Set<(view: AppView) => void>();
  private readonly shown = new Set<() => void>();
  private room: Room = 'whole';
  private focused = 0;
  /** The room of the call that has begun. */
  private began: string | undefined;
  private looked = '';
  private shape: Shape = 'nothing';
  /** Calls of which the page around was told. */
  private readonly announced = new Set<number>();
  private problem: Problem | undefined;

  readonly side: FrameSide = {
    answerCall: async (id, camera) => this.user.answer(id, camera),
    declineCall: async (id) => this.user.decline(id),
    showMain: async () => this.parent.say({ say: 'restore' }),
    close: () => this.app.close(),
    room: () => this.room,
    focused: () => this.focused,
    onShown: (heard) => {
      this.shown.add(heard);
      return () => this.shown.delete(heard);
    },
  };

  constructor(private readonly app: App) {
    this.parent = new Parent((message) => this.take(message));
    const url = `${location.origin.replace(/^http/, 'ws')}/user-channel`;
    this.user = new User(url, (event) => this.heard(event));
    app.onView(() => this.changed());
  }

  view(): AppView {
    return { ...this.app.view(), incoming: this.user.view() };
  }

  onView(heard: (view: AppView) => void) {
    this.views.add(heard);
    return () => this.views.delete(heard);
  }

  private changed(): void {
    const view = this.view();
    this.follow(view.screen);
    this.look(view);
    for (const heard of this.views) heard(view);
  }

  // --- from the page around ---

  private take(message: ToFrame): void {
    const { app, user } = this;
    switch (message.say) {
      case 'hello': {
        const { language, theme, tools } = message;
        app.shownTools = tools ?? undefined;
        app.dress({ theme, ...(language && { language }) });
        this.parent.say({ say: 'ready' });
        break;
      }
      case 'theme':
        app.dress({ theme: message.theme });
        break;
      case 'connect':
        user.signIn(message.userId, message.token);
        break;
      case 'renew':
        user.renew(message.token);
        break;
      case 'disconnect':
        user.signOut();
        this.changed();
        break;
      case 'open':
        this.open(message.link, undefined);
        break;
      case 'answer': {
        const [call] = user.calls;
        if (call) user.answer(call.call_id, message.camera && call.call_type !== 'audio_only');
        break;
      }
      case 'decline': {
        const [call] = user.calls;
        if (call) user.decline(call.call_id);
        break;
      }
      case 'close':
        this.end();
        break;
      case 'room':
        this.room = message.room;
        for (const heard of this.shown) heard();
        break;
      case 'focus':
        this.focused += 1;
        for (const heard of this.shown) heard();
        break;
    }
  }

  /** Whatever is shown is over: a call that rings is declined, one that goes on is left. */
  private end(): void {
    const { screen } = this.app.view();
    if (shapeOf(screen) === 'nothing') {
      for (const { call_id } of this.user.calls) this.user.decline(call_id);
    } else if (screen.kind === 'call' || screen.kind === 'waiting') {
      this.app.leave();
    } else {
      this.app.close();
    }
  }

  private open(address: string, answered: { camera: boolean } | undefined): void {
    const link = URL.canParse(address) ? linkOf(new URL(address)) : undefined;
    // Links may be under another name of this server than the page; who answers for this origin knows the code.
    if (!link) {
      this.parent.say({
        say: 'problem',
        problem: { code: 'invalid_link', message: 'not a link to a visit' },
      });
      return;
    }
    this.app.open({ ...link, server: location.origin }, { here: true, ...(answered && { answered }) });
  }

  // --- of the user ---

  private heard(event: UserEvent): void {
    const { parent } = this;
    switch (event.event) {
      case 'connected':
        parent.say({
          say: 'connected',
          userId: event.userId,
          expiresIn: event.expiresInS,
          online: event.online,
        });
        break;
      case 'lost':
        parent.say({ say: 'reconnecting' });
        break;
      case 'out':
        parent.say({ say: 'out', problem: event.problem });
        break;
      case 'presence':
        parent.say({
          say: 'presence',
          online: event.online,
          userId: event.userId,
          isOnline: event.isOnline,
        });
        break;
      case 'expiring':
        parent.say({ say: 'expiring', expiresIn: event.expiresInS });
        break;
      case 'renewed':
        parent.say({ say: 'renewed', expiresIn: event.expiresInS });
        break;
      case 'not_renewed':
        parent.say({ say: 'not_renewed', problem: event.problem });
        break;
      case 'rings':
        this.rings(event.call);
        break;
      case 'over':
        if (!this.announced.delete(event.call.call_id) && event.until !== 'busy') break;
        parent.say({ say: 'incoming_over', call: told(event.call), reason: event.until });
        break;
      case 'answered':
        this.open(event.url, { camera: event.camera });
        break;
      case 'not_answered':
        parent.say({ say: 'problem', problem: event.problem });
        break;
    }
    this.changed();
  }

  /** Whoever is on another call is busy; what is over makes way. */
  private rings(call: IncomingCall): void {
    const { screen } = this.app.view();
    switch (screen.kind) {
      case 'lobby':
      case 'opening':
      case 'waiting':
      case 'call':
        // The same room rings until one is in.
        if (this.app.room !== call.room_id) this.user.decline(call.call_id, true);
        return;
      case 'home':
      case 'after':
        this.app.close();
    }
  }

  // --- of the call ---

  private follow(screen: ScreenView): void {
    if (screen.kind === 'call' && screen.connection.state === 'connected' && this.began === undefined) {
      this.began = this.app.room ?? '';
      this.parent.say({ say: 'call_started', roomId: this.began, title: screen.title });
    }
    const goesOn = screen.kind === 'call' || screen.kind === 'waiting';
    if (this.began !== undefined && !goesOn) {
      const ended = screen.kind === 'after' ? screen : { reason: 'left', seconds: 0 };
      this.parent.say({
        say: 'call_ended',
        roomId: this.began,
        reason: ended.reason,
        seconds: ended.seconds,
      });
      this.began = undefined;
    }
    // Who went knows why; who was put out, or lost the line, reads it first.
    if (screen.kind === 'after' && screen.reason === 'left') this.app.close();
  }

  private look(view: AppView): void {
    const { screen, incoming, settings } = view;
    const shape: Shape = shapeOf(screen) === 'call' ? 'call' : incoming ? 'card' : 'nothing';
    this.bell.set(shape === 'card', settings.speaker);
    const language = spoken(settings.language, navigator.languages);
    const look: FromFrame = { say: 'look', shape, title: titleOf(screen), language };
    const now = JSON.stringify(look);
    // Of nothing there is nothing to say, and the window may be open already for a link that comes.
    if (now !== this.looked && !(shape === 'nothing' && this.shape === 'nothing')) this.parent.say(look);
    this.looked = now;
    this.shape = shape;
    const [call] = this.user.calls;
    if (shape === 'card' && call && !this.announced.has(call.call_id)) {
      this.announced.add(call.call_id);
      this.parent.say({ say: 'incoming', call: told(call) });
    }
    const problem = (screen.kind === 'home' && screen.problem) || undefined;
    if (problem && problem !== this.problem) this.parent.say({ say: 'problem', problem });
    this.problem = problem;
  }
}

/** Nothing is open; what rings is another matter. */
function shapeOf(screen: ScreenView): 'nothing' | 'call' {
  return screen.kind === 'home' && !screen.problem ? 'nothing' : 'call';
}

function titleOf(screen: ScreenView): string | null {
  switch (screen.kind) {
    case 'lobby':
      return screen.preview.title ?? screen.preview.company;
    case 'waiting':
      return screen.title ?? screen.company;
    case 'call':
      return screen.title;
    case 'after':
      return screen.company || null;
    default:
      return null;
  }
}

function told(call: IncomingCall): WidgetCall {
  return {
    callId: call.call_id,
    roomId: call.room_id,
    title: call.title,
    callerName: call.caller_name,
    callType: call.call_type,
    recording: call.recording,
    ringsFor: call.rings_for_s,
  };
}
