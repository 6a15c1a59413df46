//! Strangers' tokens that name unknown keys, users at the same time, and the memory of the process before and after. The
//! issuer needs 100 ms for each answer.

use super::{Run, label, progress};
use crate::contestants::Contestant;
use crate::load::{Credentials, Load, Outcome, Until};
use crate::process::Server;
use crate::site::Scheme;
use crate::table::{Table, grouped, milliseconds};

/// What happened during one flood.
struct Flood {
    fetches: usize,
    strangers: Outcome,
    users: Outcome,
}

/// The resident memory of one server, in MiB.
struct Memory {
    at_start: f64,
    after_requests: f64,
    after_floods: f64,
}

pub(super) async fn run(run: &Run) {
    let effort = run.options.effort;
    let title = |what: &str| format!("Unknown keys {what}, for {:?}; {USERS_PER_SECOND} users a second", effort.flood);
    let columns = ["", "strangers a second", "fetches", "users rejected", "users' p99", "users' longest wait"];
    let mut slow = Table::new(&title("50 times a second"), &columns);
    let mut fast = Table::new(&title("as fast as possible"), &columns);
    let requests = format!("after {} requests", grouped(effort.requests as f64));
    let mut memory = Table::new("Resident memory, MiB", &["", "at the start", &requests, "after the floods"]);
    for contestant in run.fetching() {
        progress("flood", contestant);
        let (at_fifty, at_full_speed, used) = measure(run, contestant).await;
        slow.row(at_fifty.row(contestant));
        fast.row(at_full_speed.row(contestant));
        memory.row(used.row(contestant));
    }
    [slow, fast, memory].iter().for_each(Table::print);
}

async fn measure(run: &Run, contestant: &Contestant) -> (Flood, Flood, Memory) {
    let credentials = run.world.credentials(Scheme::Bearer, 1);
    let server = Server::ready(contestant, &run.world.site(Scheme::Bearer), &credentials).await;
    let at_start = server.memory();
    let until = Until::Requests(run.options.effort.requests);
    server.load(vec![Load { connections: CONNECTIONS, per_second: None, until, credentials }]).await;
    let after_requests = server.memory();
    let slow = flood(run, &server, Some(50)).await;
    let fast = flood(run, &server, None).await;
    (slow, fast, Memory { at_start, after_requests, after_floods: server.memory() })
}

async fn flood(run: &Run, server: &Server, per_second: Option<u32>) -> Flood {
    let until = Until::Milliseconds(u64::try_from(run.options.effort.flood.as_millis()).unwrap());
    let valid = run.world.token().sign();
    let credentials = Credentials::UnknownKeys { rest: valid.split_once('.').unwrap().1.to_owned() };
    let strangers = Load { connections: CONNECTIONS, per_second, until, credentials };
    let credentials = Credentials::bearer(&valid);
    let users = Load { connections: CONNECTIONS, per_second: Some(USERS_PER_SECOND), until, credentials };
    run.world.answer_late();
    let mut outcomes = server.load(vec![strangers, users]).await;
    let fetches = run.world.fetches();
    run.world.answer_at_once();
    let (users, strangers) = (outcomes.remove(1), outcomes.remove(0));
    Flood { fetches, strangers, users }
}

impl Flood {
    fn row(&self, contestant: &Contestant) -> Vec<String> {
        let accepted = self.strangers.accepted();
        assert!(accepted == 0 || !contestant.verifies(), "{} accepts unknown keys", contestant.id);
        vec![
            label(contestant),
            grouped(self.strangers.per_second()),
            grouped(self.fetches as f64),
            format!("{} of {}", self.users.rejected(), self.users.answered()),
            format!("{} ms", milliseconds(self.users.p99_microseconds)),
            format!("{} ms", milliseconds(self.users.longest_microseconds)),
        ]
    }
}

impl Memory {
    fn row(&self, contestant: &Contestant) -> Vec<String> {
        let sizes = [self.at_start, self.after_requests, self.after_floods];
        std::iter::once(label(contestant)).chain(sizes.map(|size| format!("{size:.1}"))).collect()
    }
}

const CONNECTIONS: usize = 16;
const USERS_PER_SECOND: u32 = 50;
