//! What the person chose.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What the person chose; kept over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Settings {
    /// Language of the page.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Name to join with, when a link has none.
    pub display_name: String,
    /// Chosen camera by id; none means the system's default.
    pub camera: Option<String>,
    /// Chosen microphone by id.
    pub microphone: Option<String>,
    /// Chosen speaker by id.
    pub speaker: Option<String>,
    /// Large text and four large buttons.
    pub simple: bool,
    /// The same in visits that somebody else leads.
    pub simple_for_guests: bool,
    /// Takes out of the microphone what the speaker plays.
    pub echo_cancellation: bool,
    /// Takes out what stays the same: fans, hum, hiss.
    pub noise_suppression: bool,
    /// Makes quiet voices louder and loud ones bearable.
    pub automatic_gain: bool,
    /// Own picture as in a mirror.
    pub mirror: bool,
    /// Say so when I talk while muted.
    pub talking_while_muted: bool,
    /// A soft sound when somebody waits.
    pub doorbell: bool,
    /// Notices of the system while the window is not in front.
    pub notifications: bool,
    /// The app starts with the session, in the tray.
    pub start_at_login: bool,
    /// Keys that work while another program has the keyboard.
    pub shortcuts: Shortcuts,
}

/// Keys such as `Control+Shift+M`; none is off. They are the app's own only during a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Shortcuts {
    /// Mutes and unmutes.
    pub toggle_mute: Option<String>,
    /// Unmutes while it is held.
    pub hold_to_talk: Option<String>,
    /// Mutes while it is held.
    pub hold_to_mute: Option<String>,
}

impl Default for Shortcuts {
    fn default() -> Self {
        Self { toggle_mute: Some("Control+Shift+M".into()), hold_to_talk: None, hold_to_mute: None }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            display_name: String::new(),
            camera: None,
            microphone: None,
            speaker: None,
            simple: false,
            simple_for_guests: true,
            echo_cancellation: true,
            noise_suppression: true,
            automatic_gain: true,
            mirror: true,
            talking_while_muted: true,
            doorbell: true,
            notifications: true,
            start_at_login: false,
            shortcuts: Shortcuts::default(),
        }
    }
}

/// A change of some settings; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is the setting of that name")]
pub struct SettingsPatch {
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub display_name: Option<String>,
    pub camera: Option<DeviceChoice>,
    pub microphone: Option<DeviceChoice>,
    pub speaker: Option<DeviceChoice>,
    pub simple: Option<bool>,
    pub simple_for_guests: Option<bool>,
    pub echo_cancellation: Option<bool>,
    pub noise_suppression: Option<bool>,
    pub automatic_gain: Option<bool>,
    pub mirror: Option<bool>,
    pub talking_while_muted: Option<bool>,
    pub doorbell: Option<bool>,
    pub notifications: Option<bool>,
    pub start_at_login: Option<bool>,
    pub shortcuts: Option<Shortcuts>,
}

/// A choice of device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceChoice {
    /// Whatever the system says.
    Default,
    /// This one.
    Device {
        /// Its id.
        id: String,
    },
}

/// Language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system says.
    #[default]
    System,
    /// English.
    En,
    /// Italian.
    It,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
