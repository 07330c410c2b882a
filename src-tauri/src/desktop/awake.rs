//! A display that does not sleep during a call.

use std::sync::mpsc;

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
    let mut held = None;
    while let Ok(wanted) = inbox.recv() {
        held = if wanted { held.or_else(hold) } else { None };
    }
    drop(held);
}

fn hold() -> Option<keepawake::KeepAwake> {
    let asked = keepawake::Builder::default()
        .display(true)
        .idle(true)
        .reason("A video visit")
        .app_name("Visita")
        .app_reverse_domain("org.visita.desktop")
        .create();
    match asked {
        Ok(held) => Some(held),
        Err(error) => {
            tracing::info!(%error, "the display may go to sleep");
            None
        }
    }
}
