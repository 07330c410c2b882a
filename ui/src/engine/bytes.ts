// Bytes as text, where they go a way that takes nothing else.

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
