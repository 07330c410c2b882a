// Bytes as text, where they go a way that takes nothing else.

/**
 * How a document begins (`%PDF-`), whatever it is called. As bytes: a file of the page with these letters near its start is
 * taken for a document by the app, which tells types by content, and no web view runs it then.
 */
export const DOCUMENT = [0x25, 0x50, 0x44, 0x46, 0x2d];

/** Whether it is a document; throws where it cannot be read any more. */
export async function isDocument(file: Blob): Promise<boolean> {
  const begin = new Uint8Array(await file.slice(0, DOCUMENT.length).arrayBuffer());
  return DOCUMENT.every((byte, n) => begin[n] === byte);
}

/** The bytes of something, in base64. */
export async function asBase64(blob: Blob): Promise<string> {
  const url = await asDataUrl(blob);
  return url.slice(url.indexOf(',') + 1);
}

export function asDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
