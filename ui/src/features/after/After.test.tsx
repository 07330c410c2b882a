import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { openPage, press } from '../../test/page';
// It comes when it is opened first; here it is there already.
import '../past/Past';

const byId = (id: string) => screen.getByTestId(id);

describe('after a call', () => {
  it('takes a rating with a comment', async () => {
    const engine = await openPage('screen=after');
    expect(byId('after-call').textContent).toContain('You spoke with Dr Elena Conti for 26 minutes.');
    expect(screen.queryByTestId('rating-comment')).toBeNull();
    await press('rate-4');
    await userEvent.type(byId('rating-comment'), 'All clear');
    await press('send-rating');
    expect(engine.asked).toEqual([['rate', 4, 'All clear']]);
    expect(byId('rating-sent')).toBeTruthy();
    await press('go-home');
    expect(engine.asked.at(-1)).toEqual(['go home']);
  });

  it('says when a rating did not arrive, and lets it be sent again', async () => {
    const engine = await openPage('screen=after&unsent');
    expect(byId('rating-failed')).toBeTruthy();
    await press('rate-5');
    await press('send-rating');
    expect(engine.asked).toEqual([['rate', 5, '']]);
  });

  it('saves the report', async () => {
    const engine = await openPage('screen=after');
    expect(byId('report').textContent).toContain('Weak for 60 s');
    await press('save-report');
    expect(engine.asked).toEqual([['save report']]);
    expect(byId('report').textContent).toContain('Documents/visita-report.html');
    act(() =>
      engine.change(({ screen }) => {
        if (screen.kind === 'after' && screen.report) screen.report.not_saved = true;
      }),
    );
    expect(byId('report').textContent).toContain('could not be saved');
  });

  it('says of a lost connection that it did not come back', async () => {
    await openPage('screen=after&reason=connection_lost');
    expect(byId('report').textContent).toContain('Lost, and did not come back');
    expect(byId('report').textContent).not.toContain('back after');
  });

  it('says what made a call weak whose line was good', async () => {
    await openPage('screen=after&gaps');
    const { textContent } = byId('report');
    for (const words of ['Weak', 'The line was never weak', 'Gaps for 190 seconds', 'No voice was heard']) {
      expect(textContent).toContain(words);
    }
  });

  it('has a copy of the chat for a guest', async () => {
    const engine = await openPage('screen=call&people=3&guest&chat=long');
    await press('leave');
    await press('save-chat');
    await waitFor(() =>
      expect(byId('chat-saved').textContent).toMatch(
        /^Saved to Downloads\/Chat - Dr Elena Conti - [-\d]+ [.\d]+\.txt$/,
      ),
    );
    const [, , address] = engine.asked.find(([name]) => name === 'save') ?? [];
    const text = await (await fetch(String(address))).text();
    expect(text).toContain('Anna Rossi: ');
    expect(text).toContain('Kenji Mori sent a file: ');
    expect(text).not.toContain('undefined');
  });

  it('says where files and snapshots are that were not saved, and the way to them', async () => {
    const engine = await openPage('screen=call&people=3&guest&chat=pdf&gallery=3');
    await press('leave');
    // Two of the snapshots and all four documents: one is here, and a message is no file.
    expect(byId('left-files').textContent).toBe(
      'You did not save 6 files and snapshots. Chat, files, snapshots and the board of this visit stay with Studio Conti. To save them yourself, go back into the visit.',
    );
    act(() =>
      engine.change(({ screen }) => {
        if (screen.kind === 'after') Object.assign(screen, { can_rejoin: false, company: null });
      }),
    );
    expect(byId('left-files').textContent).toContain('stay with whoever set up the visit. They can give you');
  });

  it('says nothing of files where there were none, or all are here', async () => {
    const engine = await openPage('screen=call&people=3&guest&gallery=1');
    act(() =>
      engine.changeTools(({ gallery: [only] }) => {
        if (only) only.file.state = { state: 'saved', path: 'Downloads/a.jpg' };
      }),
    );
    await press('leave');
    expect(screen.queryByTestId('left-files')).toBeNull();
  });

  it('says when that copy was not saved, and offers none where nothing was written', async () => {
    const engine = await openPage('screen=call&people=3&guest&chat=long&full');
    await press('leave');
    await press('save-chat');
    await waitFor(() => expect(byId('chat-saved').textContent).toContain('could not be saved'));
    await act(() => engine.rejoin());
    await act(() => engine.join(false));
    act(() =>
      engine.changeTools(({ chat }) => {
        chat.messages = [];
      }),
    );
    await act(() => engine.leave());
    await screen.findByTestId('screen-after');
    expect(screen.queryByTestId('save-chat')).toBeNull();
  });

  it('asks nothing where nothing is asked or told', async () => {
    await openPage('screen=after&bare');
    expect(screen.queryByTestId('rating')).toBeNull();
    expect(screen.queryByTestId('report')).toBeNull();
    expect(byId('go-home')).toBeTruthy();
  });

  it('leads whoever led it to what is kept of it', async () => {
    const engine = await openPage('screen=after&led');
    await userEvent.click(await screen.findByTestId('open-kept'));
    expect((await screen.findByTestId('kept')).dataset.session).toBe('knee');
    expect(engine.asked.filter(([name]) => name !== 'past')).toEqual([['go home']]);
    expect(byId('open-past').getAttribute('aria-current')).toBe('page');
  });

  it.each(['screen=after', 'screen=after&led&test', 'screen=after&led&past=none'])(
    'leads nowhere where nothing is kept, or nothing of one’s own: ?%s',
    async (query) => {
      const engine = await openPage(query);
      const heard = query.includes('led') && !query.includes('test');
      await waitFor(() => expect(engine.asked).toEqual(heard ? [['past', { do: 'refresh' }]] : []));
      expect(screen.queryByTestId('open-kept')).toBeNull();
    },
  );
});
