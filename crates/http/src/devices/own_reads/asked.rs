//! What a device that reads itself sends.

use std::mem::MaybeUninit;

use httparse::{Header, Request, Status};
use plugmint::{ConnectionPassword, PlugId};

/// A device reads itself.
pub(crate) struct OwnRead {
    pub(super) plug_id: PlugId,
    pub(super) password: ConnectionPassword,
}

impl OwnRead {
    /// What comes of these bytes if they are that call and nothing else: one head, whole, of a
    /// `GET` without a body that the connection outlives, whose path names the device that its
    /// headers name. `None` where that takes a closer look, such as at what is no Plug-ID.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        // Most that are none end here, before they are parsed.
        if !bytes.starts_with(b"GET /iot/device/") {
            return None;
        }
        let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut request = Request::new(&mut []);
        let parsed = request.parse_with_uninit_headers(bytes, &mut headers);
        let is_whole = parsed == Ok(Status::Complete(bytes.len()));
        if !is_whole || request.method != Some("GET") || request.version != Some(1) {
            return None;
        }
        let id = request.path?.strip_prefix("/iot/device/")?;
        let (mut plug_id, mut auth) = (None, None);
        for header in request.headers {
            match Means::of(header) {
                Means::Nothing => {}
                Means::PlugId if plug_id.is_none() => plug_id = Some(header.value),
                Means::Auth if auth.is_none() => auth = Some(header.value),
                // The first of two counts, or so others say.
                Means::PlugId | Means::Auth | Means::More => return None,
            }
        }
        let plug_id = str::from_utf8(plug_id?).ok()?;
        let (named, plug_id) = (plug_id, PlugId::parse(plug_id).ok()?);
        if id != named && PlugId::parse(id) != Ok(plug_id) {
            return None;
        }
        let password = ConnectionPassword::parse(str::from_utf8(auth?).ok()?).ok()?;
        Some(Self { plug_id, password })
    }
}

/// What a header means for a call of a device on itself.
#[derive(Clone, Copy)]
enum Means {
    Nothing,
    PlugId,
    Auth,
    /// That it is more than that call, or may be.
    More,
}

impl Means {
    fn of(header: &Header<'_>) -> Self {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        match header.name.len() {
            9 if is("x-plug-id") => Self::PlugId,
            11 if is("x-plug-auth") => Self::Auth,
            10 if is("connection") && !header.value.eq_ignore_ascii_case(b"keep-alive") => {
                Self::More
            }
            6 if is("expect") => Self::More,
            7 if is("upgrade") => Self::More,
            14 if is("content-length") && header.value != b"0" => Self::More,
            17 if is("transfer-encoding") => Self::More,
            _ => Self::Nothing,
        }
    }
}

/// More than any device sends.
const MOST_HEADERS: usize = 32;
