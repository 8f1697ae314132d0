//! The page `/try` in a real browser, with the real server and the real desktop authenticator.

use std::process::Command;
use std::time::Duration;

use countersign_tests::binaries::countersign;
use countersign_tests::browser::{Browser, artifact};
use countersign_tests::http::{Client, free_port};
use countersign_tests::terminal::{Mood, Terminal};
use tempfile::TempDir;

/// `countersign quickstart` in a terminal, and the link that it prints.
fn quickstart(folder: &TempDir) -> (Terminal, String) {
    let mut command = Command::new(countersign());
    command
        .args(["quickstart", "--data"])
        .arg(folder.path().join("server"));
    command.args(["--listen", &format!("127.0.0.1:{}", free_port())]);
    command.args(["--desktop-port", &free_port().to_string()]);
    let terminal = Terminal::start(command, Mood::Allow);
    let screen = terminal.wait_for("/try?code=", Duration::from_mins(1));
    let end = screen.find("/try?code=").unwrap();
    let start = screen[..end].rfind("http://").unwrap();
    let link: String = screen[start..]
        .chars()
        .take_while(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    (terminal, link)
}

fn save_terminal(terminal: &Terminal) {
    std::fs::write(artifact("terminal.txt"), terminal.screen()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pair_and_sign_in_on_the_page() {
    let Some(browser) = Browser::start("browser::pair_and_sign_in_on_the_page").await else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let (terminal, link) = quickstart(&folder);

    browser.client.goto(&link).await.unwrap();
    browser.wait_for("#status[data-state=ready]").await;
    browser.screenshot("try-1-ready").await;
    // The code does not stay in the address.
    assert!(
        !browser
            .client
            .current_url()
            .await
            .unwrap()
            .as_str()
            .contains("code=")
    );

    // Nothing is paired: signing in says so.
    browser.click("#sign-in").await;
    browser
        .wait_for("#status[data-state=problem][data-code=NO_USABLE_DEVICES]")
        .await;
    browser.screenshot("try-2-nothing-paired").await;

    // The person looks at the page first, then at the terminal.
    terminal.set_mood(Mood::Away);
    browser.click("#pair").await;
    browser.wait_for("#status[data-state=waiting]").await;
    terminal.wait_for("Allow? [y/N]: ", Duration::from_secs(20));
    browser.screenshot("try-3-waiting").await;
    terminal.set_mood(Mood::Allow);
    terminal.type_in("y\n");
    browser.wait_for("#status[data-state=paired]").await;
    browser.screenshot("try-4-paired").await;
    let number = browser.text("#check-number").await;
    assert_eq!(number.len(), 6);
    terminal.wait_for(&number, Duration::from_secs(5));

    // Declined, and then not.
    terminal.set_mood(Mood::Decline);
    browser.click("#sign-in").await;
    browser
        .wait_for("#status[data-state=problem][data-code=USER_DECLINED]")
        .await;
    browser.screenshot("try-5-declined").await;
    terminal.set_mood(Mood::Allow);
    browser.click("#sign-in").await;
    browser.wait_for("#status[data-state=signed-in]").await;
    browser.screenshot("try-6-signed-in").await;

    // Each request and answer is there to read, tokens and secrets are not.
    let log = browser.text("#log").await;
    for part in [
        "/devices",
        "/register",
        "/deviceAuthentications",
        "/authenticate",
        "200",
        "201",
    ] {
        assert!(log.contains(part), "the list lacks {part}:\n{log}");
    }

    // Reloading keeps the session; starting over forgets the pairing.
    browser.client.refresh().await.unwrap();
    browser.wait_for("#status[data-state=ready]").await;
    browser.click("#start-over").await;
    browser.wait_for("#status[data-state=ready]").await;
    save_terminal(&terminal);

    // The link is spent: another browser gets nothing with it, and nothing without it.
    let other = Browser::start("browser::pair_and_sign_in_on_the_page")
        .await
        .unwrap();
    other.client.goto(&link).await.unwrap();
    other.wait_for("body").await;
    other.screenshot("try-7-spent-link").await;
    assert!(
        other
            .client
            .find(fantoccini::Locator::Css("#status[data-state=ready]"))
            .await
            .is_err()
    );
    let bare = link.split("/try").next().unwrap().to_owned();
    other.client.goto(&format!("{bare}/try")).await.unwrap();
    other.wait_for("body").await;
    other.screenshot("try-8-no-link").await;
    assert!(
        other
            .client
            .find(fantoccini::Locator::Css("#pair"))
            .await
            .is_err()
    );
    other.close().await;
    browser.close().await;
}

/// Everything a page can try without asking the browser's leave, and two things for which it must.
const TRICKS: &str = r#"
const [url, jwt, done] = arguments;
const attempt = (path, init) => fetch(url + path, {method: "POST", body: jwt, ...init})
    .then((answer) => "status " + answer.status, (error) => "failed");
const form = document.createElement("form");
form.method = "post"; form.action = url + "/register"; form.enctype = "text/plain";
form.target = "frame";
const frame = document.createElement("iframe"); frame.name = "frame";
const field = document.createElement("input"); field.name = jwt; form.append(field);
document.body.append(frame, form);
form.submit();
new Image().src = url + "/register?" + jwt;
navigator.sendBeacon(url + "/register", jwt);
Promise.all([
    attempt("/register", {headers: {"Content-Type": "application/jwt"}}),
    attempt("/register", {headers: {"Content-Type": "text/plain"}}),
    attempt("/register", {mode: "no-cors"}),
    attempt("/authenticate", {headers: {"Content-Type": "application/jwt"}}),
]).then((results) => setTimeout(() => done(results), 1000));
"#;

/// A page of another site that got hold of a genuine request, and its simpler tricks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_sites_page_gets_no_signature_and_no_question() {
    let folder = TempDir::new().unwrap();
    let evil = EvilSite::start();
    // Any name that is not loopback, resolved to this computer; plain http has no certificate to lack.
    let rules = format!(
        "--host-resolver-rules=MAP evil.test 127.0.0.1:{}, MAP rebound.test 127.0.0.1",
        evil.port
    );
    let Some(browser) = Browser::start_with(
        "browser::another_sites_page_gets_no_signature_and_no_question",
        &[
            &rules,
            "--unsafely-treat-insecure-origin-as-secure=http://evil.test",
        ],
    )
    .await
    else {
        return;
    };
    let server = countersign_tests::server::Server::start(&folder.path().join("server"));
    let desktop = countersign_tests::desktop::Desktop::start(&folder.path().join("desktop"));
    let device = server.worker().create_device();
    let options = countersign_tests::ceremony::creation_options(&device);

    browser.client.goto("http://evil.test/").await.unwrap();
    let results = browser
        .client
        .execute_async(TRICKS, vec![desktop.url.clone().into(), options.into()])
        .await
        .unwrap();
    for result in results.as_array().unwrap() {
        assert_ne!(result, "status 200", "{results}");
    }
    assert_eq!(
        desktop.terminal.questions(),
        0,
        "{}",
        desktop.terminal.screen()
    );

    // A name that has come to mean this computer (DNS rebinding) makes the page one of the
    // authenticator's own origin, which helps it nothing.
    let rebound = format!("http://rebound.test:{}", desktop.port);
    browser
        .client
        .goto(&format!("{rebound}/status"))
        .await
        .unwrap();
    let results = browser
        .client
        .execute_async(
            r#"const [jwt, done] = arguments;
            const headers = {"Content-Type": "application/jwt"};
            Promise.all([
                fetch("/status"), fetch("/register", {method: "POST", body: jwt, headers}),
            ]).then((answers) => done(answers.map((answer) => answer.status)))"#,
            vec![options.into()],
        )
        .await
        .unwrap();
    assert_eq!(results, serde_json::json!([421, 421]));
    assert_eq!(
        desktop.terminal.questions(),
        0,
        "{}",
        desktop.terminal.screen()
    );

    // The genuine page still gets its answer: nothing was spent by the tricks.
    desktop
        .post("/register", &server.info.origin(), options)
        .expect(200);
    browser.close().await;
}

/// A web server that gives the same empty page to everybody.
struct EvilSite {
    port: u16,
}

impl EvilSite {
    fn start() -> Self {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut socket in listener.incoming().flatten() {
                let _ = socket.read(&mut [0; 4096]);
                let page = "<!doctype html><title>evil</title><body>";
                let _ = write!(
                    socket,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{page}",
                    page.len()
                );
            }
        });
        Self { port }
    }
}

#[test]
fn without_the_link_nobody_gets_a_token() {
    let folder = TempDir::new().unwrap();
    let (_terminal, link) = quickstart(&folder);
    let base = link.split("/try").next().unwrap();
    let client = Client::default();
    for (origin, cookie) in [
        (base.to_owned(), ""),
        (base.to_owned(), "countersign-try=guessed"),
        ("http://evil.test".to_owned(), ""),
    ] {
        let reply = client.send(
            "POST",
            &format!("{base}/try/token"),
            &[("Origin", &origin), ("Cookie", cookie)],
            Some(b""),
        );
        assert!(
            reply.status == 401 || reply.status == 403,
            "{}: {}",
            reply.status,
            reply.text()
        );
        assert!(!reply.text().contains("access_token"));
    }
}
