//! The machine and the versions of the tools, for the line above the tables.

use std::process::Command;

pub(crate) fn describe() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let flags = field("flags");
    let has = |flag: &&&str| flags.split(' ').any(|candidate| candidate == **flag);
    let features: Vec<&str> = FEATURES.iter().filter(has).copied().collect();
    format!(
        "{}, {} cores, {}; Linux {}; {}; Node {}",
        field("model name"),
        cpu.lines().filter(|line| line.starts_with("processor")).count(),
        features.join(" "),
        output("uname", "-r"),
        output("rustc", "--version"),
        output("node", "--version"),
    )
}

fn output(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// The features that the signature checks use.
const FEATURES: [&str; 6] = ["avx2", "avx512f", "avx512ifma", "bmi2", "adx", "sha_ni"];
