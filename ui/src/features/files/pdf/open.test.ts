import { describe, expect, it, vi } from 'vitest';
import { brokenSample, lockedSample, pdfSample } from '../../../engine/fake/pdfSamples';
import { bytesOf, openPdf, PdfFault } from './open';

vi.mock('pdfjs-dist/legacy/build/pdf.worker.mjs?worker', async () => ({
  default: (await import('../../../test/pdfWorker')).LocalWorker,
}));

const why = (dataUrl: string) =>
  openPdf(dataUrl).then(
    () => 'open',
    (error) => (error instanceof PdfFault ? error.why : String(error)),
  );

describe('a document', () => {
  it('has pages, each with its size and its words', async () => {
    const document = await openPdf(pdfSample('Knee', 3));
    expect(document.pages).toBe(3);
    const [first, third] = [await document.page(1), await document.page(3)];
    // A4 at 96 dots an inch, standing and lying.
    expect(Math.round(first.size.width)).toBe(793);
    expect(Math.round(first.size.height)).toBe(1123);
    expect(Math.round(third.size.width)).toBe(1123);
    expect(await first.words()).toMatch(/^Knee, page 1\nThe knee was seen from the side/);
    expect(await third.words()).toContain('Knee, page 3');
    document.close();
  });

  it('has no page that is not there', async () => {
    const document = await openPdf(pdfSample('Knee', 1));
    await expect(document.page(2)).rejects.toBeTruthy();
    document.close();
  });

  it('says why it cannot be shown', async () => {
    expect(await why(lockedSample())).toBe('encrypted');
    expect(await why(brokenSample())).toBe('broken');
    expect(await why('data:application/pdf;base64,')).toBe('broken');
    expect(await why('data:application/pdf;base64,%%%')).toBe('broken');
    expect(await why('data:image/png;base64,AAAA')).toBe('broken');
  });

  it('is read after one that could not be', async () => {
    await why(brokenSample());
    expect(await why(pdfSample('Knee', 1))).toBe('open');
  });
});

describe('its bytes', () => {
  it('are what the address says, and nothing of another kind', () => {
    expect([...(bytesOf('data:application/pdf;base64,AQL/') ?? [])]).toEqual([1, 2, 255]);
    expect(bytesOf('data:text/html;base64,AQL/')).toBeUndefined();
    expect(bytesOf('https://example.org/a.pdf')).toBeUndefined();
  });
});
