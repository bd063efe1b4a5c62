//! What devices are answered.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use plugmint::{
    AccountError, AddThingError, AuthenticateError, Credentials, EnrollControllerError,
    EnrollError, Fault,
};
use serde::Serialize;
use tracing::error;
use zeroize::Zeroizing;

use crate::OwnersUnavailable;

/// An answer before it is bytes: devices read its length, so it is never sent in chunks.
pub(super) type Answered = Response<Body>;

/// Why a call is not done, in the words that its caller is told.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    msg: String,
    retry_after: Option<Duration>,
    closes: bool,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, msg: impl Into<String>) -> Self {
        Self { status, msg: msg.into(), retry_after: None, closes: false }
    }

    pub(super) fn malformed(msg: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, msg)
    }

    /// No or wrong credentials of a device or an owner.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "the credentials are missing or wrong")
    }

    /// Whatever was wrong with an enrollment: who proved nothing is told nothing.
    pub(super) fn enrollment() -> Self {
        Self::new(StatusCode::FORBIDDEN, "the enrollment is refused")
    }

    /// What a caller may not do, whether there is something to do it to or not.
    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "not allowed")
    }

    /// Told to owners alone.
    pub(super) fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such device")
    }

    /// Nothing is wrong with the call, and it may be made again.
    pub(super) fn busy(retry_after: Duration) -> Self {
        let msg = "the platform is busy: try again";
        Self::later(StatusCode::SERVICE_UNAVAILABLE, msg, retry_after)
    }

    fn later(status: StatusCode, msg: &str, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(status, msg) }
    }

    /// What follows on this connection cannot be told from what belongs to this call.
    pub(super) fn and_closes(self) -> Self {
        Self { closes: true, ..self }
    }
}

/// A refusal as it is sent.
pub(super) struct Told {
    pub(super) status: StatusCode,
    /// The seconds after which to come again.
    pub(super) retry_after: Option<u64>,
    /// Its connection ends.
    pub(super) closes: bool,
    pub(super) body: Vec<u8>,
}

#[derive(Serialize)]
struct Why<'a> {
    err: u16,
    msg: &'a str,
}

impl Refusal {
    pub(super) fn told(&self) -> Told {
        let Self { status, msg, retry_after, closes } = self;
        // Rounded up: who comes a little earlier comes in vain.
        let seconds = |after: &Duration| after.as_secs() + u64::from(after.subsec_nanos() > 0);
        Told {
            status: *status,
            closes: *closes,
            retry_after: retry_after.as_ref().map(|after| seconds(after).max(1)),
            // Text is always JSON.
            body: serde_json::to_vec(&Why { err: status.as_u16(), msg }).unwrap_or_default(),
        }
    }
}

impl From<Refusal> for Answered {
    fn from(refusal: Refusal) -> Self {
        let Told { status, retry_after, closes, body } = refusal.told();
        let mut answered = with_body(status, body);
        if let Some(seconds) = retry_after {
            answered.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if closes {
            answered.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answered
    }
}

/// An answer that is given before the body is read: it ends the connection where a body is to come.
pub(super) fn unread(body: &Body, mut answered: Answered) -> Answered {
    if !body.is_end_stream() {
        answered.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answered
}

/// JSON of one length.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Answered {
    let mut bytes = Vec::with_capacity(TYPICAL_LEN);
    match serde_json::to_writer(&mut bytes, value) {
        Ok(()) => with_body(status, bytes),
        Err(_) => with_body(StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    }
}

/// Success that says nothing more.
pub(super) fn empty() -> Answered {
    let mut answered = Response::new(Body::empty());
    answered.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
    answered
}

/// JSON that is written already.
pub(super) fn with_body(status: StatusCode, bytes: Vec<u8>) -> Answered {
    let length = HeaderValue::from(bytes.len());
    let mut answered = Response::new(Body::from(bytes));
    *answered.status_mut() = status;
    // Whoever is between here and the connection sees it, too.
    answered.headers_mut().insert(CONTENT_LENGTH, length);
    answered.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answered
}

/// The credentials of whoever enrolled: `id` before `auth`, since some devices look for the first
/// of each.
pub(super) fn credentials(status: StatusCode, credentials: &Credentials) -> Answered {
    let auth = credentials.connection_password().expose_text();
    // Neither has a character that JSON would write otherwise.
    let (id, auth): (_, &str) = (credentials.plug_id(), &auth);
    let text = Zeroizing::new(format!(r#"{{"id":"{id}","auth":"{auth}"}}"#));
    let mut answered = with_body(status, text.as_bytes().to_vec());
    let no_store = HeaderValue::from_static("no-store");
    answered.headers_mut().insert(HeaderName::from_static("cache-control"), no_store);
    answered
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let is_passing = fault.is_retryable() || matches!(fault, Fault::Closed);
        if is_passing {
            return Self::busy(Duration::from_secs(1));
        }
        error!(code = fault.code(), "a device's call failed: {fault}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the platform failed")
    }
}

impl From<AuthenticateError> for Refusal {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Fault(fault) => fault.into(),
            _ => Self::unauthorized(),
        }
    }
}

impl From<EnrollError> for Refusal {
    fn from(error: EnrollError) -> Self {
        match error {
            EnrollError::Fault(fault) => fault.into(),
            EnrollError::Throttled { retry_after } => throttled(retry_after),
            EnrollError::Overloaded { retry_after } => overloaded(retry_after),
            EnrollError::AlreadyEnrolled
            | EnrollError::AlreadyActivated
            | EnrollError::Denied { .. } => Self::new(StatusCode::FORBIDDEN, error.to_string()),
            EnrollError::Labels(_) => {
                error!(code = error.code(), "a device's call failed: {error}");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the platform failed")
            }
            _ => Self::enrollment(),
        }
    }
}

impl From<EnrollControllerError> for Refusal {
    fn from(error: EnrollControllerError) -> Self {
        match error {
            EnrollControllerError::Fault(fault) => fault.into(),
            EnrollControllerError::Throttled { retry_after } => throttled(retry_after),
            EnrollControllerError::Overloaded { retry_after } => overloaded(retry_after),
            EnrollControllerError::TooMany | EnrollControllerError::LastOrdinal => {
                Self::new(StatusCode::FORBIDDEN, error.to_string())
            }
            _ => Self::enrollment(),
        }
    }
}

impl From<AddThingError> for Refusal {
    fn from(error: AddThingError) -> Self {
        match error {
            AddThingError::Fault(fault) => fault.into(),
            AddThingError::Throttled { retry_after } => throttled(retry_after),
            AddThingError::Overloaded { retry_after } => overloaded(retry_after),
            AddThingError::Refused => Self::unauthorized(),
            _ => Self::enrollment(),
        }
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Fault(fault) => fault.into(),
            AccountError::Throttled { retry_after } => throttled(retry_after),
            AccountError::Overloaded { retry_after } => overloaded(retry_after),
            _ => Self::unauthorized(),
        }
    }
}

impl From<OwnersUnavailable> for Refusal {
    fn from(unavailable: OwnersUnavailable) -> Self {
        error!("{unavailable}");
        Self::busy(Duration::from_secs(1))
    }
}

fn throttled(retry_after: Duration) -> Refusal {
    Refusal::later(StatusCode::TOO_MANY_REQUESTS, "too many attempts: try again later", retry_after)
}

fn overloaded(retry_after: Duration) -> Refusal {
    let msg = "too many enrollments wait: try again later";
    Refusal::later(StatusCode::SERVICE_UNAVAILABLE, msg, retry_after)
}

/// What most answers fit into.
const TYPICAL_LEN: usize = 512;
