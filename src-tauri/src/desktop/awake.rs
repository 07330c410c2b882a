//! A display that does not sleep during a call.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
};

/// Holds the display awake while it is told to. The thread is for systems that answer slowly.
pub(super) struct Awake {
    wanted: bool,
    wishes: Option<mpsc::Sender<bool>>,
}

impl Awake {
    pub(super) fn start() -> Self {
        let (wishes, inbox) = mpsc::channel();
        let started = std::thread::Builder::new().name("awake".into()).spawn(move || run(&inbox));
        Self { wanted: false, wishes: started.is_ok().then_some(wishes) }
    }

    pub(super) fn set(&mut self, wanted: bool) {
        if self.wanted == wanted {
            return;
        }
        self.wanted = wanted;
        if let Some(wishes) = &self.wishes {
            // The thread ends only with the app.
            let _ = wishes.send(wanted);
        }
    }
}

fn run(inbox: &mpsc::Receiver<bool>) {
    let mut held = Vec::new();
    while let Ok(wanted) = inbox.recv() {
        if !wanted {
            let_go(&mut held);
        } else if held.is_empty() {
            // Two wishes to two services: where one is missing the other holds.
            held = [hold("display", |asked| asked.display(true)), hold("computer", |asked| asked.idle(true))]
                .into_iter()
                .flatten()
                .collect();
        }
    }
    let_go(&mut held);
}

fn hold(
    what: &str,
    how: impl FnOnce(&mut keepawake::Builder) -> &mut keepawake::Builder,
) -> Option<keepawake::KeepAwake> {
    let mut asked = keepawake::Builder::default();
    asked.reason("A video visit").app_name("Visita").app_reverse_domain("org.visita.desktop");
    match how(&mut asked).create() {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::info!(%error, "the {what} may go to sleep");
            None
        }
    }
}

/// The library panics where the service that was asked is gone by now.
fn let_go(held: &mut Vec<keepawake::KeepAwake>) {
    for one in held.drain(..) {
        if catch_unwind(AssertUnwindSafe(|| drop(one))).is_err() {
            tracing::info!("who kept the display awake is gone");
        }
    }
}
