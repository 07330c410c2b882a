// Bytes as text, where they go a way that takes nothing else.

/** How a document begins, whatever it is called. */
const DOCUMENT = '%PDF-';

/** Whether it is a document; throws where it cannot be read any more. */
export async function isDocument(file: Blob): Promise<boolean> {
  return (await file.slice(0, DOCUMENT.length).text()) === DOCUMENT;
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
