//! Encrypted connections: certificate files, and certificates that the server gets for itself from a real ACME server.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use url::Url;
use visita_protocol::Secret;
use visita_server::{Acme, Bootstrap, ServerConfig, StartError, Tls, start};

/// How long a certificate may take to be got: the authority asks us to wait seconds between two looks at an order.
const PATIENCE: Duration = Duration::from_secs(60);

/// A certificate authority of the test's own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Writes certificate and key of a name.
    fn write(&self, name: &str, certificate: &Path, key: &Path) {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let pair = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&pair, &self.issuer).expect("a certificate");
        std::fs::write(key, pair.serialize_pem()).expect("written");
        std::fs::write(certificate, signed.pem()).expect("written");
    }

    /// Trusts nobody but this authority.
    fn client(&self) -> Client {
        trusting(self.pem.as_bytes())
    }
}

fn trusting(pem: &[u8]) -> Client {
    let root = Certificate::from_pem(pem).expect("a root");
    Client::builder().tls_certs_only([root]).https_only(true).build().expect("a client")
}

fn config(tls: Tls, data: Option<&Path>) -> ServerConfig {
    ServerConfig {
        tls: Some(tls),
        data: data.map(Path::to_owned),
        bootstrap: Some(Bootstrap { company_name: "Clinic".into(), api_key: Secret::new("key") }),
        ..ServerConfig::default()
    }
}

#[tokio::test]
async fn certificate_files_are_used_and_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let authority = Authority::new();
    authority.write("127.0.0.1", &certificate, &key);
    let tls = Tls::Files { certificate: certificate.clone(), key: key.clone() };
    let server = start(config(tls, None)).await.expect("it serves");
    assert_eq!(server.url().scheme(), "https");
    let client = authority.client();
    let post = async |path: &str, body: Value| -> Value {
        let url = server.url().join(path).expect("a url");
        let answer = client.post(url).header("apikey", "key").json(&body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    for user in ["dr", "pat"] {
        post("/v2/users", json!({ "user_id": user, "role": "plus" })).await;
    }
    let seats = json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }] });
    let room = post("/v2/rooms", seats).await;
    let link = room["user_urls"][0]["url"].as_str().expect("a link");
    assert!(link.starts_with("https://"), "{link}");
    let entry: Value =
        client.post(link).json(&json!({ "display_name": "Dr" })).send().await.expect("in").json().await.expect("JSON");
    assert!(entry["livekit_url"].as_str().is_some_and(|url| url.starts_with("wss://")), "{entry}");
    // Without encryption there is no answer.
    let plain = server.url().as_str().replacen("https", "http", 1);
    assert!(reqwest::get(plain).await.is_err());

    // Another authority's certificate, in the same files, holds from the next connection on.
    let other = Authority::new();
    let health = server.url().join("/health").expect("a url");
    assert!(other.client().get(health.clone()).send().await.is_err(), "trusted without reason");
    other.write("127.0.0.1", &certificate, &key);
    other.client().get(health.clone()).send().await.expect("the new certificate");
    // What cannot be used changes nothing.
    std::fs::write(&certificate, "nonsense").expect("written");
    other.client().get(health).send().await.expect("still the new certificate");
}

#[tokio::test]
async fn what_cannot_be_used_is_named_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    let authority = Authority::new();
    authority.write("127.0.0.1", &file("a.pem"), &file("a.key"));
    authority.write("127.0.0.1", &file("b.pem"), &file("b.key"));
    std::fs::write(file("empty"), "").expect("written");
    let refused = async |tls: Tls, data: Option<&Path>, public: Option<&str>| -> String {
        let mut config = config(tls, data);
        config.public_url = public.map(|url| Url::parse(url).expect("a url"));
        match start(config).await {
            Err(StartError::Config(words)) => words,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it serves"),
        }
    };
    let files = |certificate: &str, key: &str| Tls::Files { certificate: file(certificate), key: file(key) };
    for (certificate, key, named) in [
        ("none", "a.key", "none"),
        ("empty", "a.key", "no certificate"),
        ("a.pem", "empty", "empty"),
        ("a.pem", "b.key", "do not go together"),
    ] {
        let words = refused(files(certificate, key), None, None).await;
        assert!(words.contains(named), "{words}");
    }
    let words = refused(files("a.pem", "a.key"), None, Some("http://visits.example.org")).await;
    assert!(words.contains("https://"), "{words}");
    let acme = |domain: &str| {
        Tls::Acme(Acme {
            domains: vec![domain.into()],
            contact: vec![],
            directory: Url::parse("https://127.0.0.1:1/dir").expect("a url"),
            ca: None,
        })
    };
    assert!(refused(acme("visits.example.org"), None, None).await.contains("data folder"));
    assert!(refused(acme("visits example"), Some(folder.path()), None).await.contains("acme-domain"));
}

/// A running Pebble, the ACME server that Let's Encrypt tests with.
struct Pebble {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    management: u16,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.end();
    }
}

impl Pebble {
    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// One that looks for the server at this port.
    fn start(program: &Path, authority: &Authority, tls_port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        authority.write("127.0.0.1", &file("cert.pem"), &file("key.pem"));
        std::fs::write(file("root.pem"), &authority.pem).expect("written");
        let (port, management) = (free_port(), free_port());
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": file("cert.pem"),
            "privateKey": file("key.pem"),
            "httpPort": 1,
            "tlsPort": tls_port,
            "retryAfter": { "authz": 1, "order": 1 },
            "profiles": { "default": { "description": "", "validityPeriod": 7_776_000 } },
        } });
        std::fs::write(file("pebble.json"), config.to_string()).expect("written");
        let child = Command::new(program)
            .arg("-config")
            .arg(file("pebble.json"))
            .env("PEBBLE_VA_NOSLEEP", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble");
        Self { child, folder, port, management }
    }

    /// The root of the certificates that it gives.
    async fn root(&self, authority: &Authority) -> Vec<u8> {
        let url = format!("https://127.0.0.1:{}/roots/0", self.management);
        let client = authority.client();
        let started = Instant::now();
        loop {
            match client.get(&url).send().await {
                Ok(answer) => return answer.bytes().await.expect("a root").to_vec(),
                Err(error) => assert!(started.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port()
}

#[tokio::test]
async fn certificates_are_got_from_an_acme_server_and_kept() {
    let program = std::env::var_os("VISITA_PEBBLE").map(PathBuf::from).filter(|file| file.exists());
    let Some(program) = program else {
        println!("SKIPPED: certificates_are_got_from_an_acme_server_and_kept: Pebble is not there (./dev setup)");
        return;
    };
    let authority = Authority::new();
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut pebble = Pebble::start(&program, &authority, listen.port());
    let root = pebble.root(&authority).await;
    let data = tempfile::tempdir().expect("a folder");
    let tls = Tls::Acme(Acme {
        domains: vec!["localhost".into()],
        contact: vec!["admin@example.org".into()],
        directory: Url::parse(&format!("https://127.0.0.1:{}/dir", pebble.port)).expect("a url"),
        ca: Some(pebble.folder.path().join("root.pem")),
    });
    let serve =
        async || start(ServerConfig { listen, ..config(tls.clone(), Some(data.path())) }).await.expect("it serves");
    let server = serve().await;
    let health = server.url().join("/health").expect("a url");
    assert_eq!(health.host_str(), Some("localhost"));
    let client = trusting(&root);
    let started = Instant::now();
    // Until there is a certificate no connection succeeds.
    while let Err(error) = client.get(health.clone()).send().await {
        assert!(started.elapsed() < PATIENCE, "no certificate: {error:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.stop().await;
    // The next start has it at once, although nobody gives certificates any more.
    pebble.end();
    let server = serve().await;
    let client = trusting(&root);
    let started = Instant::now();
    while let Err(error) = client.get(health.clone()).send().await {
        assert!(started.elapsed() < Duration::from_secs(10), "it was not kept: {error:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.stop().await;
}
