//! The body: at most 16 KiB, within ten seconds.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::failure::{Failure, Kind};

/// How much of an oversized body is read and thrown away, so that its sender gets to read the answer.
const DRAINED: usize = 4 * 1024 * 1024;

/// Reads the body as text.
///
/// # Errors
/// [`Kind::TooLarge`], or [`Kind::InvalidRequest`] if it does not come in time or is not ASCII.
pub async fn read(body: Incoming, largest: usize, time: Duration) -> Result<String, Failure> {
    let announced = body.size_hint().lower();
    if announced > DRAINED as u64 {
        return Err(Kind::TooLarge.into());
    }
    match tokio::time::timeout(time, collect(body, largest)).await {
        Ok(outcome) => outcome,
        Err(_) => {
            Err(Failure::from(Kind::InvalidRequest).message("The body did not come in time."))
        }
    }
}

async fn collect(mut body: Incoming, largest: usize) -> Result<String, Failure> {
    let broken = || Failure::from(Kind::InvalidRequest).message("The body could not be read.");
    let mut content = Vec::new();
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| broken())?.into_data() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen > DRAINED {
            break;
        }
        if seen <= largest {
            content.extend_from_slice(&data);
        }
    }
    if seen > largest {
        return Err(Kind::TooLarge.into());
    }
    let text = String::from_utf8(content)
        .ok()
        .filter(|text| text.is_ascii());
    text.ok_or_else(|| {
        Failure::from(Kind::InvalidRequest).message("The body has to be a JWT in compact form.")
    })
}
