import { describe, expect, it } from 'vitest';
import { callView } from '../../engine/fake/samples';
import { LOCAL_PREVIEW, LOCAL_SHARE } from '../../engine/frameWire';
import type { CallView, MeView, PersonView } from '../../engine/view';
import {
  arrange,
  choices,
  cornerTowards,
  lastSpeaker,
  layout,
  MOST_TILES,
  nearestCorner,
  presenterOf,
  type Takable,
  takable,
  type Wish,
} from './layout';

const person = (id: string, more: Partial<PersonView> = {}): PersonView => ({
  participant_id: id,
  display_name: id,
  is_admin: false,
  microphone: true,
  camera: true,
  speaking: false,
  quality: 5,
  streams: [],
  muted_by_admin: { microphone: false, camera: false, screen: false },
  tools: {},
  role: 'speaker',
  hand: null,
  ...more,
});
const connected = { state: 'connected' } as const;

const own: Pick<CallView, 'me' | 'share'> = { me: callView(0).me, share: null };
own.me.camera = { state: 'off' };
const onAir: MeView = { ...own.me, camera: { state: 'on', label: 'Camera' } };
const ids = (all: Takable[]) => all.map(({ stream }) => stream.stream_id);

const automatic: Wish = { choice: 'automatic', pinned: undefined, speaker: undefined };
const named = (...ids: string[]) => ids.map((id) => person(id));
const screen = { stream_id: 4, source: 'screen', size: { width: 1920, height: 1080 } } as const;

describe('the layout', () => {
  it('is chosen by who is there', () => {
    const of = (people: PersonView[]) => layout({ connection: connected, people }, automatic);
    expect(layout({ connection: { state: 'connecting' }, people: [] }, automatic).kind).toBe('joining');
    expect(of([]).kind).toBe('alone');
    expect(of(named('a')).kind).toBe('single');
    expect(of(named('a', 'b'))).toMatchObject({ kind: 'grid', ownTile: false });
    expect(of(named('a', 'b', 'c'))).toMatchObject({ kind: 'grid', ownTile: true });
  });

  it('puts a screen first, unless something else was chosen', () => {
    const people = [person('a'), person('b', { streams: [screen] })];
    const scene = { connection: connected, people };
    expect(layout(scene, automatic)).toMatchObject({ kind: 'shared', shown: { stream: screen } });
    expect(layout(scene, { ...automatic, choice: 'grid' }).kind).toBe('grid');
    expect(choices(scene)).toContain('presentation');
    expect(choices({ ...scene, people: named('a') })).not.toContain('presentation');
  });

  it('shows what one shares oneself', () => {
    const share = { kind: 'window', label: 'Notes', paused: false, stream_id: null } as const;
    expect(layout({ connection: connected, people: named('a'), share }, automatic)).toMatchObject({
      kind: 'shared',
      shown: { own: share },
    });
  });

  it('keeps whom one pinned, and otherwise whoever spoke last, large', () => {
    const scene = { connection: connected, people: named('a', 'b', 'c') };
    const spoken = { ...automatic, choice: 'speaker', speaker: 'b' } as const;
    expect(layout(scene, spoken)).toMatchObject({ kind: 'focus', person: { participant_id: 'b' } });
    expect(layout(scene, { ...spoken, pinned: 'c' })).toMatchObject({
      kind: 'focus',
      pinned: true,
      person: { participant_id: 'c' },
      people: [{ participant_id: 'a' }, { participant_id: 'b' }],
    });
    // Who was pinned and left is forgotten.
    expect(layout(scene, { ...automatic, pinned: 'gone' }).kind).toBe('grid');
  });

  it('draws no more tiles than it can, speakers and hands among them', () => {
    const people = Array.from({ length: 40 }, (_, n) => person(`p${n}`, { camera: n < 30 }));
    const late = people[39];
    if (!late) throw new Error('forty people');
    late.hand = 1;
    const now = layout({ connection: connected, people }, { ...automatic, speaker: 'p38' });
    if (now.kind !== 'grid') throw new Error(now.kind);
    expect(now.people.length + 2).toBe(MOST_TILES);
    expect(now.more).toBe(40 - now.people.length);
    expect(now.people.map(({ participant_id }) => participant_id).slice(-2)).toEqual(['p38', 'p39']);
  });

  it('leaves out who only watches', () => {
    const people = [person('a'), person('b', { role: 'audience' })];
    expect(layout({ connection: connected, people }, automatic).kind).toBe('single');
  });
});

describe('who presents', () => {
  const camera = { stream_id: 1, source: 'camera', size: { width: 1280, height: 720 } } as const;
  const people = [person('a', { streams: [screen] }), person('b', { streams: [camera] }), person('c')];
  const scene = { connection: connected, people };

  it('comes before what one chose, by their screen or else by their face', () => {
    const wish = { ...automatic, choice: 'grid', pinned: 'c' } as const;
    expect(layout({ ...scene, presenter: 'a' }, wish)).toMatchObject({
      kind: 'shared',
      shown: { owner: { participant_id: 'a' } },
    });
    // Somebody else's screen does not stand for theirs.
    expect(layout({ ...scene, presenter: 'b' }, automatic)).toMatchObject({
      kind: 'focus',
      person: { participant_id: 'b' },
      people: [{ participant_id: 'a' }, { participant_id: 'c' }],
    });
    expect(layout({ ...scene, people: named('a'), presenter: 'a' }, wish).kind).toBe('single');
  });

  it('is oneself, or gone: then all is as one likes it', () => {
    const wish = { ...automatic, choice: 'grid' } as const;
    expect(layout({ ...scene, presenter: 'me' }, wish).kind).toBe('grid');
    expect(layout({ ...scene, presenter: null }, wish).kind).toBe('grid');
    expect(presenterOf({ people, presenter: 'me' })).toBeUndefined();
    expect(presenterOf({ people, presenter: 'b' })).toBe(people[1]);
  });

  it('is first among what can be taken', () => {
    const taken = (presenter: string | null) =>
      ids(takable({ ...own, people }, layout({ ...scene, presenter }, { ...automatic, choice: 'grid' })));
    expect(taken(null)).toEqual([4, 1]);
    expect(taken('b')).toEqual([1, 4]);
  });
});

describe('what can be taken', () => {
  const camera = { stream_id: 1, source: 'camera', size: { width: 1280, height: 720 } } as const;
  const people = [person('a', { streams: [camera, screen] })];
  const share = { kind: 'window', label: 'Notes', paused: false, stream_id: null } as const;
  const taken = (mine: Partial<typeof own>, others: PersonView[], wish = automatic) => {
    const call = { ...own, ...mine, people: others };
    return ids(takable(call, layout({ ...call, connection: connected }, wish)));
  };

  it('is what is one’s own too, after the others', () => {
    expect(taken({ me: onAir, share }, people)).toEqual([4, 1, LOCAL_PREVIEW, LOCAL_SHARE]);
    expect(taken({ me: onAir }, [])).toEqual([LOCAL_PREVIEW]);
    expect(taken({}, [])).toEqual([]);
  });

  it('is first what one shares, where that is large', () => {
    const others = [person('a', { streams: [camera] })];
    expect(taken({ me: onAir, share }, others)).toEqual([LOCAL_SHARE, 1, LOCAL_PREVIEW]);
    expect(taken({ me: onAir, share: { ...share, paused: true } }, others)).toEqual([1, LOCAL_PREVIEW]);
  });
});

describe('who spoke last', () => {
  it('stays until somebody else speaks alone', () => {
    const quiet = named('a', 'b');
    const [a, b] = quiet;
    if (!a || !b) throw new Error('two people');
    expect(lastSpeaker(undefined, quiet)).toBeUndefined();
    expect(lastSpeaker('a', quiet)).toBe('a');
    const both = [
      { ...a, speaking: true },
      { ...b, speaking: true },
    ];
    expect(lastSpeaker('b', both)).toBe('b');
    expect(lastSpeaker('a', [a, { ...b, speaking: true }])).toBe('b');
    expect(lastSpeaker('gone', quiet)).toBeUndefined();
  });
});

describe('the arrangement', () => {
  it('is square for 4, 9 and 25 on a wide stage', () => {
    for (const side of [2, 3, 5]) {
      expect(arrange(side * side, 1248, 640, 12)).toMatchObject({ columns: side, rows: side });
    }
  });

  it('puts two side by side on a wide stage and one above the other on a tall one', () => {
    expect(arrange(2, 1248, 640, 12).columns).toBe(2);
    expect(arrange(2, 340, 640, 12).columns).toBe(1);
  });

  it('keeps every tile in the box and within its ratio', () => {
    for (let count = 1; count <= 25; count += 1) {
      for (const [width, height] of [
        [1248, 640],
        [768, 440],
        [328, 480],
      ] as const) {
        const { columns, rows, width: w, height: h } = arrange(count, width, height, 8);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * w + (columns - 1) * 8).toBeLessThanOrEqual(width);
        expect(rows * h + (rows - 1) * 8).toBeLessThanOrEqual(height);
        expect(w / h).toBeGreaterThan(1.45);
        expect(w / h).toBeLessThan(2.2);
      }
    }
  });

  it('survives a box without room', () => {
    expect(arrange(5, 0, 0, 8)).toMatchObject({ width: 0, height: 0 });
  });
});

describe('corners', () => {
  it('are found by place and by key', () => {
    expect(nearestCorner(10, 10, 100, 100)).toBe('top-left');
    expect(nearestCorner(90, 60, 100, 100)).toBe('bottom-right');
    expect(cornerTowards('bottom-right', 'ArrowUp')).toBe('top-right');
    expect(cornerTowards('top-right', 'ArrowLeft')).toBe('top-left');
    expect(cornerTowards('top-right', 'Enter')).toBe('top-right');
  });
});
