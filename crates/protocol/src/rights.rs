//! Call types, recording modes and the tools a seat may be granted.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use specta::Type;
use utoipa::ToSchema;

use crate::{BoardId, board::ROOM_BOARD};

/// What media a room is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallType {
    /// No camera, ever.
    AudioOnly,
    /// Starts with audio; the camera may be switched on.
    AudioUpgradable,
    /// Audio and video from the start.
    #[default]
    AudioVideo,
    /// No microphone, ever.
    VideoOnly,
}

impl CallType {
    /// Whether it has a camera.
    pub const fn has_camera(self) -> bool {
        !matches!(self, Self::AudioOnly)
    }

    /// Whether it has a microphone.
    pub const fn has_microphone(self) -> bool {
        !matches!(self, Self::VideoOnly)
    }
}

/// What somebody without a key has to bring for a media token of an open room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entrance {
    /// The room's id.
    Open,
    /// The room's id and a name.
    Name,
    /// The link of a seat.
    #[default]
    Link,
}

/// Whether sessions of a room are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingMode {
    /// Never.
    #[default]
    None,
    /// From the start of each session.
    Automatic,
    /// When an admin, or the API, starts it.
    Manual,
}

/// The six sub-rights of the whiteboard; one left out is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is the sub-right of that name")]
pub struct WhiteboardRights {
    pub wb_add_file: bool,
    pub wb_cursor: bool,
    pub wb_text: bool,
    pub wb_shape: bool,
    pub wb_pen: bool,
    pub wb_eraser: bool,
}

impl WhiteboardRights {
    /// To look only.
    pub const NONE: Self = Self::whole(false);

    const fn whole(all: bool) -> Self {
        Self { wb_add_file: all, wb_cursor: all, wb_text: all, wb_shape: all, wb_pen: all, wb_eraser: all }
    }
}

/// The right to the whiteboard: all, nothing, or some of its sub-rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type, ToSchema)]
#[serde(untagged)]
pub enum Whiteboard {
    /// `true`: every sub-right; `false`: no whiteboard.
    Whole(bool),
    /// Sub-right by sub-right.
    Parts(WhiteboardRights),
}

/// By hand, so that an error names the sub-right that is wrong.
impl<'de> Deserialize<'de> for Whiteboard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrParts;

        impl<'de> Visitor<'de> for BoolOrParts {
            type Value = Whiteboard;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean or an object of sub-rights")
            }

            fn visit_bool<E>(self, whole: bool) -> Result<Whiteboard, E> {
                Ok(Whiteboard::Whole(whole))
            }

            fn visit_map<A: MapAccess<'de>>(self, parts: A) -> Result<Whiteboard, A::Error> {
                WhiteboardRights::deserialize(MapAccessDeserializer::new(parts)).map(Whiteboard::Parts)
            }
        }

        deserializer.deserialize_any(BoolOrParts)
    }
}

impl Whiteboard {
    /// Sub-right by sub-right.
    pub const fn rights(self) -> WhiteboardRights {
        match self {
            Self::Whole(all) => WhiteboardRights::whole(all),
            Self::Parts(parts) => parts,
        }
    }
}

impl Default for Whiteboard {
    fn default() -> Self {
        Self::Whole(false)
    }
}

/// The tools of a seat. In a given object a tool that is not named is off;
/// a missing object means [`Tools::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tools {
    /// Text messages with the others.
    pub chat: bool,
    /// Publish a screen or a window.
    pub screen_sharing: bool,
    /// Share files.
    pub file_upload: bool,
    /// Draw on the shared canvas.
    pub whiteboard: Whiteboard,
    /// Take a picture of what is shown.
    pub snapshot: bool,
    /// Draw together on a snapshot.
    pub live_edit: bool,
    /// Send one's pointer (everybody can see the others').
    pub live_pointer: bool,
    /// Focus everybody on one's stream.
    pub present_to_everyone: bool,
    /// Sign documents; stored and told back, idle until a provider exists.
    pub signature: bool,
}

impl Tools {
    /// Everything on: what a seat gets when `tools` is missing.
    pub const ALL: Self = Self {
        chat: true,
        screen_sharing: true,
        file_upload: true,
        whiteboard: Whiteboard::Whole(true),
        snapshot: true,
        live_edit: true,
        live_pointer: true,
        present_to_everyone: true,
        signature: true,
    };

    /// Whether a board may be looked at. The room's own is for those who have the whiteboard, and for everybody while an
    /// admin shows it; the one over a snapshot for those who have the whiteboard: who has no snapshots of their own receives
    /// live edit all the same.
    pub fn sees_board(&self, board: &BoardId, shown: bool) -> bool {
        let has_board = self.whiteboard != Whiteboard::Whole(false);
        if board.as_str() == ROOM_BOARD { has_board || shown } else { has_board }
    }

    /// What may be done on a board. Over a snapshot that is everything for those who have live edit, snapshots and the
    /// whiteboard, and nothing for others.
    pub fn board_rights(&self, board: &BoardId) -> WhiteboardRights {
        if board.as_str() == ROOM_BOARD {
            return self.whiteboard.rights();
        }
        WhiteboardRights::whole(self.live_edit && self.snapshot && self.sees_board(board, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_is_all_off() {
        assert_eq!(serde_json::from_str::<Tools>("{}").ok(), Some(Tools::default()));
    }

    /// What snapshot, live edit and whiteboard give together.
    #[test]
    fn live_edit_needs_snapshots_and_the_whiteboard() {
        let over_snapshot = "01a1fc9d".parse().expect("an id");
        let tools = |snapshot, live_edit, board| Tools {
            snapshot,
            live_edit,
            whiteboard: Whiteboard::Whole(board),
            ..Tools::default()
        };
        for (given, sees, draws) in [
            (tools(true, true, true), true, true),
            (tools(true, false, true), true, false),
            (tools(false, false, true), true, false),
            (tools(false, true, true), true, false),
            (tools(true, false, false), false, false),
            (tools(true, true, false), false, false),
            (tools(false, false, false), false, false),
        ] {
            assert_eq!(given.sees_board(&over_snapshot, true), sees, "{given:?}");
            assert_eq!(given.board_rights(&over_snapshot).wb_pen, draws, "{given:?}");
        }
        let room: BoardId = ROOM_BOARD.parse().expect("an id");
        assert!(tools(false, false, true).sees_board(&room, false));
        assert!(!tools(true, true, false).sees_board(&room, false));
        assert!(tools(false, false, false).sees_board(&room, true), "an admin shows it");
        assert_eq!(tools(true, true, false).board_rights(&room), WhiteboardRights::NONE);
    }

    #[test]
    fn whiteboard_is_a_boolean_or_sub_rights() {
        let tools: Tools = serde_json::from_str(r#"{"whiteboard":{"wb_pen":true}}"#).expect("valid");
        assert_eq!(tools.whiteboard, Whiteboard::Parts(WhiteboardRights { wb_pen: true, ..Default::default() }));
        assert!(serde_json::from_str::<Tools>(r#"{"whiteboard":{"wb_pencil":true}}"#).is_err());
        assert!(serde_json::from_str::<Tools>(r#"{"chatt":true}"#).is_err());
        for bad in ["[]", "[true]", "null", "1", r#""yes""#, r#"{"wb_pen":1}"#] {
            assert!(serde_json::from_str::<Whiteboard>(bad).is_err(), "{bad}");
        }
        for whole in [true, false] {
            assert_eq!(serde_json::from_str(&whole.to_string()).ok(), Some(Whiteboard::Whole(whole)));
        }
    }
}
