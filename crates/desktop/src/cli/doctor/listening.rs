//! The port, on both addresses. A port that somebody else holds is an alarm: pages would hand their
//! requests to that program.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use super::{Finding, Level};
use crate::http::peer;
use crate::store::{Lock, Store};

pub(super) fn check(port: u16, store: Option<&Store>, findings: &mut Vec<Finding>) {
    let running =
        store.is_some_and(|store| Lock::agent_is_running(store.folder()).unwrap_or(false));
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ];
    for address in addresses {
        let (level, text) = look(address, running);
        findings.push(Finding::new("port", level, format!("{address} {text}")));
    }
}

fn look(address: SocketAddr, running: bool) -> (Level, String) {
    match TcpListener::bind(address) {
        Ok(_) if running => (
            Level::Warning,
            "is free, though an authenticator runs on this store: it uses another port".to_owned(),
        ),
        Ok(_) => (
            Level::Ok,
            "is free; `countersign-desktop run` will listen there".to_owned(),
        ),
        Err(error) if error.kind() == ErrorKind::AddrInUse => taken(address, running),
        Err(_) if address.is_ipv6() => (Level::Ok, "does not exist on this computer".to_owned()),
        Err(error) => (Level::Failure, format!("cannot be used: {error}")),
    }
}

fn taken(address: SocketAddr, running: bool) -> (Level, String) {
    let own = rustix::process::geteuid().as_raw();
    match peer::listener(address) {
        Some(uid) if uid == own && running => (Level::Ok, "is served".to_owned()),
        Some(uid) if uid == own => (
            Level::Failure,
            "is taken by another program of yours".to_owned(),
        ),
        Some(uid) => (
            Level::Failure,
            format!("is taken by a program of OS user {uid}"),
        ),
        None => (Level::Failure, "is taken by another program".to_owned()),
    }
}
