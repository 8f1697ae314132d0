//! Addresses to listen on and public base URLs, as people write them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, bail};
use url::{Host, Url};

/// Reads `address:port`; `localhost:port` means 127.0.0.1.
///
/// # Errors
/// When it is something else.
pub fn listen(text: &str) -> anyhow::Result<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:")
        && let Ok(port) = port.parse()
    {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().ok().with_context(|| {
        format!("{text:?} is no address to listen on; one looks like 127.0.0.1:8080")
    })
}

/// The same, of loopback addresses only: the traffic is not encrypted.
///
/// # Errors
/// When it is something else.
pub fn loopback_listen(text: &str) -> anyhow::Result<SocketAddr> {
    let address = listen(text)?;
    if !address.ip().is_loopback() {
        bail!(
            "--listen takes loopback addresses only, because it is plain HTTP; use --https {address}"
        );
    }
    Ok(address)
}

/// Reads the public base URL of the API: ends in `/v1`.
///
/// # Errors
/// When it is something else.
pub fn api_base(text: &str) -> anyhow::Result<String> {
    let base = base(text, "API")?;
    if !base.ends_with("/v1") {
        bail!("the API base URL {text} has to end in /v1");
    }
    Ok(base)
}

/// Reads the public base URL of the authorization server.
///
/// # Errors
/// When it is something else.
pub fn auth_base(text: &str) -> anyhow::Result<String> {
    base(text, "auth")
}

fn base(text: &str, what: &str) -> anyhow::Result<String> {
    let url = Url::parse(text).with_context(|| format!("the {what} base URL {text:?}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        bail!("the {what} base URL {text} has to begin with https:// (or http://)");
    }
    let is_bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_bare {
        bail!("the {what} base URL {text} has to end with its path, without query or user");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether what is sent to the URL can be read on the way: plain http to another machine.
pub fn is_exposed(base: &str) -> bool {
    let Ok(url) = Url::parse(base) else {
        return true;
    };
    if url.scheme() == "https" {
        return false;
    }
    match url.host() {
        Some(Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => !address.is_loopback(),
        Some(Host::Ipv6(address)) => !address.is_loopback(),
        None => true,
    }
}

/// The host of a URL, as a relying party id would name it.
pub fn host(base: &str) -> Option<String> {
    Url::parse(base).ok()?.host_str().map(str::to_owned)
}

/// The origin of a URL: scheme, host and port.
pub fn origin(base: &str) -> Option<String> {
    let origin = Url::parse(base).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// What a `Host` header carries for a URL: host, and port unless it is the scheme's own.
pub fn authority(base: &str) -> Option<String> {
    let url = Url::parse(base).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners() {
        for (text, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("127.0.0.2:0", "127.0.0.2:0"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(loopback_listen(text).unwrap(), address.parse().unwrap());
        }
        for refused in [
            "",
            "8080",
            ":8080",
            "127.0.0.1",
            "example.com:80",
            "localhost:x",
        ] {
            assert!(listen(refused).is_err(), "{refused}");
        }
        for exposed in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"] {
            assert!(listen(exposed).is_ok());
            let error = loopback_listen(exposed).unwrap_err().to_string();
            assert!(error.contains("--https"), "{error}");
        }
    }

    #[test]
    fn bases() {
        assert_eq!(
            api_base("https://api.example.com/v1/").unwrap(),
            "https://api.example.com/v1"
        );
        assert_eq!(
            api_base("http://127.0.0.1:80/v1").unwrap(),
            "http://127.0.0.1/v1"
        );
        assert_eq!(
            auth_base("https://AUTH.example.com").unwrap(),
            "https://auth.example.com"
        );
        for refused in [
            "",
            "api.example.com/v1",
            "https://api.example.com",
            "https://api.example.com/v2",
            "https://api.example.com/v1?x=1",
            "https://api.example.com/v1#x",
            "https://me@api.example.com/v1",
            "ftp://api.example.com/v1",
        ] {
            assert!(api_base(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn what_can_be_read_on_the_way() {
        for safe in [
            "https://a.example",
            "http://localhost:1/v1",
            "http://127.9.9.9",
            "http://[::1]",
        ] {
            assert!(!is_exposed(safe), "{safe}");
        }
        for exposed in [
            "http://a.example",
            "http://192.0.2.1/v1",
            "http://notlocalhost",
        ] {
            assert!(is_exposed(exposed), "{exposed}");
        }
    }

    #[test]
    fn authorities() {
        for (base, expected) in [
            ("https://a.example/v1", "a.example"),
            ("https://a.example:443/v1", "a.example"),
            ("http://localhost:8080", "localhost:8080"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            assert_eq!(authority(base).as_deref(), Some(expected));
        }
    }
}
