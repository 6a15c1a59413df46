//! When faults were active.

use std::time::{Duration, Instant};

use super::fault::Fault;
use super::window::Window;

/// A fault that was active from one time to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occurrence {
    pub(crate) fault: Fault,
    pub(crate) began: Instant,
    /// When everything was mended. `None` while it is active.
    pub(crate) ended: Option<Instant>,
}

/// All faults of a run, in the order of their beginnings.
#[derive(Debug, Default)]
pub(crate) struct Timeline(Vec<Occurrence>);

impl Timeline {
    /// To call before something is broken.
    pub(crate) fn begin(&mut self, fault: Fault) {
        self.0.push(Occurrence { fault, began: Instant::now(), ended: None });
    }

    /// To call when everything is mended.
    pub(crate) fn end(&mut self, fault: Fault) {
        if let Some(last) = self.0.iter_mut().rev().find(|occurrence| occurrence.fault == fault) {
            last.ended = Some(Instant::now());
        }
    }

    pub(crate) fn of(&self, fault: Fault) -> impl Iterator<Item = &Occurrence> {
        self.0.iter().filter(move |occurrence| occurrence.fault == fault)
    }

    /// The faults that were active at some time of a request.
    pub(crate) fn during(&self, began: Instant, ended: Instant) -> Vec<&Occurrence> {
        self.0.iter().filter(|occurrence| occurrence.touches(began, ended, Duration::ZERO)).collect()
    }

    /// Returns the fault of the window that began last, if the request touches the time of the window.
    pub(crate) fn explains(&self, window: &Window, began: Instant, ended: Instant) -> Option<&Occurrence> {
        let (after, apart) = (window.after(), window.apart());
        let pairs = self.of(window.fault).flat_map(|one| {
            let others = window.with.map(|with| self.of(with).collect::<Vec<_>>());
            others.unwrap_or_else(|| vec![one]).into_iter().map(move |other| (one, other))
        });
        let touched = pairs.filter(|(one, other)| {
            let meet = one.is_open(other.began, apart) && other.is_open(one.began, apart);
            let has_begun = ended >= one.began.max(other.began);
            meet && has_begun && (one.is_open(began, after) || other.is_open(began, after))
        });
        touched.map(|(one, other)| if one.began > other.began { one } else { other }).last()
    }
}

impl Occurrence {
    fn touches(&self, began: Instant, ended: Instant, after: Duration) -> bool {
        ended >= self.began && self.is_open(began, after)
    }

    /// Whether it has not ended at a time, or only shortly before.
    fn is_open(&self, time: Instant, after: Duration) -> bool {
        self.ended.is_none_or(|end| time <= end + after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::kind::Good;
    use crate::chaos::outcome::Outcome;

    /// Two seconds after both, which may be two seconds apart.
    const BOTH: Window = Window {
        fault: Fault::KeyRotated,
        with: Some(Fault::TenantCutOff),
        seconds_apart: 2,
        kinds: &[Good::Bearer],
        outcome: Outcome::Status(503),
        seconds_after: 2,
    };

    #[test]
    fn a_window_of_two_faults_is_open_while_both_are_active_and_shortly_after() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let occurrence = |fault, from, to| Occurrence { fault, began: at(from), ended: Some(at(to)) };
        let timeline = Timeline(vec![occurrence(Fault::TenantCutOff, 10, 20), occurrence(Fault::KeyRotated, 15, 16)]);
        let explained = |from, to| timeline.explains(&BOTH, at(from), at(to)).map(|found| found.fault);
        for (from, to, expected) in [
            (9, 14, None),
            (9, 15, Some(Fault::KeyRotated)),
            (19, 20, Some(Fault::KeyRotated)),
            // Two seconds after the end of both.
            (22, 30, Some(Fault::KeyRotated)),
            (23, 30, None),
        ] {
            assert_eq!(explained(from, to), expected, "{from} to {to}");
        }
        let single = Window { fault: Fault::TenantCutOff, with: None, ..BOTH };
        assert!(timeline.explains(&single, at(22), at(30)).is_some());
        assert!(timeline.explains(&single, at(23), at(30)).is_none());
        let with_another = Window { with: Some(Fault::TenantSlow), ..BOTH };
        assert!(timeline.explains(&with_another, at(15), at(16)).is_none());
        let apart = Timeline(vec![occurrence(Fault::TenantCutOff, 10, 20), occurrence(Fault::KeyRotated, 23, 24)]);
        assert!(apart.explains(&BOTH, at(23), at(24)).is_none());
        let farther = Window { seconds_apart: 3, ..BOTH };
        assert!(apart.explains(&farther, at(23), at(24)).is_some());
        assert!(apart.explains(&farther, at(20), at(22)).is_none(), "only the first fault has begun");
        assert_eq!(timeline.during(at(17), at(18)).len(), 1);
    }
}
