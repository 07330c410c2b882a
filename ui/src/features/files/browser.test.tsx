// Files in a browser, which opens nothing of what it has saved.

import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineProvider } from '../../engine/context';
import { fakeEngine, fakeOptions, linkEngine } from '../../engine/fake';
import { LinkPage } from '../../LinkPage';
import { press } from '../../test/page';

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('isSecureContext', true);
  Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: { getUserMedia: () => {} } });
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'mediaDevices');
});

it('opens here what can be shown, and says of the rest where it is', async () => {
  const fake = fakeEngine({ ...fakeOptions('screen=call&people=3&guest&chat=pdf'), moving: false });
  render(
    <EngineProvider engine={linkEngine(fake)}>
      <LinkPage />
    </EngineProvider>,
  );
  await screen.findByTestId('screen-call');
  await press('chat');
  act(() =>
    fake.changeTools(({ chat }) => {
      const [first] = chat.messages.filter(({ file }) => file?.info.purpose === 'chat');
      if (!first?.file) throw new Error('a file');
      const { info } = first.file;
      const one = (id: string, name: string, has_thumbnail: boolean) => ({
        ...structuredClone(first),
        key: id,
        file: {
          info: {
            ...info,
            file_id: id,
            name,
            media_type: 'application/octet-stream',
            has_thumbnail,
            size_px: null,
          },
          state: { state: 'saved' as const, path: name },
          may_delete: false,
        },
      });
      chat.messages.push(one('photo-1', 'knee.png', true), one('letter-1', 'letter.odt', false));
    }),
  );
  const card = (id: string) => {
    const found = screen.getAllByTestId('file').find(({ dataset }) => dataset.fileId === id);
    if (!found) throw new Error(`no file ${id}`);
    return within(found);
  };
  expect(card('letter-1').queryByTestId('file-open')).toBeNull();
  expect(card('letter-1').getByText(/saved in your downloads/)).toBeTruthy();
  await userEvent.click(card('photo-1').getByTestId('file-open'));
  const sheet = within(await screen.findByTestId('picture-sheet'));
  expect(sheet.getByTestId('picture-saved').textContent).toBe('Saved in your downloads');
  expect(sheet.queryByTestId('picture-open')).toBeNull();
  // Nothing was saved once more.
  expect(fake.asked.filter(([name]) => name === 'open file' || name === 'download')).toEqual([]);
});
