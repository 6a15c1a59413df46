//! Prometheus: its files, and what its alerts say.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use auth0_api_testing::free_address;
use reqwest::Client;
use serde_json::Value;

use crate::Result;
use crate::process::Process;
use crate::settings::Settings;

/// A running Prometheus that has loaded the rules.
#[derive(Debug)]
pub(crate) struct Prometheus {
    pub(crate) address: SocketAddr,
    http: Client,
    _process: Process,
}

/// An alert that fires: its name, and the replica that it is about.
pub(crate) type Alert = (String, String);

impl Prometheus {
    /// `targets` are the names of the replicas, and where their metrics are.
    pub(crate) async fn start(settings: &Settings, folder: &Path, targets: &[(&str, SocketAddr)]) -> Result<Self> {
        let minute = settings.minute();
        let rules = scaled(&fs::read_to_string(&settings.rules)?, minute.as_secs());
        fs::write(folder.join("alerts.yml"), rules)?;
        fs::write(folder.join("prometheus.yml"), configuration(minute / 2, targets))?;
        let address = free_address();
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--query.lookback-delta={}s", 5 * minute.as_secs()))
            .arg("--log.level=warn");
        let process = Process::start(&mut command, address, folder, "prometheus").await?;
        // The environment may name a proxy, which could not reach this machine.
        Ok(Self { address, http: Client::builder().no_proxy().timeout(TIMEOUT).build()?, _process: process })
    }

    /// Waits until the metrics of so many replicas are there, and no alert fires: before, all replicas seem to be down.
    pub(crate) async fn wait_for_replicas(&self, count: usize, limit: Duration) -> Result<()> {
        let is_ready = async {
            // Prometheus listens before it answers.
            while !self.is_calm(count).await.unwrap_or(false) {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let ready = tokio::time::timeout(limit, is_ready).await;
        Ok(ready.map_err(|_| "Prometheus does not read the metrics of all replicas")?)
    }

    async fn is_calm(&self, replicas: usize) -> Result<bool> {
        let answer = self.get("query?query=sum(up)").await?;
        Ok(answer["data"]["result"][0]["value"][1] == *replicas.to_string() && self.firing().await?.is_empty())
    }

    /// Returns the alerts that fire now.
    pub(crate) async fn firing(&self) -> Result<BTreeSet<Alert>> {
        let answer = self.get("alerts").await?;
        let alerts = answer["data"]["alerts"].as_array().ok_or("Prometheus answers without alerts")?;
        let firing = alerts.iter().filter(|alert| alert["state"] == "firing");
        let text = |value: &Value| value.as_str().unwrap_or("all").to_owned();
        Ok(firing.map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["labels"]["instance"]))).collect())
    }

    async fn get(&self, call: &str) -> Result<Value> {
        let text = self.http.get(format!("http://{}/api/v1/{call}", self.address)).send().await?.text().await?;
        Ok(serde_json::from_str(&text)?)
    }
}

fn configuration(interval: Duration, targets: &[(&str, SocketAddr)]) -> String {
    let milliseconds = interval.as_millis();
    let targets: String = targets
        .iter()
        .map(|(name, address)| format!("      - targets: [\"{address}\"]\n        labels: {{instance: {name}}}\n"))
        .collect();
    format!(
        "global:\n  scrape_interval: {milliseconds}ms\n  scrape_timeout: {milliseconds}ms\n  \
         evaluation_interval: {milliseconds}ms\nrule_files: [alerts.yml]\nscrape_configs:\n  - job_name: api\n    \
         static_configs:\n{targets}"
    )
}

/// Replaces each time in minutes, such as `5m` or `20 * 60`, by one in which a minute lasts so many seconds.
fn scaled(rules: &str, minute: u64) -> String {
    let words = rules.split_inclusive(|char: char| !char.is_ascii_alphanumeric());
    let scaled = words.map(|word| {
        let end = word.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(word.len());
        let (text, rest) = word.split_at(end);
        let minutes = text.strip_suffix('m').and_then(|number| number.parse::<u64>().ok());
        minutes.map_or_else(|| word.to_owned(), |minutes| format!("{}s{rest}", minutes * minute))
    });
    scaled.collect::<String>().replace("* 60", &format!("* {minute}"))
}

const PAUSE: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_of_the_rules_are_scaled() {
        let rules =
            "for: 2m\nexpr: (time() - x > 20 * 60) and increase(m_5m[20m] offset 5m)\nsummary: 24 hours from 1m.";
        let expected =
            "for: 2s\nexpr: (time() - x > 20 * 1) and increase(m_5s[20s] offset 5s)\nsummary: 24 hours from 1s.";
        assert_eq!(scaled(rules, 1), expected);
        assert_eq!(scaled("for: 2m", 60), "for: 120s");
    }
}
