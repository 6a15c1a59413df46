//! Chaos: 200 clients send requests while parts are killed, paused, cut off and changed. Each request that fails needs a stated
//! window: see `window.rs`.

mod breaker;
mod caller;
mod claims;
mod cluster;
mod counts;
mod fault;
mod judge;
mod keys;
mod kind;
mod link;
mod load;
mod nginx;
mod node;
mod operator;
mod outcome;
mod plan;
mod random;
mod record;
mod site;
mod tally;
mod tenant;
mod thief;
mod timeline;
mod usage;
mod window;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use self::breaker::Breaker;
use self::claims::Claims;
use self::load::Load;
use self::plan::{Action, Step, plan};
use self::random::Random;
use self::site::Site;
use self::tally::Tally;
use self::timeline::Timeline;
use self::usage::Usage;
use self::world::World;
use crate::Result;
use crate::settings::Settings;

/// Runs the plan of the seed, and prints what the clients saw. Fails if a claim does not hold.
pub(crate) async fn run(settings: &Settings) -> Result<ExitCode> {
    let seed = settings.seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.as_secs() % 1_000_000
    });
    println!("seed {seed}");
    let whole = Duration::from_secs(settings.seconds.unwrap_or(DEFAULT_SECONDS));
    let (mut random, mut site) = (Random::new(seed), Site::set_up(settings).await?);
    let steps = plan(&mut random, whole);
    let world = Arc::new(World::new(&site, settings.pause)?);

    warm_up(&world, &mut random).await?;
    let before = usages(&site, None).await?;
    _ = world.records.take();

    let (start, load) = (Instant::now(), Load::start(&world, &mut random));
    let timeline = play(&mut site, &steps, start, random.split()).await?;
    tokio::time::sleep(whole.saturating_sub(start.elapsed()).max(RECOVERY)).await;
    load.finish().await?;
    let after = usages(&site, Some(&before)).await?;
    let ends_cleanly = end_under_load(site, &world, &mut random).await;

    let (good, bad) = world.records.take();
    let tally = Tally::new(&good, &bad, &timeline, start);
    println!("{tally}\n");
    let claims = Claims::of(&tally, &before, &after, ends_cleanly);
    println!("{claims}");
    Ok(if claims.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the connections that stay open, and fetches the keys.
async fn warm_up(world: &Arc<World>, random: &mut Random) -> Result<()> {
    let load = Load::start(world, random);
    tokio::time::sleep(WARM_UP).await;
    load.finish().await
}

/// Breaks and mends one thing after the other. If mending takes longer than planned, everything after it happens later, and
/// the run takes longer: no fault is left out.
async fn play(site: &mut Site, steps: &[Step], start: Instant, random: Random) -> Result<Timeline> {
    let (mut breaker, mut timeline) = (Breaker::new(random), Timeline::default());
    let mut delay = Duration::ZERO;
    for Step { at, fault, action } in steps {
        let due = *at + delay;
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        delay += start.elapsed().saturating_sub(due);
        let done = match action {
            Action::Begin => {
                timeline.begin(*fault);
                breaker.begin(site, *fault).await
            }
            Action::End => {
                let mended = breaker.end(site, *fault).await;
                timeline.end(*fault);
                mended
            }
        };
        println!("{:>6.1} s  {action:?} {fault}", start.elapsed().as_secs_f32());
        done.map_err(|error| format!("{fault}: {error}"))?;
    }
    Ok(timeline)
}

/// What each replica uses without requests.
async fn usages(site: &Site, before: Option<&[Usage; 2]>) -> Result<[Usage; 2]> {
    site.close_idle_connections();
    let bound = |position: usize| before.map(|before| before[position].bound(cluster::NODES));
    let [a, b] = &site.replicas;
    Ok([Usage::settled(site, a, bound(0)).await?, Usage::settled(site, b, bound(1)).await?])
}

/// Asks all programs to end while clients send requests to both replicas: first one replica, and the other one when the
/// clients have finished.
async fn end_under_load(mut site: Site, world: &Arc<World>, random: &mut Random) -> Result<()> {
    let load = Load::start(world, random);
    tokio::time::sleep(RECOVERY).await;
    site.replicas[0].take()?.end(operator::LIMIT).await?;
    load.finish().await?;
    site.replicas[1].take()?.end(operator::LIMIT).await?;
    site.nginx.end().await
}

const DEFAULT_SECONDS: u64 = 300;
const WARM_UP: Duration = Duration::from_secs(6);
/// Long enough for the windows after the last fault.
const RECOVERY: Duration = Duration::from_secs(6);
