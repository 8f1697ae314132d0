//! The shape of e-mail addresses: `addr-spec` of RFC 5322 §3.4.1 without comments and folding, with
//! the letters beyond ASCII of RFC 6532.

/// Longest local part (RFC 5321 §4.5.3.1.1).
const LOCAL_LIMIT: usize = 64;

/// Whether a text is an address.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    local.len() <= LOCAL_LIMIT && (is_dot_atom(local) || is_quoted(local)) && is_domain(domain)
}

fn is_dot_atom(text: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_atom_character);
    text.split('.').all(is_atom)
}

fn is_atom_character(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_quoted(text: &str) -> bool {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return false;
    };
    let mut escaped = false;
    for c in inner.chars() {
        if c.is_control() || (c == '"' && !escaped) {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    !inner.is_empty() && !escaped
}

fn is_domain(text: &str) -> bool {
    if let Some(literal) = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return match literal.strip_prefix("IPv6:") {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => literal.parse::<std::net::Ipv4Addr>().is_ok(),
        };
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses() {
        for good in [
            "ana@example.org",
            "ana.ito+mfa@mail.example.co.jp",
            "a@b",
            "o'neil@example.org",
            "\"ana ito\"@example.org",
            "\"a\\\"b\"@example.org",
            "\"a@b\"@example.org",
            "ana@[192.0.2.1]",
            "ana@[IPv6:2001:db8::1]",
            "jörg@bücher.example",
        ] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@@example.org",
            "ana ito@example.org",
            "Ana <ana@example.org>",
            ".ana@example.org",
            "ana.@example.org",
            "a..b@example.org",
            "ana@-example.org",
            "ana@example-.org",
            "ana@example..org",
            "ana@example.org.",
            "ana@exa_mple.org",
            "ana@example.org\r\nBcc: x@example.org",
            "\"a\"b\"@example.org",
            "\"\"@example.org",
            "\"a\\\"@example.org",
            "ana@[192.0.2.300]",
            "ana@[IPv6:zz]",
            "a,b@example.org",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
        assert!(is_address(&format!("{}@example.org", "a".repeat(64))));
        assert!(!is_address(&format!("{}@example.org", "a".repeat(65))));
    }
}
