//! A small keep-alive HTTP client: one connection, one request at a time.

use anyhow::Context as _;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One connection to the server.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Connects to `host:port`.
    pub(crate) async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connect")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // The server closing an idle connection at its end is no failure of the run.
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            host: address.to_owned(),
        })
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        bearer: &str,
        media_type: &str,
        body: String,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, bearer)
            .header(header::CONTENT_TYPE, media_type)
            .body(Full::new(Bytes::from(body)))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, body))
    }

    /// Sends one request that has to be answered with this status.
    pub(crate) async fn expect(
        &mut self,
        status: StatusCode,
        method: Method,
        path: &str,
        bearer: &str,
        media_type: &str,
        body: String,
    ) -> anyhow::Result<Bytes> {
        let (got, answer) = self
            .send(method.clone(), path, bearer, media_type, body)
            .await?;
        anyhow::ensure!(
            got == status,
            "{method} {path} answered {got}: {}",
            String::from_utf8_lossy(&answer)
        );
        Ok(answer)
    }
}
