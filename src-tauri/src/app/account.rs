//! Who the person is to the servers: signing in, presence, ringing, and the renewal of tokens. The host of this computer's
//! own rooms has a line of the same kind to the server in the app.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use url::Url;
use visita_media::speaker;
use visita_protocol::{
    ErrorCode, Problem, Secret, UserId,
    desktop::{AccountView, IncomingCallView, SignInAskedView, SignInRefusedView},
    link::RoomLink,
    rest::{Credentials, Role, SignedIn},
    user_channel::{CallOver, IncomingCall, UserClientMessage, UserServerMessage},
};

use super::{App, Home, Internal, Screen, command::AccountAction, host_of, rooms::Rooms};
use crate::{
    secrets::Secrets,
    server::{Api, Auth, BuiltIn, ChannelEvent, Place, UserChannel},
};

/// The secret that is the account.
const ACCOUNT: &str = "account";
/// A token that failed to be renewed is tried again after this.
const RENEW_AGAIN: Duration = Duration::from_secs(20);

/// Somebody signed in on another server, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    server: Url,
    token: Secret,
    user_id: UserId,
    role: Role,
}

/// The account on another server.
#[derive(Default)]
pub(super) struct Account {
    state: State,
    turn: u32,
    /// A sign-in link that is to be used only when the person says so.
    asked: Option<(Url, Secret)>,
    /// Why the last sign-in came to nothing, while an earlier one holds.
    refused: Option<SignInRefusedView>,
    /// Whether rooms can be recorded, of this computer and of the account.
    can_record: [bool; 2],
    /// Whether the person is an operator, on this computer and with the account, as the server said last.
    is_operator: [bool; 2],
}

#[derive(Default)]
enum State {
    #[default]
    None,
    SigningIn {
        server: String,
        /// Who one is until then, and stays when it comes to nothing.
        before: Option<Kept>,
    },
    In {
        kept: Kept,
        api: Api,
        online: bool,
    },
    Expired {
        server: String,
    },
    Refused {
        server: String,
        problem: Problem,
    },
}

/// The lines to the servers on which the person is somebody.
#[derive(Default)]
pub(super) struct Lines {
    computer: Option<UserChannel>,
    account: Option<UserChannel>,
    /// Tells what an older line still says: the newest of each, of this computer and of the account.
    newest: [u32; 2],
    generation: u32,
}

/// What rings, the oldest first.
#[derive(Default)]
pub(super) struct Ringing {
    calls: Vec<Rings>,
    last_id: u32,
    /// The one that is being answered, and whether with the camera.
    answering: Option<(Home, u64, bool)>,
    bell: Option<std::sync::mpsc::Sender<()>>,
}

struct Rings {
    id: u32,
    home: Home,
    call: IncomingCall,
    until: Instant,
    until_ms: f64,
}

impl Account {
    pub(super) fn view(&self) -> AccountView {
        match &self.state {
            State::None => AccountView::Local {
                can_record: self.can_record[Home::Computer as usize],
                is_operator: self.is_operator[Home::Computer as usize],
            },
            State::SigningIn { server, .. } => AccountView::SigningIn { server: server.clone() },
            State::In { kept, online, .. } => AccountView::SignedIn {
                server: host_of(&kept.server),
                user_id: kept.user_id.to_string(),
                role: kept.role,
                can_record: self.can_record[Home::Account as usize],
                is_operator: self.is_operator[Home::Account as usize],
                online: *online,
                refused: self.refused.clone(),
            },
            State::Expired { server } => AccountView::Expired { server: server.clone() },
            State::Refused { server, problem } => {
                AccountView::Refused { server: server.clone(), problem: problem.clone() }
            }
        }
    }

    /// The question whether a link is to be used.
    pub(super) fn asked(&self) -> Option<SignInAskedView> {
        let (server, _) = self.asked.as_ref()?;
        let replaces = match &self.state {
            State::In { kept, .. } => Some(host_of(&kept.server)),
            _ => None,
        };
        Some(SignInAskedView { server: host_of(server), replaces })
    }

    /// The way to one's rooms there.
    pub(super) fn rooms(&self) -> Option<Rooms> {
        let State::In { kept, api, .. } = &self.state else { return None };
        Some(Rooms { home: Home::Account, me: api.clone(), my_id: kept.user_id.clone(), backend: None })
    }
}

impl App {
    pub(super) fn account(&mut self, action: AccountAction) {
        match action {
            AccountAction::SignIn { secret, server } => self.sign_in(&secret, server.as_deref()),
            AccountAction::AnswerSignIn { yes } => {
                if let Some((_, link)) = self.account.asked.take().filter(|_| yes) {
                    self.sign_in(link.expose(), None);
                }
            }
            AccountAction::SignOut => self.sign_out(),
            AccountAction::AllowNetwork { on } => self.allow_network(on),
        }
    }

    // --- signing in ---

    /// Whether to use a sign-in link that others may have sent: it would make this app theirs.
    pub(super) fn ask_to_sign_in(&mut self, link: &str) {
        let Some((server, _)) = sign_in_link(link) else { return };
        self.account.asked = Some((server, link.into()));
    }

    pub(super) fn is_signed_in(&self) -> bool {
        matches!(self.account.state, State::In { .. })
    }

    pub(super) fn sign_in(&mut self, secret: &str, server: Option<&str>) {
        let malformed = || Problem::new(ErrorCode::LinkMalformed, "this is no sign-in link");
        let parsed = match server {
            None => sign_in_link(secret).ok_or_else(malformed),
            Some(server) => server_url(server).map(|url| (url, Secret::new(secret.trim()))).ok_or_else(malformed),
        };
        self.account.turn += 1;
        self.account.asked = None;
        self.account.refused = None;
        let (url, secret) = match parsed {
            Ok(parsed) => parsed,
            Err(problem) => return self.not_signed_in(String::new(), problem),
        };
        let own = self.built_in.as_ref().map(|built_in| built_in.url().clone());
        if let Err(problem) = self.policy.check(&url, own.as_ref()) {
            return self.not_signed_in(host_of(&url), problem);
        }
        let before = match std::mem::take(&mut self.account.state) {
            State::In { kept, .. } => Some(kept),
            State::SigningIn { before, .. } => before,
            _ => None,
        };
        self.account.state = State::SigningIn { server: host_of(&url), before };
        let by_link = server.is_none();
        let (turn, internal) = (self.account.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = if by_link { by_a_link(&url, &secret).await } else { by_token(&url, secret).await };
            let answer = answer.map(|signed_in| Box::new((url, signed_in)));
            let _ = internal.send(Internal::SignedIn { turn, answer });
        });
    }

    pub(super) fn signed_in(&mut self, turn: u32, answer: Result<Box<(Url, SignedIn)>, Problem>) {
        if turn != self.account.turn {
            return;
        }
        match answer {
            Ok(signed_in) => {
                let (server, SignedIn { credentials, role, .. }) = *signed_in;
                let Credentials { access_token: token, user_id, .. } = credentials;
                self.come_in(Kept { server, token, user_id, role });
                self.keep_account();
            }
            Err(problem) => {
                let server = match &self.account.state {
                    State::SigningIn { server, .. } => server.clone(),
                    _ => String::new(),
                };
                self.not_signed_in(server, problem);
            }
        }
    }

    /// Whoever is signed in somewhere stays so.
    fn not_signed_in(&mut self, server: String, problem: Problem) {
        let before = match &mut self.account.state {
            State::SigningIn { before, .. } => before.take(),
            State::In { .. } => {
                self.account.refused = Some(SignInRefusedView { server, problem });
                return;
            }
            _ => None,
        };
        match before {
            Some(kept) => {
                self.come_in(kept);
                self.account.refused = Some(SignInRefusedView { server, problem });
            }
            None => self.account.state = State::Refused { server, problem },
        }
    }

    /// Signed in at an earlier start.
    pub(super) fn account_kept(&mut self, kept: &Secret) {
        let Ok(kept) = serde_json::from_str::<Kept>(kept.expose()) else { return };
        if self.policy.check(&kept.server, None).is_ok() {
            self.come_in(kept);
            // A token has a day: one that has lain for a night is replaced before it is needed.
            self.renew(Home::Account, Duration::ZERO);
        }
    }

    fn come_in(&mut self, kept: Kept) {
        let api = match Api::new(kept.server.clone(), Auth::Token(kept.token.clone())) {
            Ok(api) => api,
            Err(problem) => {
                self.account.state = State::Refused { server: host_of(&kept.server), problem };
                return;
            }
        };
        // Another account's, until this one's server says it.
        self.account.is_operator[Home::Account as usize] = false;
        self.ringing.forget(Home::Account);
        self.lines.account = Some(self.line(Home::Account, &kept.server, kept.token.clone()));
        self.account.state = State::In { kept, api, online: false };
        self.refresh_rooms();
    }

    fn keep_account(&self) {
        let (State::In { kept, .. }, Some(secrets)) = (&self.account.state, self.secrets.clone()) else { return };
        let Ok(text) = serde_json::to_string(kept) else { return };
        tokio::task::spawn_blocking(move || secrets.set(ACCOUNT, &Secret::new(text)));
    }

    fn sign_out(&mut self) {
        self.account.state = State::None;
        self.account.turn += 1;
        self.lines.account = None;
        self.ringing.forget(Home::Account);
        self.room_homes.retain(|_, home| *home != Home::Account);
        if let Some(secrets) = self.secrets.clone() {
            tokio::task::spawn_blocking(move || secrets.forget(ACCOUNT));
        }
        self.refresh_rooms();
    }

    // --- people on this network ---

    /// The server starts anew, with other doors.
    fn allow_network(&mut self, on: bool) {
        if matches!(self.screen, Screen::Call(_)) || self.network.on == on && self.network.problem.is_none() {
            return;
        }
        let Some(old) = self.built_in.take() else { return };
        self.network.on = on;
        self.network.problem = None;
        Place { network: on, ..Place::read(&self.folder) }.write(&self.folder);
        self.lines.computer = None;
        self.start_server(Some(*old));
    }

    // --- lines ---

    fn line(&mut self, home: Home, server: &Url, token: Secret) -> UserChannel {
        self.lines.generation += 1;
        self.lines.newest[home as usize] = self.lines.generation;
        let (generation, internal) = (self.lines.generation, self.internal.clone());
        UserChannel::start(server, token, move |event| {
            // The app is closing when nobody listens.
            let _ = internal.send(Internal::Channel { home, generation, event });
        })
    }

    /// The host of this computer is online at its own server.
    pub(super) fn host_online(&mut self, built_in: &BuiltIn) {
        self.lines.computer = Some(self.line(Home::Computer, built_in.url(), built_in.token.clone()));
    }

    pub(super) fn told(&mut self, home: Home, event: ChannelEvent) {
        match event {
            ChannelEvent::Message(message) => self.told_message(home, message),
            ChannelEvent::Lost => {
                self.online(home, false);
                self.ringing.forget(home);
            }
            ChannelEvent::Refused(problem) => self.signed_out_by(home, Some(problem)),
            ChannelEvent::Expired => self.signed_out_by(home, None),
        }
    }

    fn told_message(&mut self, home: Home, message: UserServerMessage) {
        match message {
            UserServerMessage::Welcome { calls, can_record, is_operator, .. } => {
                self.online(home, true);
                self.account.can_record[home as usize] = can_record;
                self.account.is_operator[home as usize] = is_operator;
                for call in calls {
                    self.rings(home, call);
                }
            }
            UserServerMessage::IncomingCall { call } => self.rings(home, call),
            UserServerMessage::CallOver { call_id, reason } => {
                if reason == CallOver::NoAnswer {
                    tracing::info!("a call was not answered");
                }
                self.ringing.over(home, call_id);
            }
            UserServerMessage::CallAnswered { call_id, url } => {
                self.ringing.over(home, call_id);
                let Some((_, _, camera)) = self.ringing.answering.take_if(|(h, id, _)| (*h, *id) == (home, call_id))
                else {
                    return;
                };
                if let Ok(link) = RoomLink::parse(url.expose()) {
                    self.answered(link, camera);
                }
            }
            UserServerMessage::TokenExpiring { .. } => self.renew(home, Duration::ZERO),
            UserServerMessage::Refused { error } => {
                tracing::info!(code = error.code.as_str(), "refused by the user channel");
                self.ringing.answering = None;
            }
            UserServerMessage::Presence { .. } => self.refresh_rooms(),
            UserServerMessage::Renewed { .. } | UserServerMessage::Closed { .. } | UserServerMessage::Pong => {}
        }
    }

    fn online(&mut self, home: Home, now: bool) {
        if let (Home::Account, State::In { online, .. }) = (home, &mut self.account.state) {
            *online = now;
        }
    }

    fn signed_out_by(&mut self, home: Home, problem: Option<Problem>) {
        self.ringing.forget(home);
        match home {
            // The key makes another one.
            Home::Computer => self.renew(home, RENEW_AGAIN),
            Home::Account => {
                let State::In { kept, .. } = &self.account.state else { return };
                let server = host_of(&kept.server);
                self.lines.account = None;
                self.account.state = match problem {
                    Some(problem) if !matches!(problem.code, ErrorCode::TokenExpired | ErrorCode::Unauthorized) => {
                        State::Refused { server, problem }
                    }
                    _ => State::Expired { server },
                };
            }
        }
    }

    /// Asks for a newer token; the line stays up, and so does a call.
    fn renew(&self, home: Home, after: Duration) {
        let internal = self.internal.clone();
        let (api, host_id) = match (home, &self.built_in, &self.account.state) {
            (Home::Computer, Some(built_in), _) => (built_in.backend.clone(), Some(built_in.host_id.clone())),
            (Home::Account, _, State::In { api, .. }) => (api.clone(), None),
            _ => return,
        };
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let answer = match host_id {
                Some(host_id) => api.credentials(host_id).await,
                None => api.renew().await,
            };
            let _ = internal.send(Internal::Renewed { home, answer });
        });
    }

    pub(super) fn renewed(&mut self, home: Home, answer: Result<Credentials, Problem>) {
        let token = match answer {
            Ok(credentials) => credentials.access_token,
            Err(problem) => {
                tracing::info!(code = problem.code.as_str(), "the access token was not renewed");
                // While it is still good there is time to try again; when it is not, the line says so.
                if matches!(problem.code, ErrorCode::ServerUnreachable | ErrorCode::ServerNotUnderstood) {
                    self.renew(home, RENEW_AGAIN);
                }
                return;
            }
        };
        let renew = UserClientMessage::Renew { token: token.clone() };
        match home {
            Home::Computer => {
                let Some(built_in) = &mut self.built_in else { return };
                built_in.token = token.clone();
                built_in.host = built_in.backend.with(Auth::Token(token));
                if let Some(line) = &self.lines.computer {
                    line.send(renew);
                }
            }
            Home::Account => {
                let State::In { kept, api, .. } = &mut self.account.state else { return };
                kept.token = token.clone();
                *api = api.with(Auth::Token(token));
                if let Some(line) = &self.lines.account {
                    line.send(renew);
                }
                self.keep_account();
            }
        }
    }

    /// Whether it is the newest line there, and still held.
    pub(super) fn is_this_line(&self, generation: u32, home: Home) -> bool {
        let line = match home {
            Home::Computer => &self.lines.computer,
            Home::Account => &self.lines.account,
        };
        line.is_some() && self.lines.newest[home as usize] == generation
    }

    // --- ringing ---

    fn rings(&mut self, home: Home, call: IncomingCall) {
        let known = |rings: &Rings| (rings.home, rings.call.call_id) == (home, call.call_id);
        if self.ringing.calls.iter().any(known) {
            return;
        }
        if matches!(self.screen, Screen::Call(_)) {
            self.say(home, UserClientMessage::Decline { call_id: call.call_id, busy: true });
            return;
        }
        let rings_for = Duration::from_secs(call.rings_for_s.into());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.ringing.last_id += 1;
        self.ringing.calls.push(Rings {
            id: self.ringing.last_id,
            home,
            until: Instant::now() + rings_for,
            until_ms: ((now + rings_for).as_secs_f64() * 1000.0).round(),
            call,
        });
        let speaker = self.store.get().speaker.clone();
        self.ringing.ring(speaker);
    }

    pub(super) fn answer_call(&mut self, id: u32, with_camera: bool) {
        let Some(rings) = self.ringing.calls.iter().find(|rings| rings.id == id) else { return };
        let (home, call_id) = (rings.home, rings.call.call_id);
        self.ringing.answering = Some((home, call_id, with_camera));
        self.say(home, UserClientMessage::Answer { call_id });
    }

    pub(super) fn decline_call(&mut self, id: u32) {
        let Some(rings) = self.ringing.calls.iter().find(|rings| rings.id == id) else { return };
        let (home, call_id) = (rings.home, rings.call.call_id);
        self.say(home, UserClientMessage::Decline { call_id, busy: false });
        self.ringing.over(home, call_id);
    }

    fn say(&self, home: Home, message: UserClientMessage) {
        let line = match home {
            Home::Computer => &self.lines.computer,
            Home::Account => &self.lines.account,
        };
        if let Some(line) = line {
            line.send(message);
        }
    }
}

impl Ringing {
    /// What the incoming-call window shows.
    pub(super) fn view(&self) -> Option<IncomingCallView> {
        let rings = self.calls.first()?;
        Some(IncomingCallView {
            call_id: rings.id,
            title: rings.call.title.clone(),
            caller_name: rings.call.caller_name.clone(),
            call_type: rings.call.call_type,
            recording: rings.call.recording,
            rings_until_ms: rings.until_ms,
        })
    }

    /// Calls that have rung long enough.
    pub(super) fn tick(&mut self) {
        self.calls.retain(|rings| rings.until > Instant::now());
        self.hush();
    }

    /// One is over.
    fn over(&mut self, home: Home, call_id: u64) {
        self.calls.retain(|rings| (rings.home, rings.call.call_id) != (home, call_id));
        self.hush();
    }

    /// Its line is gone.
    fn forget(&mut self, home: Home) {
        self.calls.retain(|rings| rings.home != home);
        self.hush();
    }

    fn hush(&mut self) {
        if self.calls.is_empty() {
            self.bell = None;
        }
    }

    /// Rings on a speaker of its own until the sender is dropped; the thread is for systems that open slowly.
    fn ring(&mut self, device: Option<String>) {
        if self.bell.is_some() || std::env::var("VISITA_SPEAKER").is_ok_and(|choice| choice == "none") {
            return;
        }
        let (bell, stopped) = std::sync::mpsc::channel::<()>();
        let rang = std::thread::Builder::new().name("bell".into()).spawn(move || {
            match speaker::play(speaker::Sound::Ring, device.as_deref()) {
                // Nothing is ever sent: this waits for the sender's end.
                Ok(_bell) => drop(stopped.recv()),
                Err(error) => tracing::info!(%error, "a call rings without sound"),
            }
        });
        if rang.is_ok() {
            self.bell = Some(bell);
        }
    }
}

/// The account of an earlier start. Blocks: see [`Secrets`].
pub(super) fn kept(secrets: &Secrets) -> Option<Secret> {
    secrets.get(ACCOUNT)
}

/// `https://HOST/sign-in/CODE`, also in the app's own scheme.
pub(super) fn sign_in_link(text: &str) -> Option<(Url, Secret)> {
    let url = Url::parse(text.trim()).ok()?;
    let code = url.path().trim_matches('/').strip_prefix("sign-in/")?;
    let well_formed = !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    // A room's link has the same rules of hosts and schemes.
    let like_a_room = text.trim().replacen("/sign-in/", "/join/", 1);
    let link = RoomLink::parse(&like_a_room).ok()?;
    well_formed.then(|| (link.server, Secret::new(code)))
}

/// A server as people write it.
fn server_url(text: &str) -> Option<Url> {
    let text = text.trim().trim_end_matches('/');
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&format!("{text}/")).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

async fn by_a_link(server: &Url, code: &Secret) -> Result<SignedIn, Problem> {
    Api::new(server.clone(), Auth::Nobody)?.sign_in(code).await
}

/// A token says whose it is when it is renewed. What its owner may do shows when they do it.
async fn by_token(server: &Url, token: Secret) -> Result<SignedIn, Problem> {
    let credentials = Api::new(server.clone(), Auth::Token(token))?.renew().await?;
    Ok(SignedIn { credentials, role: Role::Plus, is_operator: false, company: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_links_are_told_from_others() {
        let code = "abcdefghijklmnopqrstuvwxyz";
        let (server, secret) = sign_in_link(&format!("https://visits.example.org/sign-in/{code}")).expect("a link");
        assert_eq!((server.as_str(), secret.expose()), ("https://visits.example.org/", code));
        let (server, _) = sign_in_link(&format!("visita://192.168.0.4:7880/sign-in/{code}")).expect("a link");
        assert_eq!(server.as_str(), "http://192.168.0.4:7880/");
        assert!(sign_in_link(&format!("https://visits.example.org/join/{code}")).is_none());
        assert!(sign_in_link("https://visits.example.org/sign-in/").is_none());
    }

    #[test]
    fn servers_are_read_as_people_write_them() {
        assert_eq!(
            server_url(" visits.example.org ").map(String::from).as_deref(),
            Some("https://visits.example.org/")
        );
        assert_eq!(server_url("http://10.0.0.1:7880/").map(String::from).as_deref(), Some("http://10.0.0.1:7880/"));
        assert!(server_url("https://visits.example.org/path").is_none());
        assert!(server_url("file:///etc").is_none());
    }
}
