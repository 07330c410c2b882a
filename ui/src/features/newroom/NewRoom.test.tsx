import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { RoomDraft } from '../../engine/view';
import { openPage, press } from '../../test/page';

const byId = (id: string) => screen.getByTestId(id);

async function sound() {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(document, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
}

describe('a new room', () => {
  it('says what is missing, then opens with a link for each', async () => {
    const engine = await openPage('');
    await press('new-room-button');
    await sound();
    await press('create-room');
    expect(byId('new-room-fault').dataset.fault).toBe('nameless');
    expect(engine.asked).toEqual([]);
    await press('add-person');
    const names = screen.getAllByTestId('seat-name');
    // The new row's name is typed next.
    expect(document.activeElement).toBe(names[2]);
    await userEvent.keyboard('Marco');
    expect(byId('new-room-fault').dataset.fault).toBe('nameless');
    await userEvent.type(names[1] as HTMLElement, 'Anna Rossi');
    expect(screen.queryByTestId('new-room-fault')).toBeNull();
    await userEvent.type(byId('room-title'), 'Knee');
    await press('create-room');
    const [name, draft] = engine.asked.at(-1) as [string, RoomDraft];
    expect(name).toBe('create room');
    expect(draft).toMatchObject({ preset: 'visit', title: 'Knee', waiting_room: true, duration_s: 1800 });
    expect(draft.seats.map(({ display_name, is_admin }) => [display_name, is_admin])).toEqual([
      ['Dr Elena Conti', true],
      ['Anna Rossi', false],
      ['Marco', false],
    ]);
    expect(screen.getAllByTestId('link')).toHaveLength(3);
    await sound();
  });

  it('has seats with role, lead and tools', async () => {
    const engine = await openPage('');
    await press('new-room-button');
    await press('preset-team');
    const guest = screen.getAllByTestId('seat')[1] as HTMLElement;
    await userEvent.type(within(guest).getByTestId('seat-name'), 'Kenji');
    expect(within(guest).getByTestId('seat-tools').textContent).toBe('All 9 tools');
    await userEvent.click(within(guest).getByTestId('seat-tools'));
    await sound();
    await press('tool-signature');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(within(within(guest).getByTestId('seat-role')).getByRole('button'));
    await userEvent.click(screen.getByRole('option', { name: 'Create and join' }));
    await userEvent.click(within(guest).getByTestId('seat-admin'));
    await press('create-room');
    const draft = engine.asked.at(-1)?.[1] as RoomDraft;
    expect(draft.seats[1]).toMatchObject({
      role: 'plus',
      is_admin: true,
      tools: { signature: false, chat: true },
    });
  });

  it('has a schedule, a length, recording and ringing', async () => {
    const engine = await openPage('');
    await press('new-room-button');
    await press('preset-interview');
    await userEvent.type(screen.getAllByTestId('seat-name')[1] as HTMLElement, 'Anna');
    const choose = async (id: string, option: string) => {
      await userEvent.click(within(byId(id)).getByRole('button'));
      await userEvent.click(screen.getByRole('option', { name: option }));
    };
    await choose('room-when', 'At a set time');
    expect((byId('starts_at') as HTMLInputElement).value).toMatch(/T\d\d:(00|15|30|45)$/);
    await choose('room-length', '45 minutes');
    await choose('room-recording', 'From the start');
    await press('room-ring');
    await press('create-room');
    expect(engine.asked.at(-1)?.[1]).toMatchObject({
      recording: 'automatic',
      duration_s: 2700,
      ring: true,
      starts_at: expect.any(Number),
    });
  });

  it('offers no recording where the server has none', async () => {
    await openPage('account=basic');
    await press('new-room-button');
    expect(screen.queryByTestId('room-recording')).toBeNull();
  });

  it('says why a server refused, and keeps the draft', async () => {
    await openPage('made=refused');
    expect(byId('new-room-refused').textContent).toContain('Something in this is not right');
    expect(byId('create-room')).toBeTruthy();
  });
});

describe('the links', () => {
  async function made() {
    const engine = await openPage('');
    await press('new-room-button');
    await userEvent.type(screen.getAllByTestId('seat-name')[1] as HTMLElement, 'Anna Rossi');
    await press('create-room');
    return engine;
  }

  it('are copied, shown as a code, and sent with a message in either language', async () => {
    const engine = await made();
    const [anna] = screen.getAllByTestId('link');
    if (!anna) throw new Error('two links');
    const url = 'http://127.0.0.1:7880/join/q1Zk2LmPa9RtVbXcyUd4Xr91';
    await userEvent.click(within(anna).getByTestId('copy-link'));
    expect(engine.asked.at(-1)).toEqual(['copy', url]);
    expect(within(anna).getByTestId('copy-link').textContent).toBe('Copied');
    expect(within(anna).getByTestId('qr').getAttribute('aria-label')).toContain('Anna Rossi');
    expect(within(anna).getByTestId('ready-message').textContent).toBe(
      `Hello Anna, Dr Elena Conti invites you: a visit. Open this link to come in; it is yours alone.\n${url}`,
    );
    await userEvent.click(within(byId('message-language')).getByRole('button'));
    await userEvent.click(screen.getByRole('option', { name: 'Italiano' }));
    await userEvent.click(within(anna).getByTestId('mail-message'));
    expect(engine.asked.at(-1)?.[2]).toMatch(/^Buongiorno Anna, Dr Elena Conti la invita/);
    await press('copy-all');
    expect(engine.asked.at(-1)?.[1]).toMatch(/^Dr Elena Conti: http.*\nAnna Rossi: http/);
  });

  it('say how far they reach, and lead into the room', async () => {
    const engine = await made();
    expect(byId('room-links').textContent).toContain('only on this computer');
    await press('links-allow-network');
    expect(engine.asked.at(-1)).toEqual(['allow network', true]);
    // A browser would let nobody be seen there.
    expect(screen.queryByTestId('links-no-tls')).toBeNull();
    engine.change((view) => {
      if (view.new_room?.state === 'made') view.new_room.reach = 'network';
    });
    expect((await screen.findByTestId('links-no-tls')).textContent).toContain('needs the app');
    await press('enter-room');
    expect(engine.asked.at(-1)).toEqual(['enter room', 'room-9']);
    expect(await screen.findByTestId('screen-call')).toBeTruthy();
  });

  it('are taken back one by one, after a question', async () => {
    const engine = await made();
    const anna = screen.getAllByTestId('link')[0] as HTMLElement;
    const message = () => within(anna).getByTestId('ready-message').textContent;
    const before = message();
    await userEvent.click(within(anna).getByTestId('renew-link'));
    expect(within(anna).getByRole('alert').textContent).toContain(
      'The old link of Anna Rossi stops working.',
    );
    await sound();
    await userEvent.click(within(anna).getByTestId('renew-no'));
    expect(message()).toBe(before);
    await userEvent.click(within(anna).getByTestId('renew-link'));
    await userEvent.click(within(anna).getByTestId('renew-yes'));
    expect(engine.asked.at(-1)).toEqual(['renew link', 'room-9', 'seat-1']);
    expect(message()).not.toBe(before);
    expect(within(anna).queryByTestId('renew-yes')).toBeNull();
    engine.change((view) => {
      const problem = { code: 'server_unreachable', message: 'invented' } as const;
      if (view.new_room?.state === 'made') view.new_room.refused = problem;
    });
    expect((await screen.findByTestId('links-refused')).textContent).toContain('There is no new link.');
  });
});

describe('my rooms', () => {
  it('are listed with who waits first', async () => {
    const engine = await openPage('');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('One person is waiting for you');
    const rooms = screen.getAllByTestId('room');
    expect(rooms.map(({ dataset }) => dataset.roomId)).toEqual(['room-1', 'room-2', 'room-4', 'room-3']);
    await userEvent.click(within(rooms[0] as HTMLElement).getByTestId('room-more'));
    await press('room-links-again');
    expect(engine.asked.at(-1)).toEqual(['show links', 'room-1']);
    await userEvent.click(within(rooms[1] as HTMLElement).getByTestId('room-more'));
    await press('room-delete');
    await press('delete-yes');
    expect(engine.asked.at(-1)).toEqual(['remove room', 'room-2']);
    expect(screen.getAllByTestId('room')).toHaveLength(3);
    await userEvent.click(within(screen.getAllByTestId('room')[0] as HTMLElement).getByTestId('enter-room'));
    expect(engine.asked.at(-1)).toEqual(['enter room', 'room-1']);
  });

  it('are read again when that failed, and begun when there are none', async () => {
    const engine = await openPage('rooms=failed');
    await press('rooms-again');
    expect(engine.asked).toEqual([['refresh rooms']]);
  });

  it('begin with a first one', async () => {
    await openPage('rooms=none');
    await press('first-room');
    expect(byId('new-room')).toBeTruthy();
  });

  it('say that one is signed out', async () => {
    await openPage('account=expired');
    expect(byId('account-trouble').textContent).toContain('clinic.example');
    await press('sign-in-again');
    expect(byId('settings')).toBeTruthy();
  });

  it('can be opened to this network', async () => {
    const engine = await openPage('');
    await press('allow-network');
    expect(engine.asked).toEqual([['allow network', true]]);
    expect(byId('built-in-server').textContent).toContain('192.168.1.20:7880');
  });
});
