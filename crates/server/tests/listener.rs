//! Listeners over real sockets: plain and TLS, proxies, and the orderly end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use countersign_api::RemoteAddress;
use countersign_crypto::time::{Clock, SystemClock};
use countersign_server::folder::Folder;
use countersign_server::http::{App, Bound, Proxies, Transport, run};
use countersign_server::tls::development_ca;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

fn start(router: Router, proxies: Proxies, transport: Transport) -> Running {
    let bound = Bound::new("127.0.0.1:0".parse().unwrap(), transport).unwrap();
    let address = bound.address();
    let (stop, stopped) = watch::channel(false);
    let ended = tokio::spawn(run(vec![bound], App::new(router, None, proxies), stopped));
    Running {
        address,
        stop,
        ended,
    }
}

fn whoami() -> Router {
    Router::new().route(
        "/",
        get(async |request: axum::extract::Request| {
            request
                .extensions()
                .get::<RemoteAddress>()
                .unwrap()
                .0
                .to_string()
        }),
    )
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), request: &str) {
    stream.write_all(request.as_bytes()).await.unwrap();
}

async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn the_address_of_the_client_reaches_the_handler() {
    let proxies = Proxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    for (proxies, seen) in [(Proxies::default(), "127.0.0.1"), (proxies, "203.0.113.7")] {
        let server = start(whoami(), proxies, Transport::Plain);
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n\
                       Connection: close\r\n\r\n";
        send(&mut stream, request).await;
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{seen}")), "{answer}");
    }
}

#[tokio::test]
async fn tls_with_the_development_authority() {
    let base = tempfile::tempdir().unwrap();
    let folder = Folder::create(base.path()).unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let settings = development_ca::server_config(&folder, &names, SystemClock.now()).unwrap();
    let server = start(whoami(), Proxies::default(), Transport::Tls(settings));

    let mut roots = rustls::RootCertStore::empty();
    let authority = folder.file(development_ca::CERTIFICATE);
    roots
        .add(CertificateDer::from_pem_file(authority).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    for name in ["localhost", "127.0.0.1"] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from(name).unwrap();
        let mut stream = connector.connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        send(
            &mut stream,
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        .await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    let other = ServerName::try_from("other.example").unwrap();
    assert!(connector.connect(other, stream).await.is_err());
}

#[tokio::test]
async fn a_stop_lets_requests_finish_and_takes_no_more() {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (arrived, go) = (Arc::clone(&arrived), Arc::clone(&go));
        move || async move {
            arrived.notify_one();
            go.notified().await;
            "done"
        }
    };
    let router = Router::new()
        .route("/", get(handler))
        .route("/quick", get(async || "quick"));
    let server = start(router, Proxies::default(), Transport::Plain);

    // One connection idles between requests, one is in the middle of a request.
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    send(&mut idle, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).await.unwrap();
    let mut busy = TcpStream::connect(server.address).await.unwrap();
    send(&mut busy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    arrived.notified().await;

    server.stop.send(true).unwrap();
    rest(&mut idle).await;
    assert!(!server.ended.is_finished());
    // The port is free again.
    let refused = async {
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), refused)
        .await
        .unwrap();

    go.notify_one();
    let answer = rest(&mut busy).await;
    assert!(answer.ends_with("done"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), server.ended)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_finishes_its_head_is_cut_off() {
    let server = start(whoami(), Proxies::default(), Transport::Plain);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    send(&mut stream, "GET / HTTP/1.1\r\nHost: ").await;
    // Time is paused: it jumps ahead while everybody waits.
    rest(&mut stream).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_an_error() {
    let router = Router::new().route(
        "/",
        axum::routing::post(async |body: axum::body::Body| {
            axum::body::to_bytes(body, 100).await.is_err().to_string()
        }),
    );
    let server = start(router, Proxies::default(), Transport::Plain);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    send(
        &mut stream,
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
    )
    .await;
    let answer = rest(&mut stream).await;
    assert!(answer.ends_with("true"), "{answer}");
}

#[tokio::test]
async fn a_taken_port_is_said_in_one_sentence() {
    let first = Bound::new("127.0.0.1:0".parse().unwrap(), Transport::Plain).unwrap();
    let error = Bound::new(first.address(), Transport::Plain)
        .err()
        .unwrap()
        .to_string();
    let port = first.address().port();
    assert_eq!(
        error,
        format!("port {port} on 127.0.0.1 is taken by another program")
    );
}
