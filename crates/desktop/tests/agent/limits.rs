//! What a connection may cost, and whose it may be.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use countersign_desktop::http::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Call, PAGE, Setup, TestAgent};

fn start(change: impl FnOnce(&mut Limits)) -> TestAgent {
    let mut setup = Setup::default();
    change(&mut setup.limits);
    TestAgent::start(setup)
}

fn address(agent: &TestAgent) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], agent.port))
}

async fn still_answers(agent: &TestAgent) {
    Call::jwt("/register", PAGE, "x")
        .send(agent.port)
        .await
        .is_failure(400, "INVALID_REQUEST");
}

/// Reads until the agent closes; whatever comes.
async fn closed(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes));
    let _ = read.await.expect("the agent closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn large_bodies() {
    let agent = start(|_| {});
    let mut call = Call::jwt("/register", PAGE, "");
    for (size, status, code) in [
        (16 * 1024, 400, "INVALID_REQUEST"),
        (16 * 1024 + 1, 413, "TOO_LARGE"),
        (1024 * 1024, 413, "TOO_LARGE"),
    ] {
        call.body = "a".repeat(size);
        call.send(agent.port).await.is_failure(status, code);
    }
    // In pieces, without a length.
    let mut stream = TcpStream::connect(address(&agent)).await.unwrap();
    let head = format!(
        "POST /register HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: {PAGE}\r\n\
         Content-Type: application/jwt\r\nTransfer-Encoding: chunked\r\n\r\n",
        agent.port
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..32 {
        stream
            .write_all(format!("400\r\n{}\r\n", "b".repeat(1024)).as_bytes())
            .await
            .unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(closed(stream).await.starts_with("HTTP/1.1 413"));
    still_answers(&agent).await;
}

#[tokio::test]
async fn large_heads() {
    let agent = start(|_| {});
    let call = Call::jwt("/register", PAGE, "x").header("X-Padding", &"p".repeat(20 * 1024));
    let stream = call.start(address(&agent)).await;
    let answer = closed(stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    still_answers(&agent).await;
}

#[tokio::test]
async fn slow_heads_and_bodies() {
    let agent = start(|limits| {
        limits.keep_alive = Duration::from_millis(200);
        limits.body_time = Duration::from_millis(200);
        limits.connections = 4;
    });
    let mut slow = Vec::new();
    for index in 0..8 {
        let mut stream = TcpStream::connect(address(&agent)).await.unwrap();
        let part = match index % 3 {
            0 => String::new(),
            1 => "POST /register HTTP/1.1\r\nHost: loc".to_owned(),
            _ => format!(
                "POST /register HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: {PAGE}\r\n\
                 Content-Type: application/jwt\r\nContent-Length: 100\r\n\r\nabc",
                agent.port
            ),
        };
        stream.write_all(part.as_bytes()).await.unwrap();
        slow.push((index % 3, stream));
    }
    still_answers(&agent).await;
    for (kind, stream) in slow {
        let answer = closed(stream).await;
        match kind {
            2 => assert!(answer.starts_with("HTTP/1.1 400"), "{answer}"),
            _ => assert!(
                answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
                "{answer}"
            ),
        }
    }
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let agent = start(|limits| limits.keep_alive = Duration::from_millis(200));
    let mut stream = TcpStream::connect(address(&agent)).await.unwrap();
    let call = Call::new("GET", "/status").header("Origin", PAGE);
    let text = call.text(agent.port).replace("Connection: close\r\n", "");
    for _ in 0..3 {
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut buffer = [0; 2048];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(
            buffer[..read].starts_with(b"HTTP/1.1 200"),
            "kept between requests"
        );
    }
    assert_eq!(closed(stream).await, "");
}

#[tokio::test]
async fn pipelined_nonsense_and_other_protocols() {
    let agent = start(|_| {});
    for nonsense in [
        "\r\n\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01",
        "GET\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(address(&agent)).await.unwrap();
        stream.write_all(nonsense.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = closed(stream).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    still_answers(&agent).await;
}

#[tokio::test]
async fn another_os_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: needs root to become another user");
        return;
    }
    let agent = start(|_| {});
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{0} && printf 'GET /status HTTP/1.1\\r\\nHost: localhost:{0}\\r\\n\
         Origin: {PAGE}\\r\\nConnection: close\\r\\n\\r\\n' >&3 && cat <&3",
        agent.port
    );
    let output = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .arg("-c")
            .arg(script)
            .uid(65534)
            .gid(65534)
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    let answer = crate::support::Answer::parse(&String::from_utf8(output.stdout).unwrap());
    answer.is_failure(403, "WRONG_OS_USER");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    // The same by the usual user is answered.
    let own = Call::new("GET", "/status")
        .header("Origin", PAGE)
        .send(agent.port)
        .await;
    assert_eq!(own.status, 200);
}
