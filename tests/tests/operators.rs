//! Operators of a server that is somebody else's: the socket that one call opens, and who asks
//! there.

#![cfg(test)]
#![cfg(unix)]

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plugmint::{Living, Mark, SerialFilter, SerialScope, StageName, TemplateState};
use plugmint_http::operators::{
    AddKey, BackUp, Call, CountSerials, DeleteTemplate, Disable, FailureKind, ListSerials,
    OperatorClient, OperatorError, OperatorSocket, Operators, SOCKET_FILE, ShowSerial,
    ShowTemplate,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{Scene, design, generated_password, new_serial};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// A server with a registry in memory, and whoever asks it.
struct Served {
    scene: Scene,
    data: TempDir,
    socket: OperatorSocket,
    client: OperatorClient,
}

async fn served() -> Served {
    let scene = Scene::new(Arc::new(MemoryStore::new()), design()).await;
    let data = tempfile::tempdir().unwrap();
    let socket = Operators::new(scene.registry.clone()).open_socket(data.path()).unwrap();
    let client = OperatorClient::find(data.path()).await.unwrap().unwrap();
    Served { scene, data, socket, client }
}

impl Served {
    async fn ask<C: Call>(&self, call: C) -> Result<C::Answer, OperatorError> {
        self.client.ask(&call, |_| ControlFlow::Continue(())).await
    }
}

fn run<T>(test: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(test)
}

async fn found(data: &Path) -> bool {
    OperatorClient::find(data).await.unwrap().is_some()
}

#[test]
fn a_server_of_ones_own_serves_its_operators_with_one_call() {
    run(async {
        let served = served().await;
        let serial = served.scene.register("SN-1", &generated_password(1)).await;
        let by = served.scene.ada.clone();
        served.ask(Disable { serial, by }).await.unwrap();
        let asked = served.ask(ShowSerial { serial }).await.unwrap();
        assert_eq!(asked, served.scene.status(&serial).await);
    });
}

#[test]
fn what_the_host_did_not_give_is_not_offered() {
    run(async {
        let served = served().await;
        let file = served.data.path().join("b.redb").to_str().unwrap().to_owned();
        for error in [
            served.ask(AddKey {}).await.unwrap_err(),
            served.ask(BackUp { file }).await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.code()), (FailureKind::Refused, "not-offered"));
        }
    });
}

#[test]
fn the_socket_is_closed_with_its_name_and_opened_again() {
    run(async {
        let Served { scene, data, socket, client } = served().await;
        let mode = fs::metadata(socket.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        socket.close(GRACE).await;
        assert!(!found(data.path()).await && !data.path().join(SOCKET_FILE).exists());
        let gone = client.ask(&AddKey {}, |_| ControlFlow::Continue(())).await.unwrap_err();
        assert_eq!((gone.kind(), gone.code()), (FailureKind::Failed, "server-gone"));
        let again = Operators::new(scene.registry).open_socket(data.path()).unwrap();
        assert!(found(data.path()).await);
        drop(again);
        assert!(!found(data.path()).await);
    });
}

#[test]
fn the_name_of_a_socket_that_nobody_answers_is_taken_over() {
    run(async {
        let (scene, data) =
            (Scene::new(Arc::new(MemoryStore::new()), design()).await, TempDir::new().unwrap());
        fs::write(data.path().join(SOCKET_FILE), "left behind").unwrap();
        let _socket = Operators::new(scene.registry).open_socket(data.path()).unwrap();
        assert!(found(data.path()).await);
    });
}

#[test]
fn a_directory_that_is_not_there_or_too_deep_is_told_and_nothing_is_left() {
    run(async {
        let (scene, data) =
            (Scene::new(Arc::new(MemoryStore::new()), design()).await, TempDir::new().unwrap());
        let deep = data.path().join("d".repeat(100));
        fs::create_dir(&deep).unwrap();
        for directory in [data.path().join("missing"), deep.clone()] {
            let operators = Operators::new(scene.registry.clone());
            let error = operators.open_socket(&directory).unwrap_err();
            assert_eq!(error.code(), "socket-not-opened");
            assert!(error.to_string().contains(SOCKET_FILE), "{error}");
        }
        assert_eq!(fs::read_dir(deep).unwrap().count(), 0);
    });
}

#[test]
fn a_call_that_its_caller_breaks_off_ends_and_leaves_what_it_says() {
    run(async {
        let served = served().await;
        // More than one step is ahead of what is listened to.
        let new = |number| {
            let (serial, password) = (format!("SN-{number}"), generated_password(number));
            new_serial(&serial, &password)
        };
        let many = (0..40_000).map(new).collect();
        let (template, by) = (*served.scene.id("SN-0").template(), served.scene.ada.clone());
        served.scene.registry.register_all(&template, many, &by).await.unwrap();
        let living = Living::Retire;
        let delete = DeleteTemplate { template, living, by };
        let mut told = 0;
        let broken = served.client.ask(&delete, |_| {
            told += 1;
            ControlFlow::Break(())
        });
        assert_eq!(broken.await.unwrap_err().code(), "hung-up");
        assert_eq!(told, 1);
        let Served { scene, socket, .. } = served;
        // What was under way has ended by then.
        socket.close(GRACE).await;
        let shown = scene.registry.template(&template).await.unwrap();
        assert!(matches!(shown.state(), TemplateState::Deleting { .. }), "{shown:?}");
    });
}

#[test]
fn a_call_that_takes_long_tells_how_far_it_is_and_then_answers() {
    run(async {
        let served = served().await;
        for number in 0..2_100 {
            served.scene.register(&format!("SN-{number}"), &generated_password(number)).await;
        }
        let template = *served.scene.id("SN-0").template();
        let (living, by) = (Living::Refuse, served.scene.ada.clone());
        let mut steps = Vec::new();
        let delete = DeleteTemplate { template, living, by };
        let deleted = served.client.ask(&delete, |step| {
            steps.push(step.looked_at);
            ControlFlow::Continue(())
        });
        let deleted = deleted.await.unwrap();
        assert!(steps.len() > 2 && steps.is_sorted(), "{steps:?}");
        assert_eq!(deleted.looked_at, 2_100);
        let shown = served.ask(ShowTemplate { template }).await.unwrap();
        assert!(matches!(shown.state(), TemplateState::Deleted { .. }));
    });
}

#[test]
fn an_answer_that_this_version_does_not_know_is_told_as_done_by_another_one() {
    run(async {
        let data = TempDir::new().unwrap();
        let listener = tokio::net::UnixListener::bind(data.path().join(SOCKET_FILE)).unwrap();
        let any = axum::routing::post(async || "{\"stage\": \"sold\"}");
        let router = axum::Router::new().route("/v1/{*call}", any);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = OperatorClient::find(data.path()).await.unwrap().unwrap();
        let unread = client.ask(&AddKey {}, |_| ControlFlow::Continue(())).await.unwrap_err();
        assert_eq!(unread.code(), "unreadable-answer");
    });
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for_without_end() {
    let paused = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    paused.block_on(async {
        let data = TempDir::new().unwrap();
        let _silent = tokio::net::UnixListener::bind(data.path().join(SOCKET_FILE)).unwrap();
        let error = OperatorClient::find(data.path()).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    });
}

#[test]
fn a_socket_is_opened_within_a_runtime_alone() {
    let data = TempDir::new().unwrap();
    let scene = pollster::block_on(Scene::new(Arc::new(MemoryStore::new()), design()));
    let error = Operators::new(scene.registry).open_socket(data.path()).unwrap_err();
    assert_eq!(error.code(), "socket-not-opened");
}

#[test]
fn what_was_called_before_the_socket_closes_is_answered_and_nothing_is_lost_behind() {
    run(async {
        let served = served().await;
        let serial = served.scene.register("SN-1", &generated_password(1)).await;
        let asked = (0..200).map(|_| {
            let client = served.client.clone();
            tokio::spawn(async move {
                client.ask(&ShowSerial { serial }, |_| ControlFlow::Continue(())).await
            })
        });
        let asked: Vec<_> = asked.collect();
        served.socket.close(GRACE).await;
        for asked in asked {
            if let Err(error) = asked.await.unwrap() {
                assert_eq!(error.code(), "server-gone");
            }
        }
    });
}

/// A call as it is sent.
fn bytes<C: Call>(call: &C) -> Vec<u8> {
    let body = serde_json::to_string(call).unwrap();
    let head = format!("POST /v1/{} HTTP/1.1\r\nHost: plugmint\r\n", C::PATH);
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn who_does_not_read_holds_no_end_up_and_what_it_asked_is_done() {
    run(async {
        let served = served().await;
        let serial = served.scene.register("SN-1", &generated_password(1)).await;
        let disable = bytes(&Disable { serial, by: served.scene.ada.clone() });
        let flood = bytes(&ShowSerial { serial }).repeat(100_000);
        let mut stream = UnixStream::connect(served.socket.path()).await.unwrap();
        stream.write_all(&disable).await.unwrap();
        let sent = timeout(Duration::from_secs(3), stream.write_all(&flood)).await;
        sent.expect_err("nobody reads the answers, so nobody reads the calls");
        let closed = served.socket.close(Duration::from_millis(100));
        timeout(GRACE, closed).await.expect("it is cut off");
        assert_eq!(served.scene.status(&serial).await.mark, Some(Mark::Disabled));
    });
}

#[test]
fn who_has_not_sent_all_of_a_call_holds_no_end_up() {
    run(async {
        let served = served().await;
        let serial = served.scene.register("SN-1", &generated_password(1)).await;
        let call = bytes(&Disable { serial, by: served.scene.ada.clone() });
        let mut stream = UnixStream::connect(served.socket.path()).await.unwrap();
        stream.write_all(&call[..call.len() - 1]).await.unwrap();
        let closed = served.socket.close(Duration::from_millis(100));
        timeout(GRACE, closed).await.expect("it is cut off");
        assert_eq!(served.scene.status(&serial).await.mark, Some(Mark::Enabled));
    });
}

#[test]
fn a_thousand_operators_at_once_are_all_answered() {
    run(async {
        let served = served().await;
        served.scene.register("SN-1", &generated_password(1)).await;
        let filter = SerialFilter::of(SerialScope::Template(*served.scene.id("SN-1").template()));
        let asked = (0..1_000).map(|_| {
            let client = served.client.clone();
            tokio::spawn(async move {
                let call = CountSerials { filter };
                client.ask(&call, |_| ControlFlow::Continue(())).await
            })
        });
        for asked in asked.collect::<Vec<_>>() {
            assert_eq!(asked.await.unwrap().unwrap().registered, 1);
        }
    });
}

#[test]
fn a_page_over_the_socket_is_the_registrys() {
    run(async {
        let served = served().await;
        for number in 0..20 {
            served.scene.register(&format!("SN-{number}"), &generated_password(number)).await;
        }
        let template = *served.scene.id("SN-0").template();
        let filter = SerialFilter::of(SerialScope::Template(template));
        let filter = filter.in_stage(StageName::Registered);
        let limit = std::num::NonZeroUsize::new(7).unwrap();
        let page = served.ask(ListSerials { filter, after: None, limit }).await.unwrap();
        let own = served.scene.registry.serials(&filter, None, limit).await.unwrap();
        assert_eq!(page, own);
        let shown = served.ask(ShowTemplate { template }).await.unwrap();
        assert_eq!(shown.state(), TemplateState::Open);
    });
}

/// Longer than anybody here takes.
const GRACE: Duration = Duration::from_secs(60);
