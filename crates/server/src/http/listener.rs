//! Listening sockets and their connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::App;
use super::patience::Patience;

/// How long what is under way may take after a stop.
const FINISH: Duration = Duration::from_secs(10);
/// How long a client may take to send the head of a request, also on a connection kept alive.
const HEAD: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Bytes read ahead of a connection. The head of a request has to fit; the API's own limit is lower,
/// so that it can answer with its error object.
const BUFFER: usize = 64 * 1024;
/// Connections that the system keeps until they are accepted.
const BACKLOG: u32 = 1024;
/// How long to wait after an accept failed, mostly for want of file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// How bytes travel on a listener.
#[derive(Clone)]
pub enum Transport {
    /// As they are.
    Plain,
    /// In TLS.
    Tls(Arc<rustls::ServerConfig>),
}

/// A port that is ours. Connections wait in its queue until [`run`].
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    transport: Transport,
}

impl Bound {
    /// Takes the port.
    ///
    /// # Errors
    /// When it is taken or may not be used, in one sentence.
    pub fn new(address: SocketAddr, transport: Transport) -> anyhow::Result<Self> {
        let listener = bind(address).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => anyhow::anyhow!(
                "port {} on {} is taken by another program",
                address.port(),
                address.ip()
            ),
            _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
        })?;
        let address = listener
            .local_addr()
            .context("the new socket has no address")?;
        Ok(Self {
            listener,
            address,
            transport,
        })
    }

    /// The address, with the port that was picked where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same port with another way for bytes to travel.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// Whether it speaks TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self.transport, Transport::Tls(_))
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A port whose last connections are still fading away can be used at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts on all listeners until `stop` turns true, then lets requests finish, for 10 s at most.
pub async fn run(listeners: Vec<Bound>, app: App, stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    for bound in listeners {
        running.spawn(accept(bound, app.clone(), stop.clone()));
    }
    while running.join_next().await.is_some() {}
}

async fn accept(bound: Bound, app: App, mut stop: watch::Receiver<bool>) {
    let Bound {
        listener,
        address,
        transport,
    } = bound;
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let app = app.clone();
                let transport = transport.clone();
                tokio::spawn(connection(
                    stream,
                    peer,
                    transport,
                    app,
                    connections.watcher(),
                ));
            }
            Err(error) => {
                tracing::warn!(%address, %error, "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    // The port is free from here on.
    drop(listener);
    if tokio::time::timeout(FINISH, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(%address, "requests that took too long were cut off");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    transport: Transport,
    app: App,
    watcher: Watcher,
) {
    // Answers are small and go out in one piece.
    let _ = stream.set_nodelay(true);
    match transport {
        Transport::Plain => requests(stream, peer, app, watcher).await,
        Transport::Tls(config) => {
            let handshake = TlsAcceptor::from(config).accept(stream);
            match tokio::time::timeout(HANDSHAKE, handshake).await {
                Ok(Ok(stream)) => requests(stream, peer, app, watcher).await,
                Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS session came about"),
                Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
            }
        }
    }
}

async fn requests<S>(stream: S, peer: SocketAddr, app: App, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let app = app.clone();
        async move {
            app.answer(
                peer.ip(),
                request.map(|body| Body::new(Patience::new(body))),
            )
            .await
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}
