//! What the person chose, kept as a JSON file in the app's folder.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use visita_protocol::view::{DeviceChoice, Settings, SettingsPatch};

/// Longest name that is kept, in characters.
const MAX_NAME: usize = 120;

/// The settings and their file.
pub(crate) struct Store {
    file: PathBuf,
    settings: Settings,
}

impl Store {
    /// Reads the settings; a missing or broken file gives the defaults.
    pub(crate) fn open(folder: &Path) -> Self {
        let file = folder.join("settings.json");
        let settings = match std::fs::read(&file) {
            Ok(bytes) => read(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, "the settings are not readable; the defaults hold");
                Settings::default()
            }),
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, "the settings are not readable; the defaults hold");
                }
                Settings::default()
            }
        };
        Self { file, settings }
    }

    /// The present settings.
    pub(crate) fn get(&self) -> &Settings {
        &self.settings
    }

    /// Changes what the patch names and writes the file.
    pub(crate) fn update(&mut self, patch: SettingsPatch) {
        apply(&mut self.settings, patch);
        if let Err(error) = self.write() {
            tracing::warn!(%error, "the settings are not kept");
        }
    }

    /// A new file takes the place of the old one in one step: a crash leaves one of the two whole.
    fn write(&self) -> std::io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let new = self.file.with_extension("json.new");
        std::fs::write(&new, serde_json::to_vec_pretty(&self.settings)?)?;
        std::fs::rename(new, &self.file)
    }
}

/// Settings of an older version lack the newest ones: those have their defaults.
fn read(bytes: &[u8]) -> serde_json::Result<Settings> {
    let mut all = serde_json::to_value(Settings::default())?;
    let kept: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)?;
    if let Some(all) = all.as_object_mut() {
        all.extend(kept);
    }
    serde_json::from_value(all)
}

fn apply(settings: &mut Settings, patch: SettingsPatch) {
    let SettingsPatch {
        language,
        theme,
        display_name,
        camera,
        microphone,
        speaker,
        simple,
        simple_for_guests,
        echo_cancellation,
        noise_suppression,
        automatic_gain,
        mirror,
        talking_while_muted,
        doorbell,
        notifications,
        start_at_login,
        shortcuts,
    } = patch;
    let name = display_name.map(|name| name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect());
    let chosen = |choice: Option<DeviceChoice>| {
        choice.map(|choice| match choice {
            DeviceChoice::Default => None,
            DeviceChoice::Device { id } => Some(id),
        })
    };
    set(&mut settings.language, language);
    set(&mut settings.theme, theme);
    set(&mut settings.display_name, name);
    set(&mut settings.camera, chosen(camera));
    set(&mut settings.microphone, chosen(microphone));
    set(&mut settings.speaker, chosen(speaker));
    set(&mut settings.simple, simple);
    set(&mut settings.simple_for_guests, simple_for_guests);
    set(&mut settings.echo_cancellation, echo_cancellation);
    set(&mut settings.noise_suppression, noise_suppression);
    set(&mut settings.automatic_gain, automatic_gain);
    set(&mut settings.mirror, mirror);
    set(&mut settings.talking_while_muted, talking_while_muted);
    set(&mut settings.doorbell, doorbell);
    set(&mut settings.notifications, notifications);
    set(&mut settings.start_at_login, start_at_login);
    set(&mut settings.shortcuts, shortcuts);
}

fn set<T>(setting: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *setting = new;
    }
}

#[cfg(test)]
mod tests {
    use visita_protocol::view::Theme;

    use super::*;

    #[test]
    fn a_patch_changes_only_what_it_names_and_is_kept() {
        let folder = std::env::temp_dir().join(format!("visita-settings-{}", std::process::id()));
        let mut store = Store::open(&folder);
        store.update(SettingsPatch { theme: Some(Theme::Dark), ..SettingsPatch::default() });
        store.update(SettingsPatch { display_name: Some("  Anna\n ".into()), ..SettingsPatch::default() });
        let again = Store::open(&folder);
        assert_eq!(again.get().theme, Theme::Dark);
        assert_eq!(again.get().display_name, "Anna");
        std::fs::write(folder.join("settings.json"), r#"{"theme":"light"}"#).expect("written");
        assert_eq!(Store::open(&folder).get().theme, Theme::Light);
        std::fs::write(folder.join("settings.json"), "{").expect("written");
        assert_eq!(*Store::open(&folder).get(), Settings::default());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
