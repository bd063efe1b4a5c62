//! Who waits for whom, on a connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use plugmint_http::{DeviceListener, DeviceStream, Peer};
use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, CommitError, Key, Record, Revision, Store, StoreError};
use plugmint_tests::design;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use crate::client::{Answer, Client};
use crate::home::{Device, Home};

use super::{Watched, direct};

/// A store whose reads wait while its gate is shut.
struct Gated {
    store: MemoryStore,
    is_open: watch::Sender<bool>,
}

#[async_trait]
impl Store for Gated {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let mut is_open = self.is_open.subscribe();
        is_open.wait_for(|is_open| *is_open).await.unwrap();
        drop(is_open);
        self.store.get(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.store.scan(prefix, after, limit).await
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.store.commit(batch).await
    }
}

fn gated() -> (Home, Device, Arc<Gated>) {
    let store = Gated { store: MemoryStore::new(), is_open: watch::channel(true).0 };
    let store = Arc::new(store);
    let home = Home::over(Arc::clone(&store) as _, design(), |api| api);
    let (_, device) = home.thing("A");
    // An answer is longer than what goes over a narrow connection at once.
    let long = json!({ "props": "x".repeat(2_000) });
    assert_eq!(home.call(&device.on_itself("PATCH").json(&long)).status, 200);
    (home, device, store)
}

#[test]
fn a_server_that_ends_answers_a_device_that_has_called() {
    let (home, device, store) = gated();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let api = direct(&home);
    let listener = DeviceListener::new(listener).with_own_reads(&api.own_reads());
    let service = api.router().into_make_service_with_connect_info::<Peer>();
    let (end, ends) = oneshot::channel::<()>();
    let served = runtime.spawn(async {
        let served = axum::serve(listener, service);
        served.with_graceful_shutdown(async { drop(ends.await) }).await
    });
    let mut client = Client::to(address);
    client.send(device.get().bytes());
    assert_eq!(client.answer().status, 200);
    store.is_open.send_replace(false);
    client.send(device.get().bytes());
    assert!(client.is_silent(Duration::from_millis(100)));
    end.send(()).unwrap();
    assert!(client.is_silent(Duration::from_millis(100)));
    store.is_open.send_replace(true);
    let answer = client.answer();
    assert_eq!(answer.value()["id"], *device.id);
    assert_eq!(answer.header("connection"), None, "it is answered here, where nobody knew");
    assert!(client.is_closed());
    runtime.block_on(served).unwrap().unwrap();
}

#[test]
fn a_read_that_takes_too_long_is_503() {
    let (home, device, store) = gated();
    let api = direct(&home).with_timeout(Duration::from_millis(50));
    let watched = Watched::with(api, Router::new());
    let mut client = watched.client();
    let seen = watched.sees(|| {
        store.is_open.send_replace(false);
        client.send(device.get().bytes());
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
        store.is_open.send_replace(true);
        client.send(device.get().bytes());
        assert_eq!(client.answer().status, 200);
    });
    assert_eq!(seen, 0);
}

/// A device and its connection, over which so many bytes go at once, in a time that passes when
/// nothing else happens.
fn run(
    room: usize,
    test: impl AsyncFnOnce(Device, DuplexStream, DeviceStream<DuplexStream>, Arc<Gated>),
) {
    let (home, device, store) = gated();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (client, server) = duplex(room);
        let peer = Peer::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
        let api = direct(&home).with_timeout(Duration::from_secs(1_000));
        let stream = DeviceStream::new(server).with_own_reads(&api.own_reads(), peer);
        test(device, client, stream, store).await;
    });
}

/// Nobody reads a call out of it: a server that would wait for one.
async fn serves(stream: &mut DeviceStream<DuplexStream>) -> std::io::Result<usize> {
    stream.read(&mut [0; 1024]).await
}

async fn one(client: &mut DuplexStream) -> Answer {
    let mut came = Vec::new();
    loop {
        came.push(client.read_u8().await.unwrap());
        if came.ends_with(b"}") && came.windows(4).any(|four| four == b"\r\n\r\n") {
            return Answer::of(&came);
        }
    }
}

#[test]
fn an_answer_goes_out_in_as_many_pieces_as_its_device_takes() {
    run(512, async |device, mut client, mut stream, _| {
        // Each piece waits for the device, which takes its time.
        let reads = async {
            for _ in 0..3 {
                client.write_all(&device.get().bytes()).await.unwrap();
                sleep(Duration::from_secs(50)).await;
                let answer = one(&mut client).await;
                assert_eq!(answer.value()["id"], *device.id);
                assert!(answer.body.len() > 2_000);
            }
        };
        tokio::select! {
            served = serves(&mut stream) => panic!("{served:?}"),
            () = reads => {}
        }
    });
}

#[test]
fn a_device_that_does_not_read_its_answers_is_not_waited_for() {
    run(512, async |device, mut client, mut stream, _| {
        client.write_all(&device.get().bytes()).await.unwrap();
        let served = timeout(Duration::from_secs(74), serves(&mut stream)).await;
        assert!(served.is_err(), "{served:?}");
        let served = timeout(Duration::from_secs(2), serves(&mut stream)).await.unwrap();
        assert_eq!(served.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    });
}

#[test]
fn who_reads_itself_once_a_minute_stays_and_who_stops_does_not() {
    run(4096, async |device, mut client, mut stream, _| {
        let reads = async {
            for _ in 0..5 {
                sleep(Duration::from_secs(60)).await;
                client.write_all(&device.get().bytes()).await.unwrap();
                assert_eq!(one(&mut client).await.status, 200);
            }
            sleep(Duration::from_secs(74)).await;
        };
        tokio::select! {
            served = serves(&mut stream) => panic!("{served:?}"),
            () = reads => {}
        }
        let served = timeout(Duration::from_secs(2), serves(&mut stream)).await;
        assert_eq!(served.unwrap().unwrap(), 0, "it is sent away");
    });
}

#[test]
fn who_waits_for_its_answer_is_not_sent_away() {
    run(4096, async |device, mut client, mut stream, store| {
        store.is_open.send_replace(false);
        client.write_all(&device.get().bytes()).await.unwrap();
        let waits = async {
            sleep(Duration::from_secs(900)).await;
            store.is_open.send_replace(true);
            assert_eq!(one(&mut client).await.status, 200);
        };
        tokio::select! {
            served = serves(&mut stream) => panic!("{served:?}"),
            () = waits => {}
        }
    });
}

#[test]
fn what_a_server_writes_comes_behind_an_answer_that_is_under_way() {
    run(4096, async |device, mut client, mut stream, store| {
        store.is_open.send_replace(false);
        client.write_all(&device.get().bytes()).await.unwrap();
        let served = timeout(Duration::from_secs(1), serves(&mut stream)).await;
        assert!(served.is_err(), "{served:?}");
        let opens = async {
            sleep(Duration::from_secs(1)).await;
            store.is_open.send_replace(true);
        };
        let (written, ()) = tokio::join!(stream.write_all(b"later"), opens);
        written.unwrap();
        drop(stream);
        let mut came = String::new();
        client.read_to_string(&mut came).await.unwrap();
        let answer = came.strip_suffix("later").map(|answer| Answer::of(answer.as_bytes()));
        assert_eq!(answer.unwrap().value()["id"], *device.id);
    });
}
