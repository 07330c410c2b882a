//! Recording: who starts and stops it, whom the recorder may show, what is told, and what becomes of one that fails.

use visita_protocol::{
    RecordingLayout, RecordingMode,
    channel::{
        ClientMessage, FileInfo, FilePurpose, MediaSource, MediaState, RecordingState, RecordingStop, ServerMessage,
    },
    recorder::{RecordedPerson, RecorderEnd, RecorderReport, RecorderTrouble},
};
use visita_room::{AdminAction, Input, LinkSerial, Output, RecorderRun, Refusal, SeatSettings, Settings};

use crate::{
    BOTH_ON, admit,
    common::{START, Scene, id, secs, sent},
    visit, with_waiting_room,
};

const START_IT: ClientMessage = ClientMessage::StartRecording { layout: None };
const STOP_IT: ClientMessage = ClientMessage::StopRecording;

fn manual() -> Settings {
    Settings { recording: RecordingMode::Manual, ..visit() }
}

fn automatic() -> Settings {
    Settings { recording: RecordingMode::Automatic, ..visit() }
}

fn scene(settings: Settings) -> Scene {
    let mut scene = Scene::new(settings);
    scene.room.set_recorder_available(true);
    scene
}

/// A scene in which host and guest are in and a recorder is at work.
fn recorded() -> Scene {
    let mut scene = scene(manual());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.say(1, START_IT).expect("an admin may");
    says(&mut scene, 1, RecorderReport::Started { at_ms: 0 });
    scene
}

fn says(scene: &mut Scene, run: u64, report: RecorderReport) -> Vec<Output> {
    scene.handle(Input::Recorder { run: RecorderRun(run), report }).expect("heard")
}

fn ended(reason: RecorderEnd) -> RecorderReport {
    RecorderReport::Ended { reason, recorded_ms: 1000, bytes: 1000, tracks: Vec::new() }
}

fn answer(answer: bool) -> ClientMessage {
    ClientMessage::Consent { answer, text_version: "en-1".into() }
}

/// What was told of the recording, on one connection.
fn told(outputs: &[Output], connection: u64) -> Vec<RecordingState> {
    let state = |message| match message {
        ServerMessage::RecordingChanged { recording, .. } => Some(recording),
        _ => None,
    };
    sent(outputs, connection).into_iter().filter_map(state).collect()
}

fn started(outputs: &[Output]) -> Option<(u64, RecordingLayout, Vec<RecordedPerson>)> {
    outputs.iter().find_map(|output| match output {
        Output::StartRecorder { run, layout, people, .. } => Some((run.0, *layout, people.clone())),
        _ => None,
    })
}

/// Whom the recorder was told of: seat, yes or no, muted.
fn people(outputs: &[Output]) -> Option<Vec<(String, bool, bool)>> {
    outputs.iter().rev().find_map(|output| match output {
        Output::RecorderPeople { people, .. } | Output::StartRecorder { people, .. } => {
            Some(people.iter().map(|one| (one.participant_id.to_string(), one.consented, one.muted)).collect())
        }
        _ => None,
    })
}

fn stopped(outputs: &[Output]) -> Option<u64> {
    outputs.iter().find_map(|output| match output {
        Output::StopRecorder { run } => Some(run.0),
        _ => None,
    })
}

fn welcome(outputs: &[Output], connection: u64) -> (RecordingState, Option<bool>) {
    let found = sent(outputs, connection).into_iter().find_map(|message| match message {
        ServerMessage::Welcome { room, .. } => Some((room.recording_state, room.consent.map(|consent| consent.answer))),
        _ => None,
    });
    found.expect("welcome")
}

#[test]
fn admins_start_and_stop_where_it_is_manual() {
    let mut scene = scene(manual());
    scene.come("host", 1);
    scene.come("guest", 2);
    assert_eq!(scene.say(2, START_IT), Err(Refusal::NotAdmin));
    assert_eq!(scene.say(2, STOP_IT), Err(Refusal::NotAdmin));
    assert_eq!(scene.say(1, STOP_IT), Ok(vec![]), "stop without start is harmless");

    let outputs = scene.say(1, START_IT).expect("an admin may");
    let (run, layout, _) = started(&outputs).expect("a recorder is wanted");
    assert_eq!((run, layout), (1, RecordingLayout::Grid));
    assert_eq!(told(&outputs, 2), [RecordingState::Starting]);
    assert!(
        outputs.iter().any(|output| matches!(output, Output::AdminActed { action: AdminAction::StartedRecording, .. }))
    );
    assert_eq!(scene.say(1, START_IT), Ok(vec![]), "start twice is harmless");

    let outputs = says(&mut scene, 1, RecorderReport::Started { at_ms: 0 });
    let on = |elapsed_s, megabytes| RecordingState::On {
        elapsed_s,
        layout: RecordingLayout::Grid,
        megabytes,
        trouble: None,
    };
    assert_eq!((told(&outputs, 1), told(&outputs, 2)), (vec![on(0, 0)], vec![on(0, 0)]));
    scene.after(secs(3));
    let progress = |bytes| RecorderReport::Progress { recorded_ms: 3000, bytes };
    assert_eq!(says(&mut scene, 1, progress(9_000_000)), [], "people count on by themselves");
    let (entry, _) = scene.enter("other", false).expect("let in");
    let outputs = scene.hello("other", entry, 3).expect("connected");
    assert_eq!(welcome(&outputs, 3), (on(3, 9), None));
    scene.after(secs(30));
    assert_eq!(told(&says(&mut scene, 1, progress(12_000_000)), 2), [on(33, 12)]);

    let outputs = scene.say(1, STOP_IT).expect("an admin may");
    assert_eq!((stopped(&outputs), told(&outputs, 2)), (Some(1), vec![RecordingState::Off]));
    assert_eq!(says(&mut scene, 1, ended(RecorderEnd::Stopped)), [], "that was wanted");
    // Again is another recording.
    let layout = Some(RecordingLayout::Speaker);
    let outputs = scene.say(1, ClientMessage::StartRecording { layout }).expect("an admin may");
    assert_eq!(started(&outputs).map(|(run, layout, _)| (run, layout)), Some((2, RecordingLayout::Speaker)));
    assert_eq!(says(&mut scene, 1, ended(RecorderEnd::Failed)), [], "an older one is no news");
}

#[test]
fn another_layout_is_taken_while_it_runs() {
    let mut scene = recorded();
    let layout = RecordingLayout::GridAndChat;
    let outputs = scene.say(1, ClientMessage::StartRecording { layout: Some(layout) }).expect("an admin may");
    assert!(outputs.contains(&Output::RecorderLayout { run: RecorderRun(1), layout }));
    assert!(matches!(told(&outputs, 2)[..], [RecordingState::On { layout: RecordingLayout::GridAndChat, .. }]));
    assert_eq!(scene.say(1, ClientMessage::StartRecording { layout: Some(layout) }), Ok(vec![]));
}

#[test]
fn what_is_not_manual_is_not_started_by_anybody() {
    for settings in [visit(), automatic()] {
        let mut scene = scene(settings);
        scene.come("host", 1);
        for message in [START_IT, STOP_IT] {
            assert_eq!(scene.say(1, message), Err(Refusal::NotManual));
        }
        assert_eq!(scene.handle(Input::StartRecording { layout: None }), Err(Refusal::NotManual));
        assert_eq!(scene.handle(Input::StopRecording), Err(Refusal::NotManual));
    }
    let mut scene = Scene::new(manual());
    scene.come("host", 1);
    assert_eq!(scene.say(1, START_IT), Err(Refusal::RecordingUnavailable));
    assert_eq!(scene.say(1, STOP_IT), Ok(vec![]));
}

#[test]
fn the_api_starts_and_stops_while_somebody_is_in() {
    let mut scene = scene(manual());
    let start = || Input::StartRecording { layout: Some(RecordingLayout::Speaker) };
    assert_eq!(scene.handle(start()), Err(Refusal::NobodyIn));
    assert_eq!(scene.handle(Input::StopRecording), Err(Refusal::NobodyIn));
    // A guest alone is enough; nobody has to be an admin.
    scene.come("guest", 2);
    let outputs = scene.handle(start()).expect("may");
    assert_eq!(started(&outputs).map(|(run, layout, _)| (run, layout)), Some((1, RecordingLayout::Speaker)));
    assert_eq!(scene.handle(start()), Ok(vec![]));
    assert_eq!(stopped(&scene.handle(Input::StopRecording).expect("may")), Some(1));
    assert_eq!(scene.handle(Input::StopRecording), Ok(vec![]));
    scene.handle(Input::Disable).expect("may");
    assert_eq!(scene.handle(start()), Err(Refusal::RoomDisabled));
}

#[test]
fn automatic_recording_begins_with_the_first_and_ends_with_the_session() {
    let mut scene = scene(Settings { recording_layout: RecordingLayout::Speaker, ..automatic() });
    let (entry, outputs) = scene.enter("guest", false).expect("let in");
    assert_eq!(started(&outputs), None, "nobody is in yet");
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    assert_eq!(started(&outputs).map(|(run, layout, _)| (run, layout)), Some((1, RecordingLayout::Speaker)));
    assert_eq!(told(&outputs, 2), [RecordingState::Starting]);
    assert_eq!(people(&outputs), Some(vec![("guest".into(), false, true)]));
    says(&mut scene, 1, RecorderReport::Started { at_ms: 0 });
    // The line is lost: the seat is kept for a while, and so is the recording.
    scene.handle(Input::Disconnect { connection: visita_room::ConnectionId(2) }).expect("heard");
    assert_eq!(stopped(&scene.after(secs(5))), None);
    let outputs = scene.after(secs(30));
    assert_eq!(stopped(&outputs), Some(1));
    assert!(outputs.iter().any(|output| matches!(output, Output::SessionEnded { .. })));

    // The next session is recorded anew, also when it begins by media alone.
    let outputs = scene.media_joined("guest").expect("has a token");
    assert_eq!(started(&outputs).map(|(run, ..)| run), Some(2));
    assert_eq!(stopped(&scene.handle(Input::Stop).expect("heard")), Some(2), "the server stops");
}

#[test]
fn an_automatic_recording_that_cannot_be_says_so_and_the_visit_goes_on() {
    let mut scene = Scene::new(automatic());
    let (entry, _) = scene.enter("host", false).expect("let in");
    let outputs = scene.hello("host", entry, 1).expect("connected");
    assert_eq!(started(&outputs), None);
    assert_eq!(told(&outputs, 1), [RecordingState::Stopped { reason: RecordingStop::Failed }]);
}

#[test]
fn it_goes_on_when_the_admin_leaves_and_another_time_when_the_admin_is_back() {
    let mut scene = recorded();
    let outputs = scene.say(1, ClientMessage::Leave).expect("may");
    assert_eq!(stopped(&outputs), None);
    assert_eq!(people(&outputs), Some(vec![("guest".into(), false, true)]));
    scene.come("host", 3);
    let outputs = scene.say(3, STOP_IT).expect("an admin may");
    assert_eq!(stopped(&outputs), Some(1));
    assert!(started(&scene.say(3, START_IT).expect("an admin may")).is_some());
    // The last one ends it.
    scene.say(2, ClientMessage::Leave).expect("may");
    assert_eq!(stopped(&scene.say(3, ClientMessage::Leave).expect("may")), Some(2));
}

#[test]
fn no_stored_yes_is_out_and_an_answer_holds_from_its_moment() {
    let mut scene = scene(manual());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.say(1, answer(true)).expect("may answer before anything is recorded");
    let outputs = scene.say(1, START_IT).expect("an admin may");
    assert_eq!(people(&outputs), Some(vec![("host".into(), true, true), ("guest".into(), false, true)]));
    let kept = outputs.iter().find_map(|output| match output {
        Output::StartRecorder { consents, .. } => Some(consents.len()),
        _ => None,
    });
    assert_eq!(kept, Some(1));

    let outputs = scene.say(2, answer(true)).expect("may");
    assert_eq!(people(&outputs), Some(vec![("host".into(), true, true), ("guest".into(), true, true)]));
    let outputs = scene.say(2, answer(false)).expect("may change");
    assert_eq!(people(&outputs), Some(vec![("host".into(), true, true), ("guest".into(), false, true)]));
    // Media on and off, a mute by the host, a new name and going are told; a hand is not.
    let outputs = scene.say(1, ClientMessage::SetMedia { media: BOTH_ON }).expect("may");
    assert_eq!(people(&outputs).expect("told")[0], ("host".into(), true, false));
    scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }).expect("may");
    let mute = ClientMessage::Mute { participant_id: id("guest"), source: MediaSource::Microphone };
    let outputs = scene.say(1, mute).expect("an admin may");
    assert_eq!(people(&outputs).expect("told")[1], ("guest".into(), false, true));
    assert_eq!(people(&scene.say(2, ClientMessage::RaiseHand { raised: true }).expect("may")), None);
    let camera = MediaState { microphone: true, camera: false };
    assert_eq!(people(&scene.say(1, ClientMessage::SetMedia { media: camera }).expect("may")), None);
    // Leaving and coming again keeps the answer; a new session does not.
    scene.say(1, ClientMessage::Leave).expect("may");
    scene.come("host", 4);
    let (_, _, people) = {
        scene.say(4, STOP_IT).expect("an admin may");
        started(&scene.say(4, START_IT).expect("an admin may")).expect("started")
    };
    assert!(people.iter().any(|one| one.participant_id == id("host") && one.consented));
    scene.say(4, ClientMessage::EndSession).expect("an admin may");
    scene.come("host", 5);
    let (_, _, people) = started(&scene.say(5, START_IT).expect("an admin may")).expect("started");
    assert!(people.iter().all(|one| !one.consented));
}

#[test]
fn an_answer_in_the_waiting_room_counts_inside() {
    let mut scene = scene(Settings { recording: RecordingMode::Automatic, ..with_waiting_room() });
    scene.come("host", 1);
    scene.come("guest", 2);
    assert_eq!(people(&scene.say(2, answer(true)).expect("may")), None, "who waits is not in");
    let outputs = scene.say(1, admit("guest")).expect("an admin may");
    assert_eq!(people(&outputs), Some(vec![("host".into(), false, true), ("guest".into(), true, true)]));
    assert_eq!(welcome(&outputs, 2), (RecordingState::Starting, Some(true)));
}

#[test]
fn a_plain_livekit_client_is_out_unless_the_api_said_otherwise() {
    let mut settings = automatic();
    settings.seats[1].recording_consent = Some(START);
    let mut scene = scene(settings);
    scene.media_joined("guest").expect("has a token");
    let outputs = scene.media_joined("other").expect("has a token");
    // Neither tells the room what is on; that is seen in the media.
    assert_eq!(people(&outputs), Some(vec![("guest".into(), true, false), ("other".into(), false, false)]));

    // Whom the API spoke for may still say no, and it is not asked again in the next session.
    let (entry, _) = scene.enter("guest", true).expect("takes the seat over");
    scene.hello("guest", entry, 2).expect("connected");
    let outputs = scene.say(2, answer(false)).expect("may");
    assert_eq!(people(&outputs).expect("told")[0], ("guest".into(), false, true));
    scene.say(2, ClientMessage::Leave).expect("may");
    scene.handle(Input::MediaLeft { participant_id: id("other"), goodbye: true }).expect("heard");
    let (entry, _) = scene.enter("guest", false).expect("let in");
    let outputs = scene.hello("guest", entry, 3).expect("connected");
    assert_eq!(people(&outputs), Some(vec![("guest".into(), false, true)]));
    assert_eq!(welcome(&outputs, 3).1, None);
}

#[test]
fn a_seat_added_with_consent_is_kept_with_the_recording_and_a_new_link_forgets_the_answer() {
    let mut scene = recorded();
    let seat = SeatSettings { participant_id: id("late"), recording_consent: Some(START), ..manual().seats.remove(1) };
    let outputs = scene.handle(Input::AddSeat { seat }).expect("may");
    assert!(matches!(&outputs[..], [Output::ConsentGiven { consent, .. }] if consent.text_version == "elsewhere"));
    scene.say(2, answer(true)).expect("may");
    scene.handle(Input::RenewLink { participant_id: id("guest"), link: LinkSerial(2) }).expect("may");
    scene.media_joined("guest").expect_err("the token is one of the old link");
    let (entry, _) = {
        let entry = visita_room::EntryId(99);
        let input = Input::Enter { participant_id: id("guest"), link: LinkSerial(2), entry, displace: false };
        (entry, scene.handle(input).expect("let in"))
    };
    let outputs = scene
        .handle(Input::Connect {
            participant_id: id("guest"),
            link: LinkSerial(2),
            entry,
            connection: visita_room::ConnectionId(9),
            display_name: "Another".into(),
            expired: false,
            seen: None,
            session_id: id("s"),
            chat_after: 0,
        })
        .expect("connected");
    assert_eq!(people(&outputs).expect("told")[1], ("guest".into(), false, true));
}

#[test]
fn chat_is_recorded_of_those_who_said_yes() {
    let mut scene = recorded();
    let write = |key: &str| ClientMessage::Chat { key: key.into(), text: "Good morning".into(), reply_to: None };
    let chats = |outputs: &[Output]| outputs.iter().filter(|o| matches!(o, Output::RecorderChat { .. })).count();
    assert_eq!(chats(&scene.say(2, write("a")).expect("may")), 0);
    scene.say(2, answer(true)).expect("may");
    let outputs = scene.say(2, write("b")).expect("may");
    assert!(outputs.contains(&Output::RecorderChat {
        run: RecorderRun(1),
        participant_id: id("guest"),
        display_name: "Name of guest".into(),
        text: "Good morning".into(),
    }));
    assert_eq!(chats(&scene.say(2, write("b")).expect("may")), 0, "said again it is the same message");
    let file = FileInfo {
        file_id: id("f"),
        name: "scan.pdf".into(),
        media_type: "application/pdf".into(),
        size: 1,
        sha256: String::new(),
        purpose: FilePurpose::Chat,
        of: None,
        of_name: None,
        of_screen: false,
        size_px: None,
        has_thumbnail: false,
    };
    let shared = Input::FileShared { participant_id: id("guest"), key: "c".into(), file };
    let outputs = scene.handle(shared).expect("may");
    assert!(outputs.iter().any(|o| matches!(o, Output::RecorderChat { text, .. } if text == "scan.pdf")));
}

#[test]
fn a_recorder_that_dies_is_started_anew_once() {
    let mut scene = recorded();
    let outputs = says(&mut scene, 1, ended(RecorderEnd::Failed));
    assert_eq!(started(&outputs).map(|(run, ..)| run), Some(2));
    assert_eq!(told(&outputs, 2), [RecordingState::Starting]);
    assert_eq!(stopped(&outputs), None, "it is gone already");
    assert_eq!(says(&mut scene, 1, RecorderReport::Progress { recorded_ms: 1, bytes: 1 }), []);
    says(&mut scene, 2, RecorderReport::Started { at_ms: 0 });
    let outputs = says(&mut scene, 2, ended(RecorderEnd::RoomEnded));
    assert_eq!(started(&outputs), None);
    assert_eq!(told(&outputs, 1), [RecordingState::Stopped { reason: RecordingStop::Failed }]);
    // An admin may try again, and has two tries again.
    let outputs = scene.say(1, START_IT).expect("an admin may");
    assert_eq!(started(&outputs).map(|(run, ..)| run), Some(3));
    let outputs = says(&mut scene, 3, ended(RecorderEnd::Failed));
    assert_eq!(started(&outputs).map(|(run, ..)| run), Some(4));
    // Where none can be started any more it is over at once.
    scene.room.set_recorder_available(false);
    let outputs = says(&mut scene, 4, ended(RecorderEnd::Failed));
    assert_eq!(told(&outputs, 1), [RecordingState::Stopped { reason: RecordingStop::Failed }]);
    assert_eq!(told(&scene.say(1, STOP_IT).expect("an admin may"), 2), [RecordingState::Off]);
}

#[test]
fn a_full_disk_ends_it_and_trouble_is_shown_while_it_lasts() {
    let mut scene = recorded();
    let trouble = |trouble| RecorderReport::Trouble { trouble };
    let shown = |outputs: &[Output]| match told(outputs, 2)[..] {
        [RecordingState::On { trouble, .. }] => Some(trouble),
        [] => None,
        _ => panic!("{outputs:?}"),
    };
    let outputs = says(&mut scene, 1, trouble(RecorderTrouble::ConnectionLost));
    assert_eq!(shown(&outputs), Some(Some(RecorderTrouble::ConnectionLost)));
    assert_eq!(shown(&says(&mut scene, 1, trouble(RecorderTrouble::ConnectionLost))), None);
    assert_eq!(shown(&says(&mut scene, 1, trouble(RecorderTrouble::ConnectionBack))), Some(None));
    assert_eq!(shown(&says(&mut scene, 1, trouble(RecorderTrouble::TooSlow))), Some(Some(RecorderTrouble::TooSlow)));
    let progress = RecorderReport::Progress { recorded_ms: 1, bytes: 1 };
    assert_eq!(shown(&says(&mut scene, 1, progress.clone())), None);
    scene.after(secs(20));
    assert_eq!(shown(&says(&mut scene, 1, progress)), Some(None), "it was not said again");
    let outputs = says(&mut scene, 1, ended(RecorderEnd::DiskFull));
    assert_eq!(started(&outputs), None, "another one would fare no better");
    assert_eq!(told(&outputs, 1), [RecordingState::Stopped { reason: RecordingStop::DiskFull }]);
}
