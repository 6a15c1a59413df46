//! Runs two replicas behind nginx with Redis and Prometheus, and tells what the alerts say: see `operations/run`.

mod chaos;
mod drill;
mod load;
mod process;
mod prometheus;
mod replica;
mod settings;
mod stage;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::load::Load;
use crate::settings::Settings;
use crate::stage::Stage;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let settings = Settings::parse();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // A signal drops the future, and so the processes that it has started.
    tokio::select! {
        outcome = run(&settings) => outcome,
        _ = interrupt.recv() => Ok(ExitCode::SUCCESS),
        _ = terminate.recv() => Ok(ExitCode::SUCCESS),
    }
}

async fn run(settings: &Settings) -> Result<ExitCode> {
    if settings.chaos {
        return chaos::run(settings).await;
    }
    let mut stage = Stage::set_up(settings).await?;
    println!("{stage}");
    if settings.drill {
        return drill::run(&mut stage, settings).await;
    }
    let load = Load::start(&stage);
    match settings.seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
    println!("{}", load.finish().await);
    Ok(ExitCode::SUCCESS)
}
