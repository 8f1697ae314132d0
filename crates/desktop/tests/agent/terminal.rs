//! `countersign-desktop run` on a pseudo-terminal: the exact questions, and a terminal that is given
//! back as it was found.

use std::time::{Duration, Instant};

use countersign_crypto::time::{Clock, SystemClock, Timestamp};
use countersign_desktop_protocol::assertion::Assertion;
use countersign_desktop_protocol::attestation::{Attestation, Verified};
use countersign_desktop_protocol::check_number::check_number;
use rexpect::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::support::screen::{Screen, command};
use crate::support::{Answer, Call, Issuer, PIN};

const PAGE: &str = "http://localhost:8080";
const RUN: [&str; 6] = [
    "run",
    "--development",
    "--prompt",
    "terminal",
    "--port",
    "0",
];

struct World {
    home: TempDir,
    issuer: Issuer,
    screen: Screen,
    port: u16,
}

impl World {
    async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let issuer = Issuer::local().await;
        let mut screen = Screen::start(home.path(), &RUN);
        let port = screen.port();
        Self {
            home,
            issuer,
            screen,
            port,
        }
    }

    fn now() -> Timestamp {
        SystemClock.now()
    }

    fn post(&self, path: &'static str, jwt: &str) -> JoinHandle<Answer> {
        let (call, port) = (Call::jwt(path, PAGE, jwt), self.port);
        tokio::spawn(async move { call.send(port).await })
    }

    fn register(&self, claims: &Value) -> JoinHandle<Answer> {
        self.post("/register", &self.issuer.sign_creation(claims))
    }

    fn authenticate(&self, claims: &Value) -> JoinHandle<Answer> {
        self.post("/authenticate", &self.issuer.sign_request(claims))
    }

    async fn pair(&mut self) -> Verified {
        let answer = self.register(&self.issuer.creation(Self::now()));
        self.screen.expect("Allow? [y/N]: ");
        self.screen.type_in("y\n");
        self.screen.expect("New PIN: ");
        self.screen.type_in(&format!("{PIN}\n"));
        self.screen.expect("Repeat PIN: ");
        self.screen.type_in(&format!("{PIN}\n"));
        let verified = Attestation::verify(answer.await.unwrap().jwt()).unwrap();
        self.screen.expect("The page shows the same one.\n");
        verified
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pairing_and_signing_in() {
    let mut world = World::start().await;
    let answer = world.register(&world.issuer.creation(World::now()));
    let shown = world.screen.expect("Allow? [y/N]: ");
    world.screen.is_quiet();
    assert!(shown.trim_start().starts_with('─'), "{shown}");
    assert!(
        shown.contains("\nlocalhost asks to pair this computer"),
        "{shown}"
    );
    for words in [
        "a.lee (Alex Lee)",
        PAGE,
        &world.issuer.iss,
        "not verified yet",
        "choose a PIN",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    world.screen.type_in("y\n");
    world.screen.expect("New PIN: ");
    world.screen.is_quiet();
    assert!(!world.screen.echoes());
    world.screen.type_in("12345\n");
    world.screen.expect(
        "\nA PIN needs at least 6 characters. Letters and signs are welcome too.\nNew PIN: ",
    );
    world.screen.type_in(&format!("{PIN}\n"));
    world.screen.expect("\nRepeat PIN: ");
    world.screen.type_in("739155\n");
    world
        .screen
        .expect("\nThe two are not the same.\nNew PIN: ");
    world.screen.type_in(&format!("{PIN}\n"));
    world.screen.expect("\nRepeat PIN: ");
    world.screen.type_in(&format!("{PIN}\n"));
    let paired = Attestation::verify(answer.await.unwrap().jwt()).unwrap();
    let number = check_number(paired.kid());
    world.screen.expect(&format!(
        "Paired. Check number: {number}. The page shows the same one.\n"
    ));
    assert!(world.screen.echoes(), "given back");

    let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
    let shown = world.screen.expect("Allow? [y/N]: ");
    assert!(
        shown.contains("\nlocalhost asks you to sign in."),
        "{shown}"
    );
    for words in ["Payroll", "203.0.113.7, Lyon, FR", "Hello"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    world.screen.type_in("YES\n");
    world.screen.expect("PIN: ");
    world.screen.is_quiet();
    world.screen.type_in(&format!("{PIN}\n"));
    Assertion::verify(answer.await.unwrap().jwt(), paired.key()).unwrap();
    world
        .screen
        .expect("Allowed and signed. Go back to the page.\n");

    let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("\n");
    answer.await.unwrap().is_failure(403, "USER_DECLINED");
    world.screen.expect("Declined. Nothing was signed.\n");

    let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in("000000\n");
    answer.await.unwrap().is_failure(403, "VERIFICATION_FAILED");
    world
        .screen
        .expect("That is not the PIN. 4 tries are left before a wait.\n");
    assert!(!world.screen.all().contains(PIN), "the PIN was never shown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_before_the_question_does_not_count() {
    let mut world = World::start().await;
    let answer = world.register(&world.issuer.creation(World::now()));
    world.screen.expect("asks to pair");
    let shown = Instant::now();
    for _ in 0..4 {
        world.screen.type_in("y\n");
    }
    world.screen.expect("Allow? [y/N]: ");
    assert!(shown.elapsed() >= Duration::from_millis(350), "armed");
    world.screen.is_quiet();
    assert!(!answer.is_finished());
    world.screen.type_in("n\n");
    answer.await.unwrap().is_failure(403, "USER_DECLINED");
    world
        .screen
        .expect("This site cannot ask again for 10 minutes.\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_accounts() {
    let mut world = World::start().await;
    world.pair().await;
    let mut claims = world.issuer.creation(World::now());
    claims["sub"] = json!("user-2");
    claims["user"] = json!({"name": "b.kim", "displayName": "Bo Kim"});
    let answer = world.register(&claims);
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in(&format!("{PIN}\n"));
    let second = Attestation::verify(answer.await.unwrap().jwt()).unwrap();

    let answer = world.authenticate(&world.issuer.usernameless(World::now()));
    let shown = world.screen.expect("Account [1-2]: ");
    assert!(
        shown.contains("1. a.lee (Alex Lee)") && shown.contains("2. b.kim (Bo Kim)"),
        "{shown}"
    );
    world.screen.is_quiet();
    world.screen.type_in("3\n");
    world
        .screen
        .expect("Please type a number from 1 to 2.\nAccount [1-2]: ");
    world.screen.type_in("2\n");
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in(&format!("{PIN}\n"));
    let verified = Assertion::verify(answer.await.unwrap().jwt(), second.key()).unwrap();
    assert_eq!(verified.claims().sub, "user-2");

    let answer = world.authenticate(&world.issuer.usernameless(World::now()));
    world.screen.expect("Account [1-2]: ");
    world.screen.type_in("\n");
    answer.await.unwrap().is_failure(403, "USER_DECLINED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_goes_away_and_a_person_who_does() {
    let mut world = World::start().await;
    let paired = world.pair().await;
    let request = || {
        world
            .issuer
            .sign_request(&world.issuer.request(World::now(), paired.kid()))
    };
    let call = Call::jwt("/authenticate", PAGE, &request());
    let stream = call.start(([127, 0, 0, 1], world.port).into()).await;
    let second = Call::jwt("/authenticate", PAGE, &request());
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in("half a p");
    drop(stream);
    world
        .screen
        .expect("\nThe page is gone. Nothing was signed.\n");
    assert!(world.screen.echoes());

    // What was typed for the gone question is not the answer to the next.
    let port = world.port;
    let answer = tokio::spawn(async move { second.send(port).await });
    world.screen.expect("Allow? [y/N]: ");
    world.screen.is_quiet();
    // The end of input, as when a terminal is closed.
    world.screen.type_in("\u{4}");
    answer.await.unwrap().is_failure(403, "USER_DECLINED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupted_while_the_pin_is_typed() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut world = World::start().await;
        let paired = world.pair().await;
        let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
        world.screen.expect("Allow? [y/N]: ");
        world.screen.type_in("y\n");
        world.screen.expect("PIN: ");
        assert!(!world.screen.echoes());
        match signal {
            Signal::SIGINT => world.screen.type_in("\u{3}"),
            signal => world.screen.signal(signal),
        }
        answer.await.unwrap().is_failure(429, "BUSY");
        assert_eq!(world.screen.ended(), 0);
        world
            .screen
            .expect("The authenticator stops. Nothing was signed.\n");
        assert!(world.screen.echoes(), "given back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_no_counter_comes_twice() {
    let mut world = World::start().await;
    let paired = world.pair().await;
    let mut last = 0;
    // No more rounds than the PIN has tries: on a slow computer every kill may come before the check is
    // over, and each of these counts as a wrong one.
    for delay in [0, 200, 500, 1000] {
        let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
        world.screen.expect("Allow? [y/N]: ");
        world.screen.type_in("y\n");
        world.screen.expect("PIN: ");
        world.screen.type_in(&format!("{PIN}\n"));
        // From before the derivation of the key until after the answer.
        tokio::time::sleep(Duration::from_millis(delay)).await;
        world.screen.kill();
        if let Ok(answer) = answer.await
            && answer.status == 200
        {
            let counter = Assertion::verify(answer.jwt(), paired.key())
                .unwrap()
                .claims()
                .ctr;
            assert!(counter > last, "{counter} after {last}");
            last = counter;
        }
        world.screen = Screen::start(world.home.path(), &RUN);
        world.port = world.screen.port();
    }
    let answer = world.authenticate(&world.issuer.request(World::now(), paired.kid()));
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in(&format!("{PIN}\n"));
    let answer = answer.await.unwrap();
    let counter = Assertion::verify(answer.jwt(), paired.key())
        .unwrap()
        .claims()
        .ctr;
    assert!(counter > last, "{counter} after {last}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_terminal_nobody_can_be_asked() {
    let issuer = Issuer::local().await;
    let home = tempfile::tempdir().unwrap();
    let run = command(home.path(), &RUN);
    // A session of its own has no controlling terminal.
    let mut alone = std::process::Command::new("setsid");
    alone.arg(run.get_program()).args(run.get_args());
    alone.env_clear().env("HOME", home.path());
    alone
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped());
    let mut child = alone.spawn().unwrap();
    let mut line = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    let port: u16 = line
        .split("127.0.0.1:")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .unwrap_or_else(|| panic!("{line}"))
        .parse()
        .unwrap();
    let jwt = issuer.sign_creation(&issuer.creation(World::now()));
    let answer = Call::jwt("/register", PAGE, &jwt).send(port).await;
    answer.is_failure(409, "VERIFICATION_UNAVAILABLE");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(issuer.visits(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_background_of_a_terminal_nobody_can_be_asked() {
    let home = tempfile::tempdir().unwrap();
    let issuer = Issuer::local().await;
    // With job control a job in the background has a process group of its own.
    // It outlives its terminal, so the shell ends it.
    let before = "trap 'kill %1; exit' HUP TERM; set -m;";
    let mut screen = Screen::start_job(home.path(), &RUN, before, "& wait");
    let port = screen.port();
    let jwt = issuer.sign_creation(&issuer.creation(World::now()));
    let answer = Call::jwt("/register", PAGE, &jwt).send(port).await;
    answer.is_failure(409, "VERIFICATION_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_level_shows_secrets() {
    let home = tempfile::tempdir().unwrap();
    let issuer = Issuer::local().await;
    let mut screen = Screen::start_with(home.path(), &RUN, "RUST_LOG=trace");
    let port = screen.port();
    let mut world = World {
        home,
        issuer,
        screen,
        port,
    };
    let paired = world.pair().await;
    let claims = world.issuer.request(World::now(), paired.kid());
    let answer = world.authenticate(&claims);
    world.screen.expect("Allow? [y/N]: ");
    world.screen.type_in("y\n");
    world.screen.expect("PIN: ");
    world.screen.type_in("000000\n");
    answer.await.unwrap().is_failure(403, "VERIFICATION_FAILED");
    world
        .post("/register", "eyJhbGciOiJub25lIn0.e30.")
        .await
        .unwrap();
    world.screen.expect("Nothing was signed");
    let all = world.screen.all();
    assert!(!all.contains(PIN) && !all.contains("000000"), "{all}");
    assert!(!all.contains("eyJ"), "{all}");
    assert!(!all.contains(claims["nonce"].as_str().unwrap()), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_leaves_no_core() {
    let world = World::start().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", world.screen.pid())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let values: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}
