//! Files dragged from another program into a window: the source's side of XDND 5
//! (<https://www.freedesktop.org/wiki/Specifications/XDND/>).

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use url::Url;
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode,
            SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::Eye;

/// How long the window may take to say whether it takes them, and to take them.
const PATIENCE: Duration = Duration::from_secs(10);

impl Eye {
    /// Drags files over a window, to a place of the display, and lets them go there. Fails when the window does not take
    /// them. Takes its time: not for the thread of an executor.
    pub fn drop_files(&self, window: Window, at: (i16, i16), files: &[&Path]) -> Result<()> {
        let source = Source::new(&self.connection, self.root, window, files)?;
        source.say("XdndEnter", [source.id, 5 << 24, source.uri_list, 0, 0])?;
        let place = (u32::from(at.0.unsigned_abs()) << 16) | u32::from(at.1.unsigned_abs());
        let copy = source.atom("XdndActionCopy")?;
        let started = Instant::now();
        // As a hand that moves on: the window may know only later that it takes them.
        loop {
            ensure!(started.elapsed() < PATIENCE, "the window does not take the files");
            source.say("XdndPosition", [source.id, 0, place, x11rb::CURRENT_TIME, copy])?;
            if source.answer("XdndStatus")?[1] & 1 == 1 {
                break;
            }
        }
        source.say("XdndDrop", [source.id, 0, x11rb::CURRENT_TIME, 0, 0])?;
        let finished = source.answer("XdndFinished")?;
        ensure!(finished[1] & 1 == 1, "the window did not take the files");
        Ok(())
    }
}

struct Source<'c> {
    connection: &'c RustConnection,
    id: Window,
    target: Window,
    uri_list: Atom,
    words: Vec<u8>,
}

impl<'c> Source<'c> {
    fn new(connection: &'c RustConnection, root: Window, target: Window, files: &[&Path]) -> Result<Self> {
        let mut words = String::new();
        for file in files {
            let file = Url::from_file_path(file).ok().context("no whole path")?;
            words.push_str(file.as_str());
            words.push_str("\r\n");
        }
        let id = connection.generate_id()?;
        let nothing = CreateWindowAux::new();
        connection.create_window(0, id, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &nothing)?.check()?;
        let uri_list = connection.intern_atom(false, b"text/uri-list")?.reply()?.atom;
        let source = Self { connection, id, target, uri_list, words: words.into_bytes() };
        connection.set_selection_owner(id, source.atom("XdndSelection")?, x11rb::CURRENT_TIME)?.check()?;
        Ok(source)
    }

    fn atom(&self, name: &str) -> Result<Atom> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn say(&self, what: &str, words: [u32; 5]) -> Result<()> {
        let message = ClientMessageEvent::new(32, self.target, self.atom(what)?, words);
        self.connection.send_event(false, self.target, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }

    /// Waits for a message, and hands over the files to who asks for them meanwhile.
    fn answer(&self, what: &str) -> Result<[u32; 5]> {
        let what = (self.atom(what)?, what);
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.connection.poll_for_event()? {
                Some(Event::ClientMessage(message)) if message.type_ == what.0 => return Ok(message.data.as_data32()),
                Some(Event::SelectionRequest(asked)) => self.hand_over(&asked)?,
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        anyhow::bail!("the window does not answer with {}", what.1)
    }

    fn hand_over(&self, asked: &SelectionRequestEvent) -> Result<()> {
        let known = asked.target == self.uri_list;
        if known {
            let (window, property) = (asked.requestor, asked.property);
            self.connection
                .change_property8(PropMode::REPLACE, window, property, asked.target, &self.words)?
                .check()?;
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: asked.time,
            requestor: asked.requestor,
            selection: asked.selection,
            target: asked.target,
            property: if known { asked.property } else { AtomEnum::NONE.into() },
        };
        self.connection.send_event(false, asked.requestor, EventMask::NO_EVENT, answer)?.check()?;
        Ok(())
    }
}
