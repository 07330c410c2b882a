//! People in calls, for tests and measurements: join, wait until something is seen, draw what the tools tell.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that does not see what it waits for ends"
)]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::mpsc;
use visita_protocol::{
    BoardId, ItemId,
    board::{ROOM_BOARD, Shape},
    view::{
        BoardNews, BoardRights, CallView, ChatView, CursorView, NoticeCode, NoticeView, PersonView, PointerView,
        SnapshotView, ToolsNews, WaitingView,
    },
};

use crate::{
    Call, CallState, CameraChoice, FrameHub, JoinTarget, LocalMedia, MicrophoneChoice, Reception, SpeakerChoice, Told,
    entry,
};

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A target by link.
pub fn by_link(link: &str, name: &str) -> JoinTarget {
    let link = entry::parse_link(link).expect("a link");
    JoinTarget::Link { link, display_name: Some(name.to_owned()), displace: false }
}

/// Somebody in a call.
pub struct Person {
    /// The call.
    pub call: Call,
    /// What they go in as.
    pub name: String,
    /// What is told for a moment.
    pub notices: mpsc::UnboundedReceiver<NoticeView>,
    _key_frames: Option<mpsc::UnboundedSender<u32>>,
}

impl Person {
    /// Goes in without devices.
    pub fn quiet(target: JoinTarget, name: &str) -> Self {
        Self::with(target, name, CameraChoice::None, MicrophoneChoice::None)
    }

    /// Goes in with the test picture and a tone.
    pub fn sending(target: JoinTarget, name: &str) -> Self {
        Self::with(target, name, CameraChoice::Pattern, MicrophoneChoice::Tone(440.0))
    }

    /// Goes in with these devices, and sees nobody's pictures.
    pub fn with(target: JoinTarget, name: &str, camera: CameraChoice, microphone: MicrophoneChoice) -> Self {
        let (hub, _) = FrameHub::new();
        let media = Arc::new(LocalMedia::start(camera, microphone, SpeakerChoice::Null, hub.clone()));
        media.set_preview(None);
        let (key_frames, wanted) = mpsc::unbounded_channel();
        let mut call = Call::join(target, media, hub, wanted);
        let notices = call.take_notices().expect("not taken yet");
        Self { call, name: name.to_owned(), notices, _key_frames: Some(key_frames) }
    }

    /// Goes in with these devices; everybody's pictures come to the hub.
    pub fn watching(
        target: JoinTarget,
        name: &str,
        media: LocalMedia,
        hub: (FrameHub, mpsc::UnboundedReceiver<u32>),
    ) -> Self {
        Self::receiving(target, name, Reception::Everything, media, hub)
    }

    /// Goes in with these devices; pictures come to the hub as they are received.
    pub fn receiving(
        target: JoinTarget,
        name: &str,
        reception: Reception,
        media: LocalMedia,
        (hub, wanted): (FrameHub, mpsc::UnboundedReceiver<u32>),
    ) -> Self {
        let mut call = Call::join_receiving(target, reception, Arc::new(media), hub, wanted);
        let notices = call.take_notices().expect("not taken yet");
        Self { call, name: name.to_owned(), notices, _key_frames: None }
    }

    /// Waits until the call stands as asked for.
    pub async fn until<T>(&self, what: &str, mut pick: impl FnMut(&CallState) -> Option<T>) -> T {
        let mut state = self.call.watch();
        let mut last = String::new();
        let seen = async {
            loop {
                {
                    let now = state.borrow_and_update();
                    if let Some(picked) = pick(&now) {
                        return picked;
                    }
                    last = format!("{:?}", *now);
                }
                if state.changed().await.is_err() {
                    panic!("{}: the call ended before {what}", self.name);
                }
            }
        };
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(picked) => picked,
            Err(_) => panic!("{}: not within {PATIENCE:?}: {what}; it stands: {last}", self.name),
        }
    }

    /// Waits until the view is as asked for.
    pub async fn sees<T>(&self, what: &str, mut pick: impl FnMut(&CallView) -> Option<T>) -> T {
        self.until(what, |state| match state {
            CallState::Running(view) => pick(view),
            CallState::Failed(problem) => panic!("{}: {problem:?} before {what}", self.name),
            _ => None,
        })
        .await
    }

    /// Waits until in the waiting room as asked for.
    pub async fn waits<T>(&self, what: &str, mut pick: impl FnMut(&WaitingView) -> Option<T>) -> T {
        self.until(what, |state| if let CallState::Waiting(view) = state { pick(view) } else { None }).await
    }

    /// Waits until connected with the room's whole state known.
    pub async fn is_in(&self) {
        use visita_protocol::view::ConnectionView::{Connected, Unstable};
        self.sees("being in", |view| matches!(view.connection, Connected | Unstable).then_some(())).await;
    }

    /// Waits until somebody is seen as asked for.
    pub async fn sees_person<T>(&self, what: &str, name: &str, mut pick: impl FnMut(&PersonView) -> Option<T>) -> T {
        self.sees(what, |view| pick(view.people.iter().find(|person| person.display_name == name)?)).await
    }

    /// Waits for a notice.
    pub async fn hears(&mut self, code: NoticeCode) -> Option<String> {
        let heard = async {
            loop {
                let notice = self.notices.recv().await.expect("the call goes on");
                if notice.code == code {
                    return notice.name;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(name) => name,
            Err(_) => panic!("{}: no notice {code:?} within {PATIENCE:?}", self.name),
        }
    }
}

/// The room's own board.
pub fn room_board() -> BoardId {
    ROOM_BOARD.parse().expect("an id")
}

/// What a page would draw of one person's tools.
#[derive(Default)]
pub struct Drawn {
    /// The chat.
    pub chat: ChatView,
    /// Snapshots, newest first.
    pub gallery: Vec<SnapshotView>,
    /// The others' pointers.
    pub pointers: Vec<PointerView>,
    /// What lies on the boards that are open.
    pub boards: BTreeMap<BoardId, BTreeMap<ItemId, Shape>>,
    /// The others' cursors on the board told of last.
    pub cursors: Vec<CursorView>,
    /// What I may do there.
    pub rights: BoardRights,
    /// There is something to take back.
    pub can_undo: bool,
}

/// A person's page without a window: it draws what the call tells of the tools.
pub struct Page {
    told: mpsc::UnboundedReceiver<Told>,
    /// What it shows.
    pub drawn: Drawn,
}

impl Page {
    /// The page of somebody; each has one.
    pub fn of(person: &mut Person) -> Self {
        Self { told: person.call.take_told().expect("not taken yet"), drawn: Drawn::default() }
    }

    /// Draws what is told until it is as asked for.
    pub async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&Drawn) -> Option<T>) -> T {
        let drawing = async {
            loop {
                if let Some(picked) = pick(&self.drawn) {
                    return picked;
                }
                self.drawn.draw(self.told.recv().await.unwrap_or_else(|| panic!("the call ended before {what}")));
            }
        };
        match tokio::time::timeout(PATIENCE, drawing).await {
            Ok(picked) => picked,
            Err(_) => panic!("not within {PATIENCE:?}: {what}; chat: {:?}", self.drawn.chat),
        }
    }
}

impl Drawn {
    fn draw(&mut self, told: Told) {
        match told {
            Told::Tools(ToolsNews::Chat { chat }) => self.chat = chat,
            Told::Tools(ToolsNews::Gallery { snapshots }) => self.gallery = snapshots,
            Told::Tools(ToolsNews::Pointers { pointers }) => self.pointers = pointers,
            Told::Board(BoardNews::Whole { board, items, .. }) => {
                self.boards.insert(board, items.into_iter().map(|item| (item.id, item.shape)).collect());
            }
            Told::Board(BoardNews::Changed { board, put, extended, removed, .. }) => {
                let items = self.boards.entry(board).or_default();
                items.extend(put.into_iter().map(|item| (item.id, item.shape)));
                for more in extended {
                    let Some(Shape::Pen { points, .. }) = items.get_mut(&more.id) else { panic!("no such stroke") };
                    assert_eq!(points.len(), more.from as usize, "points have their place");
                    points.extend(more.points);
                }
                removed.iter().for_each(|id| drop(items.remove(id)));
            }
            Told::Board(BoardNews::Cursors { cursors, .. }) => self.cursors = cursors,
            Told::Board(BoardNews::Rights { rights, can_undo, .. }) => {
                (self.rights, self.can_undo) = (rights, can_undo)
            }
        }
    }

    /// What was written.
    pub fn texts(&self) -> Vec<&str> {
        self.chat.messages.iter().map(|message| message.text.as_str()).collect()
    }

    /// How many points a stroke on the room's board has.
    pub fn points(&self, item: &str) -> Option<usize> {
        match self.boards.get(&room_board())?.get(&item.parse::<ItemId>().ok()?)? {
            Shape::Pen { points, .. } => Some(points.len()),
            _ => None,
        }
    }

    /// How many items lie on the room's board.
    pub fn item_count(&self) -> usize {
        self.boards.get(&room_board()).map_or(0, BTreeMap::len)
    }
}
