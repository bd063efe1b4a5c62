//! Who is this?

mod connecting;
mod error;

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::{
    Admission, ConnectionPassword, CredentialView, PlugId, PlugIdKind, Principal, PrincipalKind,
    SourceWatch,
};
use tracing::{Level, enabled, field, instrument};

use crate::metrics::Begun;
use crate::source_watch::SourceTable;
use crate::{Attempt, CloneSuspicion, Fault, RefusedAttempt, Source, keys};

use super::Registry;
use super::drive::RestsOn;

use connecting::Connecting;

pub use error::AuthenticateError;

impl Registry {
    /// A device connects with its Plug-ID and connection password.
    ///
    /// The first time activates it, in one commit; later ones write nothing and cost one look-up
    /// and two compressions of SHA-256. An unknown id costs the same.
    ///
    /// # Errors
    /// * [`AuthenticateError::Refused`]: the one answer for an unknown Plug-ID, a wrong password, a
    ///   disabled or a retired device.
    /// * [`AuthenticateError::Fault`]
    pub fn authenticate<'a>(
        &'a self,
        plug_id: &'a PlugId,
        password: &'a ConnectionPassword,
    ) -> impl Future<Output = Result<Principal, AuthenticateError>> + Send + 'a {
        // A layer around the future, such as a span that nobody listens to, costs a connection a
        // fourth of what it takes.
        let presented = Presented { plug_id: Some(plug_id), source: None };
        if enabled!(Level::DEBUG) || self.0.metrics.is_some() {
            Connecting::Watched { connecting: self.connect_watched(presented, plug_id, password) }
        } else {
            Connecting::Unwatched { connecting: self.connect(presented, plug_id, password) }
        }
    }

    /// As [`authenticate`](Self::authenticate), for a call from a source that the host knows: where
    /// an [`Observer`](crate::Observer) is set it is told with a refusal, and a device that
    /// connects from more sources than its template allows is suspected to be two. A source that
    /// was not seen lately costs a look-up of the template.
    ///
    /// # Errors
    /// Those of [`authenticate`](Self::authenticate).
    pub async fn authenticate_from(
        &self,
        source: &Source,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<Principal, AuthenticateError> {
        let presented = Presented { plug_id: Some(plug_id), source: Some(source) };
        let principal = self.connect_watched(presented, plug_id, password).await?;
        if self.0.observer.is_none() {
            return Ok(principal);
        }
        // Boxed, so that who is not observed does not carry it.
        let watched = async move {
            self.watch_sources(&principal, source).await;
            principal
        };
        Ok(Box::pin(watched).await)
    }

    /// As [`authenticate`](Self::authenticate), with the texts that a device sent. A text that is
    /// no Plug-ID or no connection password costs and says what a wrong one does.
    ///
    /// # Errors
    /// Those of [`authenticate`](Self::authenticate).
    pub async fn authenticate_text(
        &self,
        plug_id: &str,
        password: &str,
    ) -> Result<Principal, AuthenticateError> {
        match (PlugId::parse(plug_id), ConnectionPassword::parse(password)) {
            (Ok(plug_id), Ok(password)) => self.authenticate(&plug_id, &password).await,
            (plug_id, _) => self.refuse(plug_id.ok(), None).await,
        }
    }

    /// As [`authenticate_text`](Self::authenticate_text), from a source as
    /// [`authenticate_from`](Self::authenticate_from).
    ///
    /// # Errors
    /// Those of [`authenticate`](Self::authenticate).
    pub async fn authenticate_text_from(
        &self,
        source: &Source,
        plug_id: &str,
        password: &str,
    ) -> Result<Principal, AuthenticateError> {
        match (PlugId::parse(plug_id), ConnectionPassword::parse(password)) {
            (Ok(plug_id), Ok(password)) => {
                self.authenticate_from(source, &plug_id, &password).await
            }
            (plug_id, _) => self.refuse(plug_id.ok(), Some(source)).await,
        }
    }

    async fn connect_watched(
        &self,
        presented: Presented<'_>,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<Principal, AuthenticateError> {
        if enabled!(Level::DEBUG) {
            // Boxed, so that who counts does not carry what who traces does.
            return Box::pin(self.connect_traced(presented, plug_id, password)).await;
        }
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.authenticate));
        let connected = self.connect(presented, plug_id, password).await;
        begun.ends(&connected);
        connected
    }

    #[instrument(
        level = "debug",
        name = "authenticate",
        skip_all,
        fields(plug_id = presented.plug_id.map(field::display)),
        err(level = "debug")
    )]
    async fn connect_traced(
        &self,
        presented: Presented<'_>,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<Principal, AuthenticateError> {
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.authenticate));
        let connected = self.connect(presented, plug_id, password).await;
        begun.ends(&connected);
        connected
    }

    async fn connect(
        &self,
        presented: Presented<'_>,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<Principal, AuthenticateError> {
        self.ensure_open()?;
        let record = {
            // Not kept any longer, since it has the room of the longest.
            let key = keys::credential(plug_id).map_err(Fault::from)?;
            self.0.store.get(&key).await.map_err(Fault::from)?
        };
        let stored = record.as_ref().filter(|_| plug_id.kind() == PlugIdKind::Device);
        let credential = match stored {
            Some(record) => {
                Some(CredentialView::decode(*plug_id, record.value()).map_err(Fault::from)?)
            }
            None => None,
        };
        let verifier = {
            // Loaded after the record: its version is there.
            let keys = self.0.keys.load();
            let version = credential.as_ref().map(CredentialView::key_version);
            let keys = keys.version(version.unwrap_or_else(|| keys.current()))?;
            keys.auth().verifier(plug_id, password)
        };
        let connected = match credential.as_ref().map(|credential| credential.admit(&verifier)) {
            Some(Admission::Admitted(proven)) => return Ok(proven.principal()),
            // Boxed, since it happens once to a device: every connection would carry its size.
            Some(Admission::Activates(proven)) => {
                Box::pin(self.activate(proven.principal(), &verifier)).await
            }
            Some(Admission::Overlap(proven)) => {
                proven.principal(self.0.clock.now()).ok_or(AuthenticateError::Refused)
            }
            Some(Admission::Refused) | None => Err(AuthenticateError::Refused),
        };
        if let Err(refused @ AuthenticateError::Refused) = &connected {
            let Presented { plug_id, source } = presented;
            self.tell_refused(Attempt::Authenticate(plug_id), source, refused.code());
        }
        connected
    }

    /// Does for malformed text what a wrong password costs, and refuses it.
    async fn refuse(
        &self,
        plug_id: Option<PlugId>,
        source: Option<&Source>,
    ) -> Result<Principal, AuthenticateError> {
        let nobody = PlugId::from_parts(PlugIdKind::Device, [0; PlugId::BODY_LEN]);
        let password = ConnectionPassword::parse(&"A".repeat(ConnectionPassword::TEXT_LEN));
        if let Ok(password) = password {
            // A template's id is nobody's: no password opens it.
            let template =
                PlugId::from_parts(PlugIdKind::Template, *plug_id.unwrap_or(nobody).body());
            let presented = Presented { plug_id: plug_id.as_ref(), source };
            self.connect_watched(presented, &template, &password).await?;
        }
        Err(AuthenticateError::Refused)
    }

    async fn activate(
        &self,
        principal: Principal,
        presented: &AuthVerifier,
    ) -> Result<Principal, AuthenticateError> {
        if let PrincipalKind::Controller { ordinal } = principal.kind() {
            return self.activate_controller(principal, ordinal, presented).await;
        }
        self.drive(principal.id(), RestsOn::Serial, |loaded| {
            let record = loaded.serial.clone().ok_or(AuthenticateError::Refused)?;
            let decision = record.authenticate(presented, self.0.clock.now())?;
            // Meanwhile it may have become the password of an overlap.
            Ok(decision.map(|proven_by| principal.by(proven_by)))
        })
        .await
    }
}

impl Registry {
    /// Notes where a principal connected from, and says so when it comes from too many places. The
    /// connection does not hang on it: a template that cannot be read suspects nobody.
    async fn watch_sources(&self, principal: &Principal, source: &Source) {
        let Some(observer) = &self.0.observer else { return };
        let now = self.0.clock.now();
        // One source is within every limit.
        let sources = self.0.sources.get_or_init(SourceTable::new);
        let noted = sources.note(principal.plug_id(), source, now);
        let Some(sources @ 2..) = noted else { return };
        let template = self.load_template(principal.id().template()).await;
        let watch = template.ok().flatten().map(|(template, _)| template.design().sources());
        if let Some(SourceWatch::AtMost(limit)) = watch
            && sources > limit.number()
        {
            observer.suspects_clone(&CloneSuspicion::TooManySources { principal, source, sources });
        }
    }

    /// Tells whoever counts refused attempts.
    pub(super) fn tell_refused(
        &self,
        attempt: Attempt<'_>,
        source: Option<&Source>,
        code: &'static str,
    ) {
        if let Some(observer) = &self.0.observer {
            observer.refused(&RefusedAttempt { attempt, source, code });
        }
    }
}

/// What whoever connects says of itself, for who counts attempts.
#[derive(Clone, Copy)]
struct Presented<'a> {
    /// `None` for a text that is none.
    plug_id: Option<&'a PlugId>,
    source: Option<&'a Source>,
}
