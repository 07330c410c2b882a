//! Who may do what, told as stories with invented time, a file for each subject.

#[path = "../common/mod.rs"]
mod common;

mod admins;
mod books;
mod clock;
mod inviting;
mod moderating;
mod recording;
mod resume;
mod ringing;
mod schedule;
mod stage;
mod tools;
mod waiting;

use common::{id, sent, settings};
use visita_protocol::{
    ParticipantId,
    channel::{AdminState, ClientMessage, MediaState, ServerMessage},
};
use visita_room::{MediaRights, Output, Settings};

const BOTH_ON: MediaState = MediaState { microphone: true, camera: true };
const OFF: MediaState = MediaState { microphone: false, camera: false };

fn visit() -> Settings {
    settings(&["host", "guest", "other"])
}

fn with_waiting_room() -> Settings {
    Settings { waiting_room: true, ..visit() }
}

fn who(seat: &str) -> ParticipantId {
    id(seat)
}

fn admit(seat: &str) -> ClientMessage {
    ClientMessage::Admit { participant_id: id(seat) }
}

fn note(to: Option<&str>, text: &str) -> ClientMessage {
    ClientMessage::Note { to: to.map(id), text: text.into() }
}

/// The latest that admins were told.
fn admin_state(outputs: &[Output], connection: u64) -> AdminState {
    let mut states = sent(outputs, connection).into_iter().filter_map(|message| match message {
        ServerMessage::Admin { state } => Some(state),
        _ => None,
    });
    states.next_back().expect("told to the admin")
}

fn queue(state: &AdminState) -> Vec<String> {
    state.waiting.iter().map(|person| person.participant_id.to_string()).collect()
}

fn token_for(outputs: &[Output], seat: &str) -> Option<MediaRights> {
    outputs.iter().find_map(|output| match output {
        Output::SendMediaToken { participant_id, rights, .. } if *participant_id == who(seat) => Some(*rights),
        _ => None,
    })
}

fn granted(outputs: &[Output], seat: &str) -> Option<MediaRights> {
    outputs.iter().rev().find_map(|output| match output {
        Output::SetMediaRights { participant_id, rights } if *participant_id == who(seat) => Some(*rights),
        _ => None,
    })
}
