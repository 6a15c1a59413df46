//! The quotas that the tenant reports in the headers of a token response
//! (`Auth0-Client-Quota-Limit: b=per_hour;q=10;r=7;t=3540,b=per_day;q=100;r=97;t=80000`).
//!
//! A quota is information, not a condition: a header that is malformed or too long is absent, and never fails an
//! exchange.

use std::time::Duration;

use crate::http::HttpResponse;

/// How many tokens the tenant still issues to a client and to an organization, as far as it has quotas for them.
///
/// ```
/// # fn log(tokens: &auth0_api_core::TokenSet) {
/// if let Some(quota) = tokens.quotas().client().and_then(|limits| limits.per_hour()) {
///     println!(
///         "{} of {} tokens are left; a new hour begins in {:?}",
///         quota.remaining(),
///         quota.limit(),
///         quota.resets_in()
///     );
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportedQuotas {
    client: Option<QuotaLimits>,
    organization: Option<QuotaLimits>,
}

/// The quotas of one client or of one organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuotaLimits {
    per_hour: Option<Quota>,
    per_day: Option<Quota>,
}

/// A quota, as of the response that reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    limit: u64,
    remaining: u64,
    resets_in: Duration,
}

impl ReportedQuotas {
    /// The quotas of this API's client; `None` if the response reports none.
    pub fn client(&self) -> Option<QuotaLimits> {
        self.client
    }

    /// The quotas of the organization that the token is for; `None` if the response reports none.
    pub fn organization(&self) -> Option<QuotaLimits> {
        self.organization
    }

    pub(super) fn read(response: &HttpResponse) -> Self {
        let read = |name| response.header(name).and_then(QuotaLimits::parse);
        Self { client: read("auth0-client-quota-limit"), organization: read("auth0-organization-quota-limit") }
    }
}

impl QuotaLimits {
    /// The bucket `per_hour`.
    pub fn per_hour(&self) -> Option<Quota> {
        self.per_hour
    }

    /// The bucket `per_day`.
    pub fn per_day(&self) -> Option<Quota> {
        self.per_day
    }

    /// Parses buckets separated by commas. Buckets with another name are checked, and then ignored.
    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_HEADER {
            return None;
        }
        let mut limits = Self::default();
        for (count, bucket) in text.split(',').enumerate() {
            let (name, quota) = Quota::parse(bucket).filter(|_| count < MAX_BUCKETS)?;
            let known = match name {
                "per_hour" => &mut limits.per_hour,
                "per_day" => &mut limits.per_day,
                _ => continue,
            };
            if known.replace(quota).is_some() {
                return None;
            }
        }
        Some(limits)
    }
}

impl Quota {
    /// How many tokens the tenant issues in the whole time.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// How many tokens are left.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// How long after the response the time begins anew, in whole seconds; at most 366 days.
    pub fn resets_in(&self) -> Duration {
        self.resets_in
    }

    /// Parses `b=per_hour;q=10;r=7;t=3540`: the name of the bucket, the quota, what remains, and the seconds until the
    /// reset. Each of the four occurs once; other parameters are ignored.
    fn parse(bucket: &str) -> Option<(&str, Self)> {
        let (mut name, mut numbers) = (None, [None; 3]);
        for parameter in bucket.split(';') {
            let (key, value) = parameter.trim_matches([' ', '\t']).split_once('=')?;
            let [limit, remaining, resets_in] = &mut numbers;
            let repeated = match key {
                "b" => name.replace(value).is_some(),
                "q" => limit.replace(number(value)?).is_some(),
                "r" => remaining.replace(number(value)?).is_some(),
                "t" => resets_in.replace(number(value)?).is_some(),
                _ => false,
            };
            if repeated {
                return None;
            }
        }
        let [limit, remaining, resets_in] = numbers;
        let resets_in = resets_in.filter(|seconds| *seconds <= LONGEST_RESET)?;
        let quota = Self { limit: limit?, remaining: remaining?, resets_in: Duration::from_secs(resets_in) };
        Some((name.filter(|name| !name.is_empty())?, quota))
    }
}

/// Only digits: `u64::from_str` would also accept a plus sign.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|octet| octet.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Two buckets with the largest numbers take about 170 bytes.
const MAX_HEADER: usize = 1024;
/// Auth0 has two.
const MAX_BUCKETS: usize = 8;
/// A year, in seconds. No quota lasts longer than a day; the bound makes it safe to add the time to a date.
const LONGEST_RESET: u64 = 366 * 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows limits as `limit/remaining/seconds`, per hour and per day.
    fn shown(header: &str) -> Option<String> {
        let limits = QuotaLimits::parse(header)?;
        let show = |quota: Option<Quota>| {
            quota.map_or("-".to_owned(), |quota| {
                format!("{}/{}/{}", quota.limit(), quota.remaining(), quota.resets_in().as_secs())
            })
        };
        Some(format!("{} {}", show(limits.per_hour()), show(limits.per_day())))
    }

    #[test]
    fn well_formed_headers_are_read() {
        for (header, expected) in [
            ("b=per_hour;q=10;r=7;t=3540", "10/7/3540 -"),
            ("b=per_hour;q=10;r=7;t=3540,b=per_day;q=100;r=0;t=80000", "10/7/3540 100/0/80000"),
            (" t=1 ;r=2; q=3;b=per_day\t, q=4;b=per_hour;r=5;t=6", "4/5/6 3/2/1"),
            ("b=per_hour;q=10;r=7;t=3540;x=y", "10/7/3540 -"),
            ("b=per_week;q=10;r=7;t=3540", "- -"),
            (
                "b=per_hour;q=18446744073709551615;r=18446744073709551615;t=31622400",
                "18446744073709551615/18446744073709551615/31622400 -",
            ),
        ] {
            assert_eq!(shown(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn a_malformed_header_is_absent_as_a_whole() {
        let good = "b=per_hour;q=10;r=7;t=3540";
        for bad in [
            "",
            ",",
            "b=per_hour",
            "b=per_hour;q=10;r=7",
            "q=10;r=7;t=3540",
            "b=;q=10;r=7;t=3540",
            "b=per_hour;q=10;r=7;t=3540;",
            "b=per_hour;q=10;q=10;r=7;t=3540",
            "b=per_hour;b=per_day;q=10;r=7;t=3540",
            "b=per_hour;q=-1;r=7;t=3540",
            "b=per_hour;q=+1;r=7;t=3540",
            "b=per_hour;q=;r=7;t=3540",
            "b=per_hour;q=1.5;r=7;t=3540",
            "b=per_hour;q=18446744073709551616;r=7;t=3540",
            "b=per_hour;q=10;r=7;t=31622401",
            "b=per_hour q=10;r=7;t=3540",
            "per_hour;q=10;r=7;t=3540",
            "b=per_hour;q=10;r=7;t=3540\u{0}",
        ] {
            assert_eq!(shown(bad), None, "{bad}");
            assert_eq!(shown(&format!("{good},{bad}")), None, "{bad}");
        }
        assert_eq!(shown(&format!("{good},{good}")), None, "the bucket is repeated");
    }

    #[test]
    fn a_header_has_at_most_1_kib_and_8_buckets() {
        let buckets = |count: usize| vec!["b=x;q=1;r=1;t=1"; count].join(",");
        assert!(shown(&buckets(8)).is_some());
        assert_eq!(shown(&buckets(9)), None);
        let padded = |length: usize| format!("{:<length$}", "b=x;q=1;r=1;t=1");
        assert!(shown(&padded(1024)).is_some());
        assert_eq!(shown(&padded(1025)), None);
    }
}
