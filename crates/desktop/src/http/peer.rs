//! Who is at the other end of a loopback connection. Loopback ports are shared by all users of a
//! machine: without this check the browser of another user would reach this authenticator.
//!
//! The kernel's socket tables say which OS user owns the client's socket. A socket that is not found
//! there counts as foreign.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use countersign_desktop_protocol::text::inert;

/// The owner of the client's socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// OS user id.
    pub uid: u32,
    /// The socket's inode, by which its program is found.
    pub inode: u64,
}

/// The owner of the client's end of a connection, if the kernel shows it.
pub fn owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .find_map(|table| find(&table, client, server))
}

/// Whether the connection belongs to the OS user that runs this program.
pub fn is_own(owner: Option<Owner>) -> bool {
    owner.is_some_and(|owner| owner.uid == rustix::process::geteuid().as_raw())
}

/// The OS user whose program listens on an address, for `doctor`.
pub fn listener(address: SocketAddr) -> Option<u32> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .find_map(|table| {
            rows(&table)
                .find(|row| {
                    row.state == LISTEN
                        && row.local.port() == address.port()
                        && (row.local.ip() == address.ip() || row.local.ip().is_unspecified())
                })
                .map(|row| row.owner.uid)
        })
}

/// TCP states as the kernel numbers them.
const TIME_WAIT: u8 = 6;
const LISTEN: u8 = 10;

struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    state: u8,
    owner: Owner,
}

fn find(table: &str, client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    // A socket that no program holds any more (in TIME_WAIT, or closed before all was sent) has no owner:
    // it is shown as root's, without an inode.
    rows(table)
        .find(|row| row.local == client && row.remote == server)
        .filter(|row| row.state != TIME_WAIT && row.owner.inode != 0)
        .map(|row| row.owner)
}

fn rows(table: &str) -> impl Iterator<Item = Row> + '_ {
    table.lines().skip(1).filter_map(row)
}

/// `sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode …`
fn row(line: &str) -> Option<Row> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let local = address(fields.next()?)?;
    let remote = address(fields.next()?)?;
    let state = u8::from_str_radix(fields.next()?, 16).ok()?;
    let uid = fields.nth(3)?.parse().ok()?;
    let inode = fields.nth(1)?.parse().ok()?;
    Some(Row {
        local,
        remote,
        state,
        owner: Owner { uid, inode },
    })
}

/// `0100007F:24C2`: the address as 32-bit words in the byte order of the machine, then the port. A
/// client may have used an IPv6 socket for an IPv4 address, which is then shown as a mapped one.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |index: usize| {
        let digits = address.get(index * 8..index * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut octets = [0; 16];
            for (index, part) in octets.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(index)?);
            }
            IpAddr::V6(Ipv6Addr::from(octets)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// The name of the program that holds the socket, as inert text. It is shown to the person and kept in
/// the activity list; it is no proof, since a program can call itself anything.
pub fn program(owner: Owner) -> Option<String> {
    let wanted = format!("socket:[{}]", owner.inode);
    let holds = |process: &Path| {
        std::fs::read_dir(process.join("fd"))
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| {
                std::fs::read_link(entry.path())
                    .is_ok_and(|link| link.as_os_str() == wanted.as_str())
            })
    };
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let process = entry.path();
        let is_process = entry
            .file_name()
            .to_str()
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        if is_process && holds(&process) {
            let name = std::fs::read_link(process.join("exe"))
                .ok()
                .and_then(|exe| {
                    exe.file_name()
                        .map(|name| name.to_string_lossy().into_owned())
                })
                .or_else(|| std::fs::read_to_string(process.join("comm")).ok())?;
            return Some(inert(name.trim()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:24C2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1001 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:24C2 06 00000000:00000000 03:00000F9B 00000000     0        0 0 3 0
   2: 0100007F:C351 0100007F:24C2 01 00000000:00000000 00:00000000 00000000  1001        0 1002 1 0 20 4 30 10 -1
   3: 0100007F:24C2 0100007F:C351 01 00000000:00000000 00:00000000 00000000  1000        0 1003 1 0 20 4 30 10 -1
   4: broken
   5: 0100007F:C354 0100007F:24C2 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1
";
    const TCP6: &str = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:C352 00000000000000000000000001000000:24C2 01 00000000:00000000 00:00000000 00000000  1000        0 2001 1 0 20 4 30 10 -1
   1: 0000000000000000FFFF00000100007F:C353 0000000000000000FFFF00000100007F:24C2 01 00000000:00000000 00:00000000 00000000  1000        0 2002 1 0 20 4 30 10 -1
";

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn finds_the_clients_end() {
        let server = at("127.0.0.1:9410");
        let found = find(TCP, at("127.0.0.1:50001"), server);
        assert_eq!(
            found,
            Some(Owner {
                uid: 1001,
                inode: 1002
            }),
            "not the server's end"
        );
        assert_eq!(
            find(TCP, at("127.0.0.1:50000"), server),
            None,
            "TIME_WAIT has no owner"
        );
        assert_eq!(
            find(TCP, at("127.0.0.1:50004"), server),
            None,
            "closed by whoever it was: not root's"
        );
        assert_eq!(find(TCP, at("127.0.0.1:50009"), server), None);
        let six = find(TCP6, at("[::1]:50002"), at("[::1]:9410"));
        assert_eq!(
            six,
            Some(Owner {
                uid: 1000,
                inode: 2001
            })
        );
        let mapped = find(TCP6, at("127.0.0.1:50003"), server);
        assert_eq!(
            mapped,
            Some(Owner {
                uid: 1000,
                inode: 2002
            })
        );
    }

    #[test]
    fn finds_this_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let found = owner(client.local_addr().unwrap(), client.peer_addr().unwrap()).unwrap();
        assert!(is_own(Some(found)));
        let exe = std::env::current_exe().unwrap();
        let name = exe.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(program(found).unwrap(), name);
        assert!(super::listener(listener.local_addr().unwrap()).is_some());
    }

    #[test]
    fn an_unknown_owner_is_foreign() {
        assert!(!is_own(None));
    }

    proptest::proptest! {
        #[test]
        fn odd_tables_are_read_without_harm(table in "(\\PC{0,40}\n){0,5}", line in "[0-9A-F: ]{0,160}") {
            let _ = rows(&table).count();
            let _ = row(&line);
        }
    }
}
