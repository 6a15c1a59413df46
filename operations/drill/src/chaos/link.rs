//! The connections between the APIs and the tenant, which can be cut and delayed.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Result;

/// A TCP proxy with an address that stays. Dropping it closes all connections.
#[derive(Debug)]
pub(crate) struct Link {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    task: JoinHandle<()>,
}

/// A change of the mode closes all connections.
#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    /// `None` while the other end does not run.
    target: Option<SocketAddr>,
    is_cut: bool,
    /// For each new connection.
    delay: Duration,
}

impl Link {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, (mode, receiver)) = (listener.local_addr()?, watch::channel(Mode::default()));
        Ok(Self { address, mode, task: tokio::spawn(serve(listener, receiver)) })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn lead_to(&self, target: Option<SocketAddr>) {
        self.mode.send_modify(|mode| mode.target = target);
    }

    pub(crate) fn cut(&self) {
        self.mode.send_modify(|mode| mode.is_cut = true);
    }

    pub(crate) fn delay(&self, delay: Duration) {
        self.mode.send_modify(|mode| mode.delay = delay);
    }

    pub(crate) fn mend(&self) {
        self.mode.send_modify(|mode| *mode = Mode { target: mode.target, ..Mode::default() });
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, mode: watch::Receiver<Mode>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => drop(tokio::spawn(pass(client, mode.clone()))),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn pass(mut client: TcpStream, mut mode: watch::Receiver<Mode>) {
    let Mode { target, is_cut, delay } = *mode.borrow_and_update();
    let (Some(target), false) = (target, is_cut) else { return };
    let passed = async {
        tokio::time::sleep(delay).await;
        let mut server = TcpStream::connect(target).await?;
        tokio::io::copy_bidirectional(&mut client, &mut server).await
    };
    tokio::select! {
        _ = passed => {}
        // Also when the link is dropped.
        _ = mode.changed() => {}
    }
}

const PAUSE: Duration = Duration::from_millis(50);
