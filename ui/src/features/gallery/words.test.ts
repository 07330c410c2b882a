import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import type { FileInfo } from '../../engine/view';
import { titleOfFile } from './words';

const t = ((key: string, { name = '' } = {}) => (name ? `${key} ${name}` : key)) as unknown as TFunction;
const of = (more: Partial<FileInfo>) =>
  ({ file_id: 'f', name: 's.png', purpose: 'snapshot', ...more }) as FileInfo;

it('has no title for a snapshot of which it is not known whom it shows', () => {
  expect(titleOfFile(t, of({ of: 'anna', of_name: 'Anna' }), [], 'me')).toBe('gallery.of Anna');
  expect(titleOfFile(t, of({ of: 'me' }), [], 'me')).toBe('gallery.ofYourself');
  expect(titleOfFile(t, of({ of: 'anna' }), [], 'me')).toBeUndefined();
  // Of a past visit nobody is told that it shows themselves.
  expect(titleOfFile(t, of({}), [])).toBeUndefined();
  expect(titleOfFile(t, of({ of: 'anna', purpose: 'chat' }), [])).toBeUndefined();
});
