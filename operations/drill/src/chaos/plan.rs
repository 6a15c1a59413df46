//! When which fault begins and ends: the same plan for the same seed.

use std::time::Duration;

use super::fault::Fault;
use super::random::Random;

/// The beginning or the end of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Since the first request.
    pub(crate) at: Duration,
    pub(crate) fault: Fault,
    pub(crate) action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Begin,
    End,
}

/// Makes the steps for this time. Every fault comes once before one comes again. Every third begins while another part is
/// broken, too.
pub(crate) fn plan(random: &mut Random, whole: Duration) -> Vec<Step> {
    let (mut steps, mut bag) = (Vec::new(), Vec::new());
    let mut at = FIRST;
    while at + LONGEST < whole {
        let fault = draw(&mut bag, random, None);
        let mut end = add(&mut steps, fault, at, random);
        if random.once_in(3) {
            let second = draw(&mut bag, random, Some(fault));
            let begin = at + Duration::from_millis(random.below(1000));
            end = end.max(add(&mut steps, second, begin, random));
        }
        at = end + PAUSE + Duration::from_millis(random.below(2000));
    }
    steps.sort_by_key(|step| (step.at, step.action));
    steps
}

fn add(steps: &mut Vec<Step>, fault: Fault, at: Duration, random: &mut Random) -> Duration {
    let (least, most) = fault.milliseconds();
    let end = at + Duration::from_millis(least + random.below(most - least + 1));
    steps.extend([Step { at, fault, action: Action::Begin }, Step { at: end, fault, action: Action::End }]);
    end
}

/// Takes a fault out of the bag, one that may accompany the present one. Fills the bag when it has none.
fn draw(bag: &mut Vec<Fault>, random: &mut Random, present: Option<Fault>) -> Fault {
    let fits = |fault: &Fault| present.is_none_or(|present| present.may_accompany(*fault));
    if !bag.iter().any(fits) {
        bag.extend(Fault::ALL);
    }
    let fitting: Vec<_> = (0..bag.len()).filter(|index| bag.get(*index).is_some_and(fits)).collect();
    let index = fitting.get(random.index(fitting.len())).copied().unwrap_or(0);
    bag.swap_remove(index)
}

const FIRST: Duration = Duration::from_secs(2);
/// A fault begins only if so much of the time is left.
const LONGEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(1000);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn five_minutes_have_every_fault_and_only_faults_that_may_accompany_one_another() {
        for seed in 0..50 {
            let steps = plan(&mut Random::new(seed), Duration::from_secs(300));
            let faults: BTreeSet<_> = steps.iter().map(|step| step.fault).collect();
            assert_eq!(faults.len(), Fault::ALL.len(), "seed {seed}");
            let (mut active, mut most) = (Vec::<Fault>::new(), 0);
            for Step { fault, action, .. } in steps {
                if action == Action::End {
                    active.retain(|other| *other != fault);
                    continue;
                }
                assert!(active.iter().all(|other| other.may_accompany(fault)), "seed {seed}: {active:?}, {fault:?}");
                active.push(fault);
                most = most.max(active.len());
            }
            assert!(active.is_empty() && most == 2, "seed {seed}: {active:?}, {most}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan() {
        let plan = |seed| plan(&mut Random::new(seed), Duration::from_secs(60));
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
    }
}
