//! The speaker thread: keeps a speaker open and falls back to none, so that mixing and measuring go on without one.

use std::time::{Duration, Instant};

use visita_media::speaker::Speaker;
use visita_protocol::view::DeviceState;

use super::{RETRY, Shared, SpeakerChoice, device_state};
use crate::playout::Playout;

/// How often a working speaker is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(300);

pub(super) fn run(shared: &Shared) {
    // Held so that its thread renders; replaced when another is chosen or it fails.
    let mut speaker: Option<Speaker> = None;
    let mut generation = None;
    let mut retry_at = None;
    while !shared.stopping() {
        let (choice, wished) = {
            let wish = shared.speaker.lock();
            (wish.choice.clone(), wish.generation)
        };
        let failed = speaker.as_ref().and_then(Speaker::failed);
        if let Some(error) = &failed {
            tracing::info!(%error, "the speaker stopped");
        }
        let due = retry_at.is_some_and(|at| Instant::now() >= at);
        if generation != Some(wished) || failed.is_some() || due {
            generation = Some(wished);
            retry_at = None;
            // Closed first: two speakers would pull the same sound apart.
            drop(speaker.take());
            speaker = Some(match &choice {
                SpeakerChoice::Null => {
                    shared.set_state(|s| s.speaker = DeviceState::On { label: String::new() });
                    Speaker::null(render(shared))
                }
                SpeakerChoice::Default | SpeakerChoice::Device(_) => {
                    let id = if let SpeakerChoice::Device(id) = &choice { Some(id.as_str()) } else { None };
                    match Speaker::open(id, render(shared)) {
                        Ok(speaker) => {
                            let label = speaker.label().to_owned();
                            shared.set_state(|s| s.speaker = DeviceState::On { label });
                            speaker
                        }
                        Err(error) => {
                            tracing::info!(%error, "the speaker did not open");
                            shared.set_state(|s| s.speaker = device_state(&error, ""));
                            retry_at = Some(Instant::now() + RETRY);
                            Speaker::null(render(shared))
                        }
                    }
                }
            });
        }
        shared.wait(LOOK_EVERY);
    }
}

fn render(shared: &Shared) -> Box<dyn FnMut(&mut [f32; 480]) + Send> {
    let playout = shared.playout.clone();
    Box::new(move |out| Playout::render(&playout, out))
}
