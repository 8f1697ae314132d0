//! A client that sends what it is told to, also what no browser would.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request to the agent.
#[derive(Clone)]
pub struct Call {
    pub method: &'static str,
    pub path: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub host: Option<String>,
}

/// Its answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Call {
    pub fn new(method: &'static str, path: &'static str) -> Self {
        Self {
            method,
            path,
            headers: Vec::new(),
            body: String::new(),
            host: None,
        }
    }

    /// As a page's script sends it.
    pub fn jwt(path: &'static str, origin: &str, jwt: &str) -> Self {
        let mut call = Self::new("POST", path)
            .header("Origin", origin)
            .header("Content-Type", "application/jwt")
            .header("Sec-Fetch-Mode", "cors")
            .header("Sec-Fetch-Dest", "empty")
            .header("Sec-Fetch-Site", "cross-site");
        jwt.clone_into(&mut call.body);
        call
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    pub fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub fn text(&self, port: u16) -> String {
        use std::fmt::Write;
        let usual = format!("localhost:{port}");
        let host = self.host.as_deref().unwrap_or(&usual);
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !host.is_empty() {
            write!(text, "Host: {host}\r\n").unwrap();
        }
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        if self.method == "POST" {
            write!(text, "Content-Length: {}\r\n", self.body.len()).unwrap();
        }
        write!(text, "Connection: close\r\n\r\n{}", self.body).unwrap();
        text
    }

    pub async fn send(&self, port: u16) -> Answer {
        self.send_to(SocketAddr::from(([127, 0, 0, 1], port))).await
    }

    pub async fn send_to(&self, address: SocketAddr) -> Answer {
        let stream = self.start(address).await;
        read(stream).await
    }

    /// Sends it and does not wait.
    pub async fn start(&self, address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(self.text(address.port()).as_bytes())
            .await
            .unwrap();
        stream
    }
}

/// Reads the whole answer.
pub async fn read(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    Answer::parse(&String::from_utf8(bytes).unwrap())
}

impl Answer {
    pub fn parse(text: &str) -> Self {
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{text:?}"));
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self {
            status,
            headers,
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// Status and code of a failure.
    pub fn failure(&self) -> (u16, String) {
        let json = self.json();
        (
            self.status,
            json["code"].as_str().unwrap_or_default().to_owned(),
        )
    }

    #[track_caller]
    pub fn is_failure(&self, status: u16, code: &str) {
        assert_eq!(self.failure(), (status, code.to_owned()), "{self:?}");
    }

    #[track_caller]
    pub fn jwt(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/jwt"));
        &self.body
    }
}
