//! The speaker thread: keeps a speaker open, and tells how it is. Without one, mixing and measuring go on.

use std::time::Duration;

use visita_media::speaker::{Following, Render, Speaker};
use visita_protocol::view::DeviceState;

use super::{Shared, SpeakerChoice, device_state};
use crate::playout::Playout;

/// How often a working speaker is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(300);

enum Opened {
    Null { _speaker: Speaker },
    Following(Following),
}

pub(super) fn run(shared: &Shared) {
    // Held so that it renders; replaced when another is chosen.
    let mut opened: Option<(Opened, u32)> = None;
    while !shared.stopping() {
        let (choice, generation) = {
            let wish = shared.speaker.lock();
            (wish.choice.clone(), wish.generation)
        };
        if opened.as_ref().is_none_or(|(_, of)| *of != generation) {
            let chosen = match choice {
                SpeakerChoice::Null => None,
                SpeakerChoice::Default => Some(None),
                SpeakerChoice::Device(id) => Some(Some(id)),
            };
            opened = Some(match (opened.take(), chosen) {
                (Some((Opened::Following(following), _)), Some(chosen)) => {
                    following.choose(chosen);
                    (Opened::Following(following), generation)
                }
                (before, chosen) => {
                    // Closed first: two speakers would pull the same sound apart.
                    drop(before);
                    let new = match chosen {
                        None => Opened::Null { _speaker: Speaker::null(render(shared)) },
                        Some(chosen) => Opened::Following(Following::start(chosen, render(shared))),
                    };
                    (new, generation)
                }
            });
        }
        let state = match &opened {
            Some((Opened::Following(following), _)) => match (following.device(), following.failed()) {
                (Some(device), _) => Some(DeviceState::On { label: device.label }),
                (None, Some(error)) => Some(device_state(&error, "")),
                (None, None) => None,
            },
            _ => Some(DeviceState::On { label: String::new() }),
        };
        if let Some(state) = state {
            shared.set_state(|s| s.speaker = state);
        }
        shared.wait(LOOK_EVERY);
    }
}

fn render(shared: &Shared) -> Render {
    let playout = shared.playout.clone();
    Box::new(move |out| Playout::render(&playout, out))
}
