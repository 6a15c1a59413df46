//! What can break.

use std::fmt;

/// One thing that breaks, and is mended after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The clock of a replica is wrong by more than the checks allow.
    ClockFar,
    /// The clock of a replica is wrong by 30 s.
    ClockNear,
    KeyRemoved,
    KeyRotated,
    NginxReloaded,
    RedisConnectionsCut,
    RedisDown,
    RedisMasterKilled,
    RedisMasterPaused,
    RedisPaused,
    ReplicaKilled,
    ReplicaPaused,
    /// A replica is asked to end, and started again.
    ReplicaRestarted,
    SettingsReloaded,
    TenantCutOff,
    TenantKilled,
    TenantPaused,
    TenantSlow,
}

/// Two faults of one part are never active at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Nginx,
    Redis,
    Replica,
    Tenant,
    TenantConnection,
}

impl Fault {
    pub(crate) const ALL: [Self; 18] = [
        Self::ClockFar,
        Self::ClockNear,
        Self::KeyRemoved,
        Self::KeyRotated,
        Self::NginxReloaded,
        Self::RedisConnectionsCut,
        Self::RedisDown,
        Self::RedisMasterKilled,
        Self::RedisMasterPaused,
        Self::RedisPaused,
        Self::ReplicaKilled,
        Self::ReplicaPaused,
        Self::ReplicaRestarted,
        Self::SettingsReloaded,
        Self::TenantCutOff,
        Self::TenantKilled,
        Self::TenantPaused,
        Self::TenantSlow,
    ];

    /// Whether both may be active at the same time.
    pub(crate) fn may_accompany(self, other: Self) -> bool {
        // An operator who removes a key reaches all replicas, and they reach the tenant.
        let prevents_removal = |fault| matches!(fault, Self::ReplicaPaused | Self::TenantCutOff);
        let is_removal = |fault| fault == Self::KeyRemoved;
        self.part() != other.part()
            && !(is_removal(self) && prevents_removal(other) || is_removal(other) && prevents_removal(self))
    }

    fn part(self) -> Part {
        match self {
            Self::NginxReloaded => Part::Nginx,
            Self::RedisConnectionsCut
            | Self::RedisDown
            | Self::RedisMasterKilled
            | Self::RedisMasterPaused
            | Self::RedisPaused => Part::Redis,
            Self::ClockFar
            | Self::ClockNear
            | Self::ReplicaKilled
            | Self::ReplicaPaused
            | Self::ReplicaRestarted
            | Self::SettingsReloaded => Part::Replica,
            // Only a tenant that runs can change its keys.
            Self::KeyRemoved | Self::KeyRotated | Self::TenantKilled | Self::TenantPaused => Part::Tenant,
            Self::TenantCutOff | Self::TenantSlow => Part::TenantConnection,
        }
    }

    /// How many milliseconds it lasts: at least, and at most. Mending takes longer for some.
    pub(crate) fn milliseconds(self) -> (u64, u64) {
        match self {
            Self::ClockFar | Self::ClockNear | Self::TenantSlow => (3000, 6000),
            Self::KeyRemoved
            | Self::KeyRotated
            | Self::NginxReloaded
            | Self::RedisConnectionsCut
            | Self::ReplicaRestarted
            | Self::SettingsReloaded => (0, 500),
            // Longer than the nodes of the cluster wait before they replace a master.
            Self::RedisMasterPaused => (4500, 6000),
            Self::RedisDown | Self::RedisMasterKilled | Self::RedisPaused | Self::ReplicaPaused => (1500, 4000),
            Self::ReplicaKilled | Self::TenantCutOff | Self::TenantKilled | Self::TenantPaused => (2000, 5000),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClockFar => "clock off by 10 min",
            Self::ClockNear => "clock off by 30 s",
            Self::KeyRemoved => "key removed",
            Self::KeyRotated => "key rotated",
            Self::NginxReloaded => "nginx reloaded",
            Self::RedisConnectionsCut => "Redis clients cut off",
            Self::RedisDown => "Redis down",
            Self::RedisMasterKilled => "Redis master killed",
            Self::RedisMasterPaused => "Redis master paused",
            Self::RedisPaused => "Redis paused",
            Self::ReplicaKilled => "replica killed",
            Self::ReplicaPaused => "replica paused",
            Self::ReplicaRestarted => "replica restarted",
            Self::SettingsReloaded => "settings reloaded",
            Self::TenantCutOff => "tenant cut off",
            Self::TenantKilled => "tenant killed",
            Self::TenantPaused => "tenant paused",
            Self::TenantSlow => "tenant slow",
        })
    }
}
