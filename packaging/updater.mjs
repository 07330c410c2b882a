// The part of Tauri's configuration that makes signed packages: printed where there is a key, otherwise nothing but `{}`.
// `VISITA_UPDATER_KEY` is the public half, `TAURI_SIGNING_PRIVATE_KEY` the private one, as `tauri signer generate` made them.

const { VISITA_UPDATER_KEY: pubkey, TAURI_SIGNING_PRIVATE_KEY: key } = process.env;
const signed = pubkey && key;
console.log(
  JSON.stringify(signed ? { bundle: { createUpdaterArtifacts: true }, plugins: { updater: { pubkey } } } : {}),
);
