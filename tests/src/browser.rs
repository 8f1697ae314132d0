//! Headless Chromium, driven through chromedriver.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{ClientBuilder, Locator};
use serde_json::json;
use tempfile::TempDir;

use crate::http::free_port;
use crate::skip::has;

/// A browser with a profile of its own; ended when dropped.
pub struct Browser {
    /// The session with chromedriver.
    pub client: fantoccini::Client,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts one, or reports `test` as skipped.
    pub async fn start(test: &str) -> Option<Self> {
        Self::start_with(test, &[]).await
    }

    /// The same with further command-line arguments for Chromium.
    pub async fn start_with(test: &str, arguments: &[&str]) -> Option<Self> {
        if !has(test, "chromium") || !has(test, "chromedriver") {
            return None;
        }
        let profile = TempDir::new().unwrap();
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            // A group of its own, so that the browser can be ended with it.
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut all = vec![
            "--headless=new".to_owned(),
            // Chromium refuses to run as root with its sandbox.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            "--window-size=900,1200".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        let options = json!({"args": all});
        let capabilities = [("goog:chromeOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let mut builder = ClientBuilder::new(http_connector());
        builder.capabilities(capabilities);
        let url = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let client = loop {
            match builder.connect(&url).await {
                Ok(client) => break client,
                Err(error) => {
                    tries += 1;
                    assert!(tries < 100, "no browser session: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        };
        Some(Self {
            client,
            driver,
            _profile: profile,
        })
    }

    /// Waits for an element.
    pub async fn wait_for(&self, selector: &str) -> fantoccini::elements::Element {
        match self
            .client
            .wait()
            .at_most(Duration::from_secs(30))
            .for_element(Locator::Css(selector))
            .await
        {
            Ok(element) => element,
            Err(error) => {
                self.screenshot("failure").await;
                let source = self.client.source().await.unwrap_or_default();
                panic!("{selector} never came ({error}):\n{source}");
            }
        }
    }

    /// Clicks an element.
    pub async fn click(&self, selector: &str) {
        self.wait_for(selector).await.click().await.unwrap();
    }

    /// The visible text of an element.
    pub async fn text(&self, selector: &str) -> String {
        self.wait_for(selector).await.text().await.unwrap()
    }

    /// Saves what is to be seen as `test-artifacts/<name>.png`.
    pub async fn screenshot(&self, name: &str) {
        let image = self.client.screenshot().await.unwrap();
        std::fs::write(artifact(&format!("{name}.png")), image).unwrap();
    }

    /// Ends the session; the rest happens on drop.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // After `close` the browser has gone; after a failed test it is still there.
        let group = rustix::process::Pid::from_raw(self.driver.id().try_into().unwrap()).unwrap();
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.driver.wait();
    }
}

/// A file in `test-artifacts/`, for people to look at.
pub fn artifact(name: &str) -> PathBuf {
    let folder = crate::binaries::root().join("test-artifacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn http_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}
