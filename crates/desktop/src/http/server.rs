//! The listeners and the limits on a connection.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use super::service::{self, Connection};
use crate::agent::Agent;

/// What a connection may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Size of a request's head (bytes).
    pub head_bytes: usize,
    /// Size of a body (bytes).
    pub body_bytes: usize,
    /// Time for a body to come.
    pub body_time: Duration,
    /// Time for a request's head to come, which is also how long an idle connection is kept.
    pub keep_alive: Duration,
    /// Time for what is under way when the program stops.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16,
            head_bytes: 16 * 1024,
            body_bytes: 16 * 1024,
            body_time: Duration::from_secs(10),
            keep_alive: Duration::from_secs(10),
            stop_time: Duration::from_secs(10),
        }
    }
}

/// Why the listeners could not be had.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program has the port.
    #[error(
        "port {port} on {address} is taken by another program; stop it or choose another port with --port"
    )]
    Taken {
        /// The address.
        address: std::net::IpAddr,
        /// The port.
        port: u16,
    },
    /// The operating system refused.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// The loopback listeners: IPv4, and IPv6 where this computer has it. Never a wildcard, never one alone
/// because the other is taken: what took it may be lying in wait for the requests meant for us.
#[derive(Debug)]
pub struct Listeners {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listeners {
    /// Binds both; port 0 takes a port that is free on both.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind(port: u16) -> Result<Self, BindError> {
        let mut tries = if port == 0 { 16 } else { 1 };
        loop {
            tries -= 1;
            match Self::bind_both(port) {
                Err(BindError::Taken { .. }) if tries > 0 => {}
                outcome => return outcome,
            }
        }
    }

    fn bind_both(port: u16) -> Result<Self, BindError> {
        let four = bind_one(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let address = four.local_addr().map_err(|source| BindError::Io {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            source,
        })?;
        let port = address.port();
        let mut sockets = vec![four];
        match bind_one(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
            Ok(six) => sockets.push(six),
            Err(BindError::Io { source, .. }) if is_absent(&source) => {
                tracing::info!(
                    "this computer has no IPv6 loopback address; listening on IPv4 alone"
                );
            }
            Err(error) => return Err(error),
        }
        Ok(Self { sockets, port })
    }

    /// The port of both.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The addresses, as they are shown.
    pub fn addresses(&self) -> Vec<String> {
        self.sockets
            .iter()
            .filter_map(|s| s.local_addr().ok())
            .map(|a| a.to_string())
            .collect()
    }
}

fn is_absent(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let absent = [
        Errno::ADDRNOTAVAIL,
        Errno::AFNOSUPPORT,
        Errno::PROTONOSUPPORT,
    ];
    absent
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

fn bind_one(address: SocketAddr) -> Result<TcpListener, BindError> {
    let bind = || -> io::Result<TcpListener> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // Lets the port be taken again right after a stop. On Linux it does not let two listen at once.
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(64)?;
        TcpListener::from_std(socket.into())
    };
    bind().map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::Taken {
            address: address.ip(),
            port: address.port(),
        },
        _ => BindError::Io { address, source },
    })
}

/// Serves until `stop` is done; then takes no more connections, withdraws what is being asked and gives
/// the answers under way their time.
pub async fn serve(
    listeners: Listeners,
    agent: Arc<Agent>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    let graceful = Arc::new(GracefulShutdown::new());
    let places = Arc::new(Semaphore::new(limits.connections));
    let port = listeners.port;
    let loops: Vec<_> = listeners
        .sockets
        .into_iter()
        .map(|socket| {
            let accepting = Accepting {
                socket,
                port,
                agent: Arc::clone(&agent),
                limits: limits.clone(),
                places: Arc::clone(&places),
                graceful: Arc::clone(&graceful),
                stopped: stopped.clone(),
            };
            tokio::spawn(accepting.run())
        })
        .collect();

    stop.await;
    let _ = stopping.send(true);
    agent.stop();
    for accepting in loops {
        let _ = accepting.await;
    }
    // One limit for both: who stops us waits no longer than that.
    let finish = async {
        if let Some(graceful) = Arc::into_inner(graceful) {
            graceful.shutdown().await;
        }
        agent.idle().await;
    };
    let _ = tokio::time::timeout(limits.stop_time, finish).await;
}

struct Accepting {
    socket: TcpListener,
    port: u16,
    agent: Arc<Agent>,
    limits: Limits,
    places: Arc<Semaphore>,
    graceful: Arc<GracefulShutdown>,
    stopped: watch::Receiver<bool>,
}

impl Accepting {
    async fn run(mut self) {
        loop {
            // The place comes first: connections above the limit wait in the kernel's queue.
            let next = async {
                let place = Arc::clone(&self.places).acquire_owned().await;
                (place, self.socket.accept().await)
            };
            let (place, accepted) = tokio::select! {
                next = next => next,
                _ = self.stopped.wait_for(|stopped| *stopped) => return,
            };
            let (Ok(place), Ok((stream, client))) = (place, accepted) else {
                // Out of file descriptors, or the client is gone already.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(server) = stream.local_addr() else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let connection = Arc::new(Connection::new(client, server, self.port));
            let (agent, limits) = (Arc::clone(&self.agent), self.limits.clone());
            let service = service_fn(move |request| {
                let (agent, limits) = (Arc::clone(&agent), limits.clone());
                let connection = Arc::clone(&connection);
                async move {
                    Ok::<_, Infallible>(
                        service::answer(&agent, &connection, &limits, request).await,
                    )
                }
            });
            let serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.limits.keep_alive)
                .max_buf_size(self.limits.head_bytes)
                .serve_connection(TokioIo::new(stream), service);
            let serving = self.graceful.watch(serving);
            tokio::spawn(async move {
                // An error here is a client that went away or spoke no HTTP: nothing to tell anybody.
                let _ = serving.await;
                drop(place);
            });
        }
    }
}
